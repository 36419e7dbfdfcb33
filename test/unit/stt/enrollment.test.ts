import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AudioBatch } from '../../../src/audio/audio-format.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { OWNER } from '../../../src/model/people/speaker-correction.ts';
import { Breakers } from '../../../src/stt/breaker.ts';
import type { KnownVoice } from '../../../src/stt/enrollment-audio.ts';
import { fallback } from '../../../src/stt/fallback.ts';
import { createDeepgramProvider } from '../../../src/stt/providers/deepgram/deepgram-provider.ts';
import type { SttEvent, SttWord } from '../../../src/stt/stt-event.ts';
import {
  type StreamStart,
  type SttOptions,
  type SttProvider,
  startAt,
} from '../../../src/stt/stt-provider.ts';
import { opusBatches, pcmBatches, RecordedAudio } from '../../fixtures/speech-audio.ts';
import { compareSpeech, finalWords, NO_DIFFERENCE } from '../../fixtures/speech-comparison.ts';
import { type SpokenWord, synthesise } from '../../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../../simulators/deepgram-simulator.ts';
import { loadSpeechClips, pitchShifted } from '../../simulators/speech-clips.ts';

/** Voice 3 is the owner's, voice 5 is Anna's, voice 1 is nobody's that is known. */
const SPEECH = synthesise(
  [
    { speaker: 1, text: 'Good morning everybody, shall we begin with the budget for March?' },
    { speaker: 3, text: 'Yes please, I have brought the numbers of the last quarter along.' },
    { speaker: 5, text: 'The printer used more paper than in the whole year before that.' },
    { speaker: 1, text: 'Somebody has printed the telephone book, twice, and nobody noticed it.' },
    { speaker: 1, text: 'Then let us talk about the summer and who stays in the office.' },
    { speaker: 3, text: 'I am away until the tenth, Anna could take over my meetings.' },
  ],
  { leadMs: 777 },
);

const voice = (personId: string, speaker: number, text: string): KnownVoice => ({
  personId,
  name: personId === OWNER ? 'User' : 'Anna',
  samples: synthesise([{ speaker, text }], { leadMs: 0, tailMs: 100 }).samples,
  sampleRate: 16_000,
});
const SENTENCE = 'The quick brown fox jumps over the lazy dog every single day.';
const ME = voice(OWNER, 3, `${SENTENCE} ${SENTENCE}`);
const ANNA = voice('anna', 5, SENTENCE);

let simulator: DeepgramSimulator;
let other: DeepgramSimulator;
beforeEach(async () => {
  simulator = await DeepgramSimulator.start();
  other = await DeepgramSimulator.start();
});
afterEach(() => Promise.all([simulator.close(), other.close()]));

const settings = {
  logger: silentLogger,
  backoff: { initialMs: 1, maxMs: 2, jitter: 0 },
  replaySpeed: Number.POSITIVE_INFINITY,
};
const options: SttOptions = {
  format: { encoding: 'pcm-s16le', sampleRate: 16_000 },
  language: 'en',
  languageHints: [],
  model: 'nova-3',
  keyterms: [],
  interim: false,
};

function provider(at = simulator): SttProvider {
  return createDeepgramProvider({ apiKey: 'test-key', baseUrl: at.url, logger: silentLogger });
}

async function listen(
  voices: readonly KnownVoice[],
  batches: readonly AudioBatch[] = pcmBatches(SPEECH.samples, 16_000),
  more: Partial<{ options: SttOptions; providers: SttProvider[]; start: StreamStart }> = {},
) {
  const chain = (more.providers ?? [provider()]).map((one) => {
    return { provider: one, model: 'nova-3', language: 'en', responseTimeoutMs: 60_000 };
  });
  const stream = fallback(chain, { ...settings, voices, breakers: new Breakers() });
  const events: SttEvent[] = [];
  const audio = new RecordedAudio(batches);
  const { signal } = new AbortController();
  const start = more.start ?? startAt(0);
  for await (const event of stream.transcribe(audio, more.options ?? options, start, signal)) {
    events.push(event);
  }
  const known = new Map<number, string>();
  const identified: string[] = [];
  for (const event of events) {
    if (event.type !== 'speaker-identified') continue;
    known.set(event.speaker, event.personId);
    identified.push(event.personId);
  }
  return { events, words: finalWords(events), known, identified };
}

/** Who said each word, by the voice that really did. */
function people(
  said: readonly SpokenWord[],
  heard: readonly SttWord[],
  known: Map<number, string>,
) {
  const who = new Map<number, Set<string>>();
  for (const word of heard) {
    const real = said.find((w) => w.text === word.text && Math.abs(w.startMs - word.startMs) < 60);
    if (!real) throw new Error(`${word.text} was not said`);
    const name = (word.speaker === null ? undefined : known.get(word.speaker)) ?? 'unknown';
    who.set(real.speaker, (who.get(real.speaker) ?? new Set()).add(name));
  }
  return Object.fromEntries([...who].map(([speaker, names]) => [speaker, [...names].join()]));
}

describe('enrollment of known voices', () => {
  it('finds the owner and people among the speakers, every word at its own time', async () => {
    const { events, words, known, identified } = await listen([ME, ANNA]);
    expect(compareSpeech(SPEECH.words, words)).toEqual(NO_DIFFERENCE);
    expect(identified).toEqual([OWNER, 'anna']);
    expect(people(SPEECH.words, words, known)).toEqual({ 1: 'unknown', 3: OWNER, 5: 'anna' });
    // They are known before their first word, and nothing is before the session's beginning.
    const firstWords = events.findIndex((e) => e.type === 'transcript-final' && e.words.length > 0);
    const lastKnown = events.findLastIndex((e) => e.type === 'speaker-identified');
    expect(lastKnown).toBeLessThan(firstWords);
    for (const event of events) {
      if (event.type === 'transcript-final') expect(event.finalUntilMs).toBeGreaterThanOrEqual(0);
    }
    const last = events.findLast((event) => event.type === 'transcript-final');
    expect(Math.abs((last?.finalUntilMs ?? 0) - SPEECH.durationMs)).toBeLessThan(20);
  });

  it('changes nothing where no voice is known', async () => {
    const { words, identified } = await listen([]);
    expect(compareSpeech(SPEECH.words, words)).toEqual(NO_DIFFERENCE);
    expect(identified).toEqual([]);
    expect(simulator.connections[0]?.audioMs).toBeCloseTo(SPEECH.durationMs, -2);
  });

  it('takes nobody for the owner who does not have that voice', async () => {
    const { words, known } = await listen([voice(OWNER, 7, SENTENCE)]);
    expect(compareSpeech(SPEECH.words, words)).toEqual(NO_DIFFERENCE);
    expect(people(SPEECH.words, words, known)).toEqual({
      1: 'unknown',
      3: 'unknown',
      5: 'unknown',
    });
  });

  it('knows nobody by a recording of two voices, or by two recordings of one', async () => {
    const mixed = synthesise([
      { speaker: 3, text: SENTENCE },
      { speaker: 1, text: SENTENCE },
    ]);
    expect((await listen([{ ...ME, samples: mixed.samples }])).identified).toEqual([]);
    expect((await listen([ME, { ...ANNA, samples: ME.samples }])).identified).toEqual([]);
    const silent = { ...ME, samples: new Int16Array(80_000) };
    expect((await listen([silent, ANNA])).identified).toEqual(['anna']);
  });

  // 3 s is within what is played first, 12 s within the last word of it or its pause.
  it.each([3_000, 9_100, 12_000, 16_000, 22_000, 31_000, 38_000])(
    'still knows them when the connection drops after %i ms',
    async (afterAudioMs) => {
      simulator.faults.push({ kind: 'drop', afterAudioMs }, { kind: 'drop', afterAudioMs: 19_000 });
      const { words, known } = await listen([ME, ANNA]);
      // Who is not known and was silent for the last seconds may come back under another number.
      const { confused: _, ...difference } = compareSpeech(SPEECH.words, words);
      expect(difference).toEqual({ lost: [], doubled: [], invented: [] });
      expect(people(SPEECH.words, words, known)).toEqual({ 1: 'unknown', 3: OWNER, 5: 'anna' });
      expect(simulator.connections.length).toBe(3);
    },
  );

  it('knows a voice again that was silent when the connection dropped', async () => {
    const long = synthesise([
      { speaker: 3, text: SENTENCE },
      ...Array.from({ length: 3 }, () => ({ speaker: 1, text: SENTENCE })),
      { speaker: 3, text: SENTENCE },
    ]);
    const prelude = Math.ceil((ME.samples.length / 16_000 + 0.8) * 1) * 1000;
    const secondHalfMs = (long.words.find((w) => w.speaker === 1)?.startMs ?? 0) + 14_000;
    simulator.faults.push({ kind: 'drop', afterAudioMs: prelude + secondHalfMs });
    const { words, known } = await listen([ME], pcmBatches(long.samples, 16_000));
    expect(compareSpeech(long.words, words)).toEqual(NO_DIFFERENCE);
    expect(people(long.words, words, known)).toEqual({ 1: 'unknown', 3: OWNER });
    // The second connection was played a reminder, not all of it again.
    const [, second] = simulator.connections;
    expect(second?.audioMs).toBeLessThan(long.durationMs - secondHalfMs + 5_000 + 8_500);
  });

  it('still knows them with the next provider of a chain', async () => {
    simulator.lastingFault = { kind: 'drop', afterAudioMs: 24_000 };
    const providers = [simulator, other].map((at, i) => ({
      ...provider(at),
      name: `provider-${i}`,
    }));
    const { words, known } = await listen([ME, ANNA], undefined, { providers });
    expect(compareSpeech(SPEECH.words, words)).toEqual(NO_DIFFERENCE);
    expect(people(SPEECH.words, words, known)).toEqual({ 1: 'unknown', 3: OWNER, 5: 'anna' });
    expect(other.connections.length).toBeGreaterThan(0);
  });

  it('begins in the middle of the audio', async () => {
    const fromMs = (SPEECH.words.find((word) => word.speaker === 5)?.startMs ?? 0) - 200;
    const batches = pcmBatches(SPEECH.samples, 16_000);
    const { words, known, events } = await listen([ME, ANNA], batches, { start: startAt(fromMs) });
    const rest = SPEECH.words.filter((word) => word.startMs >= fromMs);
    expect(words.filter((word) => word.startMs >= fromMs).map(({ text }) => text)).toEqual(
      rest.map(({ text }) => text),
    );
    expect(people(SPEECH.words, words, known)).toMatchObject({ 3: OWNER, 5: 'anna' });
    for (const event of events) {
      if (event.type === 'transcript-final')
        expect(event.finalUntilMs).toBeGreaterThanOrEqual(fromMs);
    }
  });

  it('keeps the numbers of an earlier stream for the voices that it recognises', async () => {
    const batches = pcmBatches(SPEECH.samples, 16_000);
    // Anna is in the middle of her sentence; an earlier stream knew her as its speaker 7.
    const anna = SPEECH.words.filter((word) => word.speaker === 5);
    const fromMs = anna[8]?.startMs ?? 0;
    const heard = anna.slice(0, 8).map(({ startMs, endMs }) => ({ startMs, endMs, speaker: 7 }));
    const start = { fromMs, heard, replays: true };
    const { words, known, identified } = await listen([ME, ANNA], batches, { start });
    expect(identified).toEqual([OWNER, 'anna']);
    expect(known.get(7)).toBe('anna');
    expect(words[0]).toMatchObject({ text: anna[8]?.text, speaker: 7 });
    expect(people(SPEECH.words, words, known)).toMatchObject({ 3: OWNER, 5: 'anna' });
  });

  it('plays Opus and 8 kHz sessions the voices in their own form', async () => {
    const opus = { ...options, format: { encoding: 'opus', sampleRate: 16_000 } } as const;
    const coded = await listen([ME, ANNA], opusBatches(SPEECH.samples, 16_000), { options: opus });
    expect(coded.words.map(({ text }) => text)).toEqual(SPEECH.words.map(({ text }) => text));
    expect([...coded.known.values()]).toEqual([OWNER, 'anna']);

    const low = synthesise([{ speaker: 3, text: SENTENCE }], { sampleRate: 8000, leadMs: 500 });
    const telephone = { ...options, format: { encoding: 'pcm-s16le', sampleRate: 8000 } } as const;
    const heard = await listen([ME], pcmBatches(low.samples, 8000), { options: telephone });
    expect(compareSpeech(low.words, heard.words)).toEqual(NO_DIFFERENCE);
    expect(people(low.words, heard.words, heard.known)).toEqual({ 3: OWNER });
  });

  it.skipIf(loadSpeechClips().length < 2)('tells a real voice from a shifted one', async () => {
    const [known, spoken] = loadSpeechClips();
    if (!known || !spoken) throw new Error('two clips are needed');
    const stranger = pitchShifted(spoken, 1.2, 1);
    const hearing = await DeepgramSimulator.start({ clips: [known, spoken, stranger] });
    const gap = new Int16Array(16_000);
    const parts = [stranger.samples, gap, spoken.samples, gap];
    const samples = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
    const said: SpokenWord[] = [];
    let at = 0;
    for (const [i, part] of parts.entries()) {
      samples.set(part, at);
      const clip = [stranger, null, spoken, null][i];
      for (const word of clip?.words ?? []) {
        const startMs = word.startMs + (at * 1000) / 16_000;
        const endMs = word.endMs + (at * 1000) / 16_000;
        said.push({ text: word.text, startMs, endMs, speaker: clip?.speaker ?? -1 });
      }
      at += part.length;
    }
    const me = { personId: OWNER, name: 'User', samples: known.samples, sampleRate: 16_000 };
    const providers = [provider(hearing)];
    const heard = await listen([me], pcmBatches(samples, 16_000), { providers });
    await hearing.close();
    expect(compareSpeech(said, heard.words)).toEqual(NO_DIFFERENCE);
    expect(people(said, heard.words, heard.known)).toEqual({ 0: OWNER, 1: 'unknown' });
  });
});
