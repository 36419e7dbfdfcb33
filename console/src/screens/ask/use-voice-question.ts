import { useEffect, useRef, useState } from 'react';
import { transcribeQuestion } from '../../api/chats.ts';
import { useStrings } from '../../i18n/strings.ts';
import { say } from '../../ui/notice.ts';

/** Forms of sound that browsers record and the server reads, the first one that the browser knows. */
const FORMS = [
  { type: 'audio/webm;codecs=opus', name: 'question.webm' },
  { type: 'audio/mp4', name: 'question.m4a' },
  { type: 'audio/ogg;codecs=opus', name: 'question.ogg' },
] as const;
/** The recording ends by itself then, milliseconds. */
const LONGEST_MS = 120_000;

/** `recording` since a time (epoch milliseconds), or `transcribing` what was recorded. */
export type VoiceState = { is: 'recording'; since: number } | { is: 'transcribing' } | null;

/** Records a spoken question with the microphone of this device; `heard` gets its words. */
export function useVoiceQuestion(heard: (text: string) => void) {
  const { ask: words, live } = useStrings();
  const [state, setState] = useState<VoiceState>(null);
  const recorder = useRef<MediaRecorder | null>(null);
  const isCancelled = useRef(false);
  const transcribing = useRef<AbortController | null>(null);

  const cancel = () => {
    isCancelled.current = true;
    transcribing.current?.abort();
    if (recorder.current?.state === 'recording') recorder.current.stop();
    else setState(null);
  };
  useEffect(
    () => () => {
      isCancelled.current = true;
      transcribing.current?.abort();
      if (recorder.current?.state === 'recording') recorder.current.stop();
    },
    [],
  );

  const transcribe = async (sound: File) => {
    setState({ is: 'transcribing' });
    const controller = new AbortController();
    transcribing.current = controller;
    try {
      const text = await transcribeQuestion(sound, controller.signal);
      if (text === '') say(words.nothingHeard);
      else heard(text);
    } catch (error) {
      if (!controller.signal.aborted) say(error instanceof Error ? error.message : words.broken);
    }
    setState(null);
  };

  const start = async () => {
    const form = FORMS.find(({ type }) => globalThis.MediaRecorder?.isTypeSupported(type));
    if (!navigator.mediaDevices || !form) {
      say(live.insecure);
      return;
    }
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch (error) {
      const isDenied = error instanceof DOMException && error.name === 'NotAllowedError';
      say(isDenied ? words.microphoneDenied : words.noMicrophone);
      return;
    }
    const pieces: Blob[] = [];
    const recording = new MediaRecorder(stream, { mimeType: form.type });
    recording.ondataavailable = ({ data }) => pieces.push(data);
    const timer = setTimeout(() => recording.state === 'recording' && recording.stop(), LONGEST_MS);
    recording.onstop = () => {
      clearTimeout(timer);
      for (const track of stream.getTracks()) track.stop();
      if (isCancelled.current) setState(null);
      else void transcribe(new File(pieces, form.name, { type: form.type }));
    };
    isCancelled.current = false;
    recorder.current = recording;
    recording.start();
    setState({ is: 'recording', since: Date.now() });
  };
  return { state, start, finish: () => recorder.current?.stop(), cancel };
}
