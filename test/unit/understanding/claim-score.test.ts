import { describe, expect, it } from 'vitest';
import { fitWeights } from '../../../scripts/evaluate/fit-weights.ts';
import type { LabelledCandidate } from '../../../scripts/evaluate/label-candidates.ts';
import {
  chooseSuggested,
  chooseThreshold,
  type LeftOutClaim,
  setOf,
  tally,
} from '../../../scripts/evaluate/leave-out.ts';
import { readSet, toInput, turnsOf } from '../../../scripts/evaluate/read-sets.ts';
import { claimedOnly, tallyDialogue } from '../../../scripts/evaluate/score-claims.ts';
import { cooperativeLoop } from '../../../src/understanding/rules/cooperative-loop.ts';
import {
  decide,
  scoreBy,
  scoreOf,
} from '../../../src/understanding/rules/english/claims/claim-score.ts';
import { findEventCandidates } from '../../../src/understanding/rules/english/events/events.ts';
import { loadTagger } from '../../../src/understanding/rules/english/tagger.ts';
import { findTaskCandidates } from '../../../src/understanding/rules/english/tasks/task-candidates.ts';
import { createRuleEngine } from '../../../src/understanding/rules/rule-engine.ts';
import { readTalk } from '../../../src/understanding/rules/understand-talk.ts';

const { signal } = new AbortController();
const each = cooperativeLoop(signal);

async function featuresOf(kind: 'tasks' | 'events', ...turns: string[]): Promise<string[]> {
  const { talk } = await readTalk(toInput(turns, 'Me'), each);
  const context = { ...talk, tag: await loadTagger() };
  const find = kind === 'tasks' ? findTaskCandidates : findEventCandidates;
  const [candidate] = await find(context, each);
  return candidate?.features ?? [];
}

describe('the score of a candidate', () => {
  const table = { bias: -1, weights: { good: 2, bad: -3 } };

  it('adds the weights of its features to the bias, as a probability', () => {
    expect(scoreOf([], { bias: 0, weights: {} })).toBe(0.5);
    expect(scoreOf(['good'], table)).toBeCloseTo(1 / (1 + Math.exp(-1)), 10);
    expect(scoreOf(['good', 'bad'], table)).toBeCloseTo(1 / (1 + Math.exp(2)), 10);
    expect(scoreOf(['good', 'not in the table'], table)).toBe(scoreOf(['good'], table));
  });

  it('is higher for a promise with a day than for what is done on the spot', async () => {
    const promise = await featuresOf('tasks', "Me: I'll call the bank tomorrow.", 'Ann: Good.');
    const atOnce = await featuresOf('tasks', 'Me: Can you open this box?', 'Ann: Here you go.');
    expect(promise).toEqual(
      expect.arrayContaining(['frame: promise', 'verb: contact', 'has a day', "is the user's"]),
    );
    expect(atOnce).toEqual(expect.arrayContaining(['frame: request', 'is pointed at']));
    const score = scoreBy('tasks');
    const scored = [promise, atOnce].map((claim) => ({ claim, score: score(claim) }));
    expect(decide('tasks', scored).claimed).toEqual([promise]);
  });

  it('knows by which way a time came to be an event', async () => {
    const accepted = await featuresOf('events', 'Ann: Lunch on Friday at one?', 'Me: Perfect.');
    const told = await featuresOf('events', 'Me: My flight leaves on Friday at one.');
    expect(accepted).toContain('way: proposal, accepted');
    expect(told).toContain('way: told, open');
    expect(await featuresOf('events', 'Ann: Lunch on Friday at one?', 'Me: No, sorry.')).toContain(
      'is refused',
    );
  });
});

describe('fitting weights', () => {
  const candidates: LabelledCandidate[] = Array.from({ length: 60 }, (_, nth) => ({
    dialogue: `d${nth % 20}`,
    features: nth % 3 === 0 ? ['bad', 'both'] : ['good', 'both'],
    isRight: nth % 3 !== 0,
  }));

  it('gives what is right a positive weight, and the same weights each time', () => {
    const { weights } = fitWeights(candidates);
    expect(weights.good).toBeGreaterThan(0.5);
    expect(weights.bad).toBeLessThan(-0.5);
    expect(fitWeights(candidates)).toEqual(fitWeights([...candidates]));
  });
});

describe('the thresholds', () => {
  const claim = (set: string, score: number, isRight: boolean | null): LeftOutClaim => ({
    set,
    dialogue: set,
    line: '',
    score,
    isRight,
  });
  const many = (set: string, count: number, score: number, isRight: boolean): LeftOutClaim[] =>
    Array.from({ length: count }, () => claim(set, score, isRight));
  const claims = [
    ...many('own', 90, 0.8, true),
    ...many('own', 4, 0.6, false),
    ...many('street', 10, 0.9, true),
    ...many('street', 3, 0.7, false),
    ...many('households', 2, 0.75, false),
    claim('households', 0.99, null),
  ];

  it('are the lowest from which what is claimed is right often enough', () => {
    expect(chooseThreshold(claims, 0.9)).toBe(0.5);
    expect(chooseThreshold(claims, 0.97)).toBe(0.71);
    expect(chooseThreshold(claims, 0.99)).toBe(0.76);
    // Nothing is good enough: the best there is.
    expect(chooseThreshold([...many('own', 9, 0.8, false), claim('own', 0.8, true)], 0.9)).toBe(
      0.5,
    );
  });

  it('suggest what is right often enough below them', () => {
    const likely = [...many('own', 6, 0.4, true), ...many('own', 9, 0.2, false)];
    expect(chooseSuggested(likely, 0.6, 0.7)).toBe(0.21);
    expect(chooseSuggested(many('own', 3, 0.4, false), 0.6, 0.7)).toBe(0.7);
  });

  it('count what the data allow and do not expect neither way', () => {
    expect(tally(claims, 0.85)).toEqual({ claimed: 10, found: 10, precision: 1 });
  });

  it('take what one author wrote as one set, however it is divided', () => {
    expect(setOf('street/seen/cafe')).toBe(setOf('street/read/bank'));
    expect(setOf('tests/vet.json')).toBe(setOf('fresh/vet'));
    expect(setOf('households/read/vet')).not.toBe(setOf('fresh/vet'));
  });
});

describe('what is claimed of talk that may be read', () => {
  it('is right nine times of ten', async () => {
    const engine = createRuleEngine();
    const found = { tasks: 0, events: 0, facts: 0 };
    const extra: Record<keyof typeof found, string[]> = { tasks: [], events: [], facts: [] };
    for (const set of ['households/read', 'street/read', 'street/seen', 'everyday', 'fresh']) {
      for (const dialogue of readSet(set).dialogues) {
        const input = toInput(turnsOf(dialogue), dialogue.me, dialogue.at, dialogue.language);
        const tally = tallyDialogue(dialogue, claimedOnly(await engine.understand(input, signal)));
        for (const kind of ['tasks', 'events', 'facts'] as const) {
          found[kind] += tally[kind].found;
          extra[kind].push(...tally[kind].extra);
        }
      }
    }
    for (const kind of ['tasks', 'events', 'facts'] as const) {
      expect(found[kind] / (found[kind] + extra[kind].length), kind).toBeGreaterThan(0.9);
    }
    expect(found.tasks).toBeGreaterThan(45);
    expect(found.events).toBeGreaterThan(35);
  });
});
