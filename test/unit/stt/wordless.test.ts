import { describe, expect, it } from 'vitest';
import type { AudioBatch } from '../../../src/audio/audio-format.ts';
import { AppError } from '../../../src/kernel/errors.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { Breakers } from '../../../src/stt/breaker.ts';
import { fallback } from '../../../src/stt/fallback.ts';
import type { SttEvent, SttWord } from '../../../src/stt/stt-event.ts';
import { type SttProvider, startAt } from '../../../src/stt/stt-provider.ts';
import { collectEvents, PCM_16K, sttOptions } from '../../fixtures/provider-speech.ts';
import { pcmBatches, RecordedAudio } from '../../fixtures/speech-audio.ts';
import { finalWords } from '../../fixtures/speech-comparison.ts';

const RATE = 16_000;

/** Loud and quiet in turns, as speech is, or noise of the same loudness throughout. */
function audio(seconds: number, loudness: (second: number) => number): AudioBatch[] {
  const samples = new Int16Array(seconds * RATE);
  for (let i = 0; i < samples.length; i += 1) {
    samples[i] = ((i * 7919) % 2000) * loudness(i / RATE) - 1000 * loudness(i / RATE);
  }
  return pcmBatches(samples, RATE);
}
const SPEECH = (second: number) => (second % 0.5 < 0.3 ? 3 : 0.02);
const SILENCE = () => 0.01;

/** Answers each second of audio with a final result: one word, or none. */
function provider(name: string, hears: boolean): SttProvider & { heardMs: number } {
  const made = {
    name,
    heardMs: 0,
    capabilities: { encodings: ['pcm-s16le'] as const, diarization: false, supports: () => true },
    check: async () => undefined,
    async *transcribe(source: AsyncIterable<AudioBatch>): AsyncGenerator<SttEvent> {
      let atMs = 0;
      let toldMs = 0;
      const result = (untilMs: number): SttEvent => {
        const word: SttWord = {
          text: `w${Math.round(toldMs / 1000)}`,
          startMs: toldMs,
          endMs: untilMs,
          speaker: null,
          confidence: null,
          language: null,
        };
        toldMs = untilMs;
        const words = hears ? [word] : [];
        return { type: 'transcript-final', words, finalUntilMs: untilMs, receivedAt: 0 };
      };
      for await (const batch of source) {
        atMs += batch.durationMs;
        made.heardMs += batch.durationMs;
        if (atMs - toldMs >= 1000) yield result(atMs);
      }
      if (atMs > toldMs) yield result(atMs);
    },
  };
  return made as unknown as SttProvider & { heardMs: number };
}

function transcribe(chain: SttProvider[], batches: AudioBatch[], breakers = new Breakers()) {
  const options = sttOptions({ model: 'm', format: PCM_16K });
  const stream = fallback(
    chain.map((one) => ({ provider: one, model: 'm', language: 'en', responseTimeoutMs: 2_000 })),
    { logger: silentLogger, breakers, replaySpeed: Number.POSITIVE_INFINITY, overlapMs: 0 },
  );
  const { signal } = new AbortController();
  return collectEvents(stream.transcribe(new RecordedAudio(batches), options, startAt(0), signal));
}

const changes = (events: readonly SttEvent[]) =>
  events.flatMap((event) =>
    event.type === 'provider-change' ? [`${event.from} > ${event.provider}`] : [],
  );

describe('a provider that hears no words in speech', () => {
  it.each([
    ['long', 60],
    ['short', 5],
  ])('is left for one that does, which hears all of it: %s audio', async (_name, seconds) => {
    const breakers = new Breakers();
    const events = await transcribe(
      [provider('deaf', false), provider('good', true)],
      audio(seconds, SPEECH),
      breakers,
    );
    expect(changes(events)).toEqual(['deaf > good']);
    const words = finalWords(events);
    expect(words[0]?.startMs).toBe(0);
    expect(words.at(-1)?.endMs).toBe(seconds * 1000);
    // That was a failure: with a second one it is passed over.
    breakers.of('deaf').failed(new AppError('timeout', 'No answer.'));
    expect(breakers.of('deaf').state).toBe('open');
  });

  it('is acquitted if nobody hears any', async () => {
    const breakers = new Breakers();
    const [first, second] = [provider('first', false), provider('second', false)];
    const events = await transcribe([first, second], audio(90, SPEECH), breakers);
    expect(finalWords(events)).toEqual([]);
    expect(events.at(-1)).toMatchObject({ finalUntilMs: 90_000 });
    expect(breakers.of('first').state).toBe('closed');
    // Each of them is asked once about the same audio.
    expect(first.heardMs).toBeLessThanOrEqual(90_000);
    expect(second.heardMs).toBeLessThanOrEqual(90_000);
  });

  it('is not suspected in silence', async () => {
    const second = provider('second', true);
    const events = await transcribe([provider('first', false), second], audio(60, SILENCE));
    expect(changes(events)).toEqual([]);
    expect(second.heardMs).toBe(0);
    expect(events.at(-1)).toMatchObject({ finalUntilMs: 60_000 });
  });

  it('is believed if nobody else is there', async () => {
    const events = await transcribe([provider('only', false)], audio(60, SPEECH));
    expect(finalWords(events)).toEqual([]);
    expect(events.at(-1)).toMatchObject({ finalUntilMs: 60_000 });
  });
});
