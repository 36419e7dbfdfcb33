import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { continued } from '../../../src/stt/continued.ts';
import { createDeepgramProvider } from '../../../src/stt/providers/deepgram/deepgram-provider.ts';
import { resuming } from '../../../src/stt/resuming.ts';
import type { SttEvent, SttWord } from '../../../src/stt/stt-event.ts';
import type { SttOptions, SttStream } from '../../../src/stt/stt-provider.ts';
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

describe('a stream that goes on where another one was cut off', () => {
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
    stream = resuming(provider, { logger: silentLogger, replaySpeed: Number.POSITIVE_INFINITY });
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
  ])('gives each word once and knows the voices: $cutS s, $earlierMs ms', async (border) => {
    const signal = new AbortController().signal;
    const first = await hear(stream.transcribe(audio(), options, 0, signal), border.cutS * 1000);
    const fromMs = Math.min(first.cursorMs, first.words.at(-1)?.endMs ?? 0) - border.earlierMs;
    const rest = continued(stream, first.words, OVERLAP_MS);
    const second = await hear(rest.transcribe(audio(), options, fromMs, signal), Infinity);
    expect(second.words.length).toBeGreaterThan(0);
    const heard = [...first.words, ...second.words];
    expect(compareSpeech(speech.words, heard)).toEqual(NO_DIFFERENCE);
  });

  it('is the stream itself where nothing was heard', () => {
    expect(continued(stream, [])).toBe(stream);
  });
});
