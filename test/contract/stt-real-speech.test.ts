import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/kernel/logger.ts';
import { createDeepgramProvider } from '../../src/stt/providers/deepgram/deepgram-provider.ts';
import { resuming } from '../../src/stt/resuming.ts';
import type { SttEvent } from '../../src/stt/stt-event.ts';
import { pcmBatches, RecordedAudio } from '../fixtures/speech-audio.ts';
import { finalWords } from '../fixtures/speech-comparison.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { loadSpeechClips } from '../simulators/speech-clips.ts';

const clips = loadSpeechClips();

describe.skipIf(clips.length === 0)('real speech', () => {
  let simulator: DeepgramSimulator;
  beforeAll(async () => {
    simulator = await DeepgramSimulator.start({ clips });
  });
  afterAll(() => simulator.close());

  it.each(clips.flatMap((clip) => [false, true].map((lost) => ({ clip, name: clip.name, lost }))))(
    '$name has its words at their times (connection lost: $lost)',
    async ({ clip, lost }) => {
      if (lost) simulator.faults.push({ kind: 'drop', afterAudioMs: 2500 });
      // Behind a second and a bit of silence, so that times are shifted by what is sent.
      const leadMs = 1234.5;
      const lead = Math.round((leadMs * clip.sampleRate) / 1000);
      const samples = new Int16Array(lead + clip.samples.length);
      samples.set(clip.samples, lead);
      const provider = createDeepgramProvider({
        apiKey: 'test-key',
        baseUrl: simulator.url,
        logger: silentLogger,
      });
      const stream = resuming(provider, {
        logger: silentLogger,
        backoff: { initialMs: 1, maxMs: 2, jitter: 0 },
        replaySpeed: Number.POSITIVE_INFINITY,
      });
      const events: SttEvent[] = [];
      const audio = new RecordedAudio(pcmBatches(samples, clip.sampleRate));
      const options = {
        format: { encoding: 'pcm-s16le', sampleRate: clip.sampleRate },
        language: 'en',
        model: 'nova-3',
        languageHints: [],
        keyterms: [],
        interim: false,
      } as const;
      for await (const event of stream.transcribe(
        audio,
        options,
        0,
        new AbortController().signal,
      )) {
        events.push(event);
      }
      const words = finalWords(events);
      expect(words.map(({ text }) => text)).toEqual(clip.words.map(({ text }) => text));
      for (const [i, { startMs, endMs }] of clip.words.entries()) {
        expect(Math.abs((words[i]?.startMs ?? 0) - leadMs - startMs)).toBeLessThan(100);
        expect(Math.abs((words[i]?.endMs ?? 0) - leadMs - endMs)).toBeLessThan(100);
      }
    },
  );
});
