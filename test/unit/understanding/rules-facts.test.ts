import { describe, expect, it } from 'vitest';
import { toInput } from '../../../scripts/evaluate/read-sets.ts';
import { MemoryVersions } from '../../../src/memories/memory-versions.ts';
import { isCurrent, type Memory } from '../../../src/model/memory.ts';
import { createRuleEngine } from '../../../src/understanding/rules/rule-engine.ts';

const engine = createRuleEngine();
const { signal } = new AbortController();

/** The facts that hold after talks on successive days, as the store keeps them, and the former ones. */
async function factsAfter(...talks: string[][]): Promise<{ current: string[]; past: string[] }> {
  const known = new Map<string, Memory>();
  for (const [index, turns] of talks.entries()) {
    const startedAt = Date.parse('2026-05-04T08:00:00Z') + index * 86_400_000;
    const knownFacts = [...known.values()].filter(isCurrent);
    const input = { ...toInput(turns, 'Me'), forced: true, startedAt, knownFacts };
    const { memories } = await engine.understand(input, signal);
    const talk = { id: `c${index}`, isLocked: false, startedAt, createdAt: startedAt };
    new MemoryVersions('u1', talk, known, startedAt).rewrite(memories);
  }
  const contents = (isNow: boolean): string[] =>
    [...known.values()].filter((memory) => isCurrent(memory) === isNow).map((m) => m.content);
  return { current: contents(true), past: contents(false) };
}

describe('facts that others or nobody stated', () => {
  it.each([
    'My sister said, I am allergic to cats.',
    'In the book I am a pilot who lives in Rome.',
    'If I were a nurse I would live in York.',
    'Suppose I have two dogs.',
    'We live in hope.',
    "I'm allergic to mondays.",
    'You drive a hard bargain and I drive a hard bargain.',
    'I nearly became a teacher, I was almost a teacher.',
    'I have a bone to pick with you.',
    'I never said I have a brother.',
    'I used to live in Bath.',
  ])('%s', async (text) => {
    expect((await factsAfter([`Me: ${text}`])).current).toEqual([]);
  });
});

describe('facts that the user states', () => {
  it.each([
    ['Bill is my brother-in-law.', 'Brother-in-law is Bill'],
    ["I'm vegan now, remember?", 'Is vegan'],
    ['I have high blood pressure, is that a problem?', 'Has high blood pressure'],
    ['We have two daughters.', 'Has two daughters'],
    ["I can't eat nuts.", "Doesn't eat nuts"],
    ["I'm training for the Cologne marathon.", 'Is training for the Cologne marathon'],
    ['I moved from Porto to Lisbon last week.', 'Lives in Lisbon'],
    ['The nurse says I have asthma.', 'Has asthma'],
  ])('%s', async (text, fact) => {
    expect((await factsAfter([`Me: ${text}`])).current).toEqual([fact]);
  });

  it('reads an answer with its question', async () => {
    const turns = ['Vet: Are you allergic to anything?', 'Me: Yes, to penicillin.'];
    expect((await factsAfter(turns)).current).toEqual(['Is allergic to penicillin']);
  });

  it('keeps more than five facts of one talk', async () => {
    const text =
      'I live in Bonn. I work for the post office. I have two cats. I play the piano. I drive a van. I speak Dutch. I have asthma.';
    expect((await factsAfter([`Me: ${text}`])).current).toHaveLength(7);
  });
});

describe('facts that end', () => {
  it.each([
    [
      'I am allergic to walnuts.',
      'It turns out I am not allergic to walnuts.',
      'no longer allergic',
    ],
    ['I live in Porto.', 'I moved from Porto to Lisbon last week.', 'Lives in Lisbon'],
    ['I work at the mill.', 'I quit my job at the mill.', 'No longer works'],
    ['I drive a red Fiat.', 'I drive a Skoda now.', 'Drives a Skoda'],
    ['I have two cats.', 'I have three cats now.', 'Has three cats'],
    ["I'm engaged.", 'We broke up.', 'no longer engaged'],
    ['I have a dog.', 'Our dog died last night.', 'No longer has a dog'],
    ["I don't eat meat.", 'I eat meat again.', 'Eats meat'],
  ])('%s %s', async (first, second, now) => {
    const { current, past } = await factsAfter([`Me: ${first}`], [`Me: ${second}`]);
    expect(current).toHaveLength(1);
    expect(current[0]).toContain(now);
    expect(past).toHaveLength(1);
  });

  it('stay if they are only denied for a day', async () => {
    const { current } = await factsAfter(
      ['Me: I have a dog.'],
      ["Me: I don't have the dog with me today."],
    );
    expect(current).toEqual(['Has a dog']);
  });

  it('end within one talk too', async () => {
    const text = "I play the violin. Well, I don't play the violin any more.";
    expect((await factsAfter([`Me: ${text}`])).current).toEqual([]);
  });
});
