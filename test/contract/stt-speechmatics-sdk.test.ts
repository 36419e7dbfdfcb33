import { RealtimeClient, type RealtimeServerMessage } from '@speechmatics/real-time-client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { SpeechmaticsSimulator } from '../simulators/speechmatics-simulator.ts';

/** Holds the simulator to the vendor's own client, which we did not write. */
let simulator: SpeechmaticsSimulator;
beforeEach(async () => {
  simulator = await SpeechmaticsSimulator.start();
});
afterEach(() => simulator.close());

const speech = synthesise([
  { speaker: 0, text: 'Does the vendor understand us?' },
  { speaker: 1, text: 'Every single word.' },
]);

it("the vendor's SDK hears from the simulator what it sent", async () => {
  const client = new RealtimeClient({ url: `${simulator.url.replace('http', 'ws')}/v2` });
  const messages: RealtimeServerMessage[] = [];
  client.addEventListener('receiveMessage', ({ data }) => {
    messages.push(data);
  });
  const started = await client.start('test-key', {
    audio_format: { type: 'raw', encoding: 'pcm_s16le', sample_rate: 16_000 },
    transcription_config: {
      language: 'en',
      diarization: 'speaker',
      enable_partials: true,
      max_delay: 1,
      conversation_config: { end_of_utterance_silence_trigger: 0.5 },
    },
  });
  expect(started.message).toBe('RecognitionStarted');
  let sent = 0;
  for (let at = 0; at < speech.pcm.length; at += 3200) {
    client.sendAudio(speech.pcm.slice(at, at + 3200));
    sent += 1;
  }
  await client.stopRecognition();
  const heard = messages.flatMap((message) => {
    if (message.message !== 'AddTranscript') return [];
    return message.results.map((result) => {
      const [alternative] = result.alternatives ?? [];
      return `${alternative?.speaker} ${alternative?.content}`;
    });
  });
  expect(heard).toEqual(
    speech.words.flatMap(({ speaker, text }) => {
      const [, content, mark] = /^(.*?)([.,?]?)$/.exec(text) ?? [];
      return [content, mark].filter((part) => part).map((part) => `S${speaker + 1} ${part}`);
    }),
  );
  const acknowledged = messages.flatMap((m) => (m.message === 'AudioAdded' ? [m.seq_no] : []));
  expect(acknowledged).toEqual(Array.from({ length: sent }, (_, i) => i + 1));
  const kinds = new Set<string>(messages.map(({ message }) => message));
  for (const kind of ['AddPartialTranscript', 'EndOfUtterance', 'EndOfTranscript', 'Info']) {
    expect(kinds).toContain(kind);
  }
});

it("the vendor's SDK sees the simulator's errors as the service's", async () => {
  const url = `${simulator.url.replace('http', 'ws')}/v2`;
  const config = {
    audio_format: { type: 'raw', encoding: 'pcm_s16le', sample_rate: 16_000 },
    transcription_config: { language: 'en' },
  } as const;
  await expect(new RealtimeClient({ url }).start('wrong', config)).rejects.toBeDefined();
  simulator.faults.push({
    kind: 'error',
    afterAudioMs: 0,
    type: 'quota_exceeded',
    closeCode: 4005,
  });
  await expect(new RealtimeClient({ url }).start('test-key', config)).rejects.toThrow(
    'quota_exceeded',
  );
});
