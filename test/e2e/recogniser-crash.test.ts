import { describe, expect, it } from 'vitest';
import { alignWords } from '../fixtures/word-alignment.ts';
import { generator } from './crash/crash-series.ts';
import { crashRecogniser, RECOGNISER_TARGETS } from './crash/recogniser-crash.ts';

describe('kill -9 while a local model listens', () => {
  it.concurrent.each(RECOGNISER_TARGETS)(
    '%s: every accepted word is stored once, at its time',
    async (target) => {
      const random = generator(Number(process.env.CRASH_SEED ?? 1));
      const { problems, kills } = await crashRecogniser(target, random);
      expect(problems).toEqual([]);
      expect(kills).toBeGreaterThan(0);
    },
    180_000,
  );
});

describe('what these tests would not let pass', () => {
  const said = ['send', 'the', 'new', 'budget'].map((text, i) => {
    return { text, startMs: i * 400, endMs: i * 400 + 300 };
  });

  it('a word that is lost, doubled, misheard or late', () => {
    const [first, second, third, last] = said;
    if (!first || !second || !third || !last) throw new Error('No words.');
    const nothing = { lost: [], added: [], misheard: [] };
    expect(alignWords(said, said)).toMatchObject(nothing);
    expect(alignWords(said, [first, third, last])).toMatchObject({ ...nothing, lost: ['the'] });
    const twice = [first, second, third, third, last];
    expect(alignWords(said, twice)).toMatchObject({ ...nothing, added: ['new'] });
    const wrong = [first, second, { ...third, text: 'knew' }, last];
    expect(alignWords(said, wrong)).toMatchObject({ ...nothing, misheard: ['new > knew'] });
    const shifted = said.map((word) => ({
      ...word,
      startMs: word.startMs + 5000,
      endMs: word.endMs + 5000,
    }));
    expect(Math.max(...alignWords(said, shifted).lateMs)).toBe(0);
    const late = [first, second, { ...third, startMs: third.startMs + 260 }, last];
    expect(Math.max(...alignWords(said, late).lateMs)).toBe(260);
  });
});
