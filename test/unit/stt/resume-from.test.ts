import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { createDeepgramProvider } from '../../../src/stt/providers/deepgram/deepgram-provider.ts';
import type { SttEvent, SttWord } from '../../../src/stt/stt-event.ts';
import { type SttOptions, type SttStream, startAt } from '../../../src/stt/stt-provider.ts';
import { resuming } from '../../fixtures/resuming-stream.ts';
import { pcmBatches, RecordedAudio } from '../../fixtures/speech-audio.ts';
import { compareSpeech, NO_DIFFERENCE } from '../../fixtures/speech-comparison.ts';
import { synthesise } from '../../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../../simulators/deepgram-simulator.ts';

const speech = synthesise([
  { speaker: 0, text: 'The boat leaves at seven and we need two hours to the harbour.' },
  { speaker: 1, text: 'Then I will pack tonight and call a taxi for half past four.' },
  { speaker: 0, text: 'Bring the warm coats, please.' },
  { speaker: 1, text: 'They are in the car already.' },
]);
const RATE = 16_000;
const audio = () => new RecordedAudio(pcmBatches(speech.samples, RATE));
const options: SttOptions = {
  format: { encoding: 'pcm-s16le', sampleRate: RATE },
  language: 'multi',
  model: 'nova-3',
  languageHints: [],
  keyterms: [],
  interim: false,
};
/** Long enough for both voices to be heard again. */
const OVERLAP_MS = 15_000;

describe('a stream that starts where another one ended', () => {
  let simulator: DeepgramSimulator;
  let stream: SttStream;
  beforeEach(async () => {
    simulator = await DeepgramSimulator.start();
    const provider = createDeepgramProvider({
      apiKey: 'test-key',
      baseUrl: simulator.url,
      opusMode: 'ogg',
      logger: silentLogger,
      closeTimeoutMs: 300,
    });
    stream = resuming(provider, {
      logger: silentLogger,
      replaySpeed: Number.POSITIVE_INFINITY,
      overlapMs: OVERLAP_MS,
    });
  });
  afterEach(() => simulator.close());

  /** Words until `untilMs` are final, and how far that is. */
  async function hear(
    events: AsyncIterable<SttEvent>,
    untilMs: number,
  ): Promise<{ words: SttWord[]; cursorMs: number }> {
    const words: SttWord[] = [];
    let cursorMs = 0;
    for await (const event of events) {
      if (event.type !== 'transcript-final') continue;
      words.push(...event.words);
      cursorMs = event.finalUntilMs;
      if (cursorMs >= untilMs) break;
    }
    return { words, cursorMs };
  }

  // The position may be a little before the last word's end, by rounding or a frame's length.
  it.each([
    { cutS: 6, earlierMs: 0 },
    { cutS: 6, earlierMs: 90 },
    { cutS: 9, earlierMs: 40 },
    { cutS: 11, earlierMs: 90 },
  ])('gives each word once and recognises the speakers: $cutS s, $earlierMs ms', async (border) => {
    const signal = new AbortController().signal;
    const first = await hear(
      stream.transcribe(audio(), options, startAt(0), signal),
      border.cutS * 1000,
    );
    const fromMs = Math.min(first.cursorMs, first.words.at(-1)?.endMs ?? 0) - border.earlierMs;
    const start = { fromMs, heard: first.words, replays: true };
    const second = await hear(stream.transcribe(audio(), options, start, signal), Infinity);
    expect(second.words.length).toBeGreaterThan(0);
    const heard = [...first.words, ...second.words];
    expect(compareSpeech(speech.words, heard)).toEqual(NO_DIFFERENCE);
  });

  it('sends nothing again after a split, and gives the word at the boundary once', async () => {
    const signal = new AbortController().signal;
    const first = await hear(stream.transcribe(audio(), options, startAt(0), signal), 6_000);
    const last = first.words.at(-1);
    if (!last) throw new Error('no word');
    const recorded = audio();
    // The split went through the last word: most of it is heard again.
    const fromMs = last.startMs + 20;
    const heard = first.words.map((word) => ({ ...word, speaker: null }));
    const start = { fromMs, heard, replays: false };
    const second = await hear(stream.transcribe(recorded, options, start, signal), Infinity);
    expect(recorded.reads[0]).toBe(fromMs);
    const { lost, doubled } = compareSpeech(speech.words, [...first.words, ...second.words]);
    expect({ lost, doubled }).toEqual({ lost: [], doubled: [] });
    // Nobody is recognised: the speakers are counted anew.
    expect(second.words[0]?.speaker).toBe(0);
  });
});
