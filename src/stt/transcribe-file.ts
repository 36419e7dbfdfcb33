import type { AudioBatch, AudioFormat } from '../audio/audio-format.ts';
import type { AudioFile } from '../audio/file/audio-file.ts';
import type { AudioSource } from '../audio/file/audio-source.ts';
import { measureAudio, openAudioFile } from '../audio/file/open-audio-file.ts';
import { replayFile } from '../audio/file/replay-file.ts';
import { opusPacketDurationMs } from '../audio/opus-packet.ts';
import type { ReplayableAudio } from '../audio/replayable-audio.ts';
import { AppError } from '../kernel/errors.ts';
import type { SessionStt } from './session-stt.ts';
import type { VoiceHeard } from './stt-event.ts';
import { startAt } from './stt-provider.ts';
import { type HeardSpeech, type HeardWords, settleSpeech } from './voices/heard-speech.ts';

/** A file as audio for a provider. */
export interface FileAudio {
  audio: ReplayableAudio;
  format: AudioFormat;
  /** How far the clock of the audio is ahead of the file's, milliseconds. */
  aheadMs: number;
  durationMs: number;
}

/** What coded files are decoded to for providers, hertz. */
const SAMPLE_RATE = 16_000;
/** Audio of one batch. */
const BATCH_MS = 100;

/**
 * Opens a file of any kind that `openAudioFile` knows, for providers: Opus as it is, all else as PCM.
 * Errors as there.
 */
export function openSpeechFile(source: AudioSource): Promise<AudioFile> {
  return openAudioFile(source, { sampleRate: SAMPLE_RATE, keepOpus: true });
}

/**
 * A file in memory as audio for a provider; it is decoded once to know its length, and again while it
 * is heard. Errors as of `openAudioFile` and `measureAudio`.
 *
 * @param limitMs longest sound that is taken, milliseconds
 */
export async function fileAudio(
  source: AudioSource,
  limitMs: number,
  signal: AbortSignal,
): Promise<FileAudio> {
  const file = await openSpeechFile(source);
  const durationMs = await measureAudio(file, limitMs, signal);
  return { audio: replayFile(file), format: file.format, aheadMs: file.aheadMs, durationMs };
}

/** Signed 16-bit little-endian mono as audio for a provider, at its own rate. */
export function pcmAudio(pcm: Uint8Array, sampleRate: number): FileAudio {
  const bytesPerMs = (sampleRate * 2) / 1000;
  const bytes = Math.round((sampleRate * BATCH_MS) / 1000) * 2;
  const batches: AudioBatch[] = [];
  for (let at = 0; at < pcm.length; at += bytes) {
    const frame = pcm.subarray(at, at + bytes);
    const durationMs = frame.length / bytesPerMs;
    batches.push({ startMs: at / bytesPerMs, durationMs, frames: [frame] });
  }
  const format = { encoding: 'pcm-s16le', sampleRate } as const;
  return { audio: replay(batches), format, aheadMs: 0, durationMs: pcm.length / bytesPerMs };
}

/** Opus packets as audio for a provider; what is no packet is left out. */
export function opusAudioOf(packets: Iterable<Uint8Array>): FileAudio {
  const batches: AudioBatch[] = [];
  let frames: Uint8Array[] = [];
  let startMs = 0;
  let endMs = 0;
  const flush = () => {
    if (frames.length > 0) batches.push({ startMs, durationMs: endMs - startMs, frames });
    frames = [];
    startMs = endMs;
  };
  for (const packet of packets) {
    const durationMs = opusPacketDurationMs(packet);
    if (durationMs === null) continue;
    frames.push(packet);
    endMs += durationMs;
    if (endMs - startMs >= BATCH_MS) flush();
  }
  flush();
  const format = { encoding: 'opus', sampleRate: SAMPLE_RATE } as const;
  return { audio: replay(batches), format, aheadMs: 0, durationMs: endMs };
}

function replay(batches: readonly AudioBatch[]): ReplayableAudio {
  return {
    async *readFrom(positionMs, signal) {
      for (const batch of batches) {
        if (signal.aborted) return;
        if (batch.startMs + batch.durationMs > positionMs) yield batch;
      }
    },
  };
}

/**
 * All final words of audio that is complete already, and who speaks them. Unlike a live stream this does not wait for a
 * provider to come back: throws `provider-unavailable` once it is given up, `provider-quota` if
 * the user's budget ends before the audio does, and what the stream itself throws.
 */
export async function transcribeAll(
  stt: Pick<SessionStt, 'provider' | 'stream' | 'options' | 'voices'>,
  audio: ReplayableAudio,
  signal: AbortSignal,
): Promise<HeardSpeech> {
  const heard: HeardWords[] = [];
  const turns: VoiceHeard[] = [];
  const people = new Map<number, string>();
  let { provider } = stt;
  for await (const event of stt.stream.transcribe(audio, stt.options, startAt(0), signal)) {
    if (event.type === 'provider-change') provider = event.provider;
    else if (event.type === 'speaker-identified') people.set(event.speaker, event.personId);
    else if (event.type === 'voice-heard') turns.push(event);
    else if (event.type === 'budget-exhausted') {
      throw new AppError('provider-quota', 'The speech-to-text budget of the day is used up.');
    } else if (event.type === 'provider-status' && event.state === 'unavailable') {
      throw new AppError(
        'provider-unavailable',
        'The speech-to-text service cannot be reached, or refuses the audio; try again later.',
      );
    } else if (event.type === 'transcript-final' && event.words.length > 0) {
      heard.push({ provider, words: event.words });
    }
  }
  signal.throwIfAborted();
  return settleSpeech(heard, turns, people, stt.voices);
}
