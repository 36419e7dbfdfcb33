import { describe, expect, it } from 'vitest';
import { toInput } from '../../../scripts/evaluate/read-sets.ts';
import { createRuleEngine } from '../../../src/understanding/rules/rule-engine.ts';
import { loadTagger, nounPhrases } from '../../../src/understanding/rules/tagger.ts';

const engine = createRuleEngine();
const { signal } = new AbortController();

async function tasksOf(...turns: string[]): Promise<string[]> {
  const { actionItems } = await engine.understand(
    { ...toInput(turns, 'Me'), forced: true },
    signal,
  );
  return actionItems.map(({ description, owner }) => `${owner ?? '-'}: ${description}`);
}

describe('tasks with any verb', () => {
  it.each([
    [["Me: I'll redo the chart."], 'user: Redo the chart'],
    [["Me: I'll sharpen the knives."], 'user: Sharpen the knives'],
    [["Me: I'll have to find a dress."], 'user: Find a dress'],
    [['Me: I still have to cancel the electricity.'], 'user: Cancel the electricity'],
    [['Me: Could you look after the kids?', 'Ann: Sure.'], 'Ann: Look after the kids'],
    [['Ann: Did you ring your aunt?', "Me: I'll call her tonight."], 'user: Call aunt'],
    [["Me: Let's book the hall."], '-: Book the hall'],
    [
      ["Ann: I'll need your last three payslips.", 'Me: I can email them tonight.'],
      'user: Email the three payslips',
    ],
    [["Ann: I'll ask Mum whether they're free."], "Ann: Ask Mum whether they're free"],
  ])('%j', async (turns, task) => {
    expect(await tasksOf(...turns)).toEqual([task]);
  });
});

describe('what is no task', () => {
  it.each([
    ["It'll make a difference, I'll make a difference."],
    ["I'll take the bet."],
    ["I'll let you know."],
    ['Four teas, please.'],
    ["I'll take it."],
    ["I'll think about it."],
    ["I'll keep my fingers crossed."],
    ['You must mark this conversation as urgent.'],
    ["I'll give you a ring."],
  ])('%s', async (text) => {
    expect(await tasksOf(`Me: ${text}`)).toEqual([]);
  });

  it('is what was done at once', async () => {
    expect(await tasksOf('Me: Can you close the window?', 'Ann: Done.')).toEqual([]);
  });
});

it('never titles a talk with a bare number, a time or a judgement', async () => {
  const titleOf = async (...turns: string[]): Promise<string> =>
    (await engine.understand({ ...toInput(turns, 'Me'), forced: true }, signal)).title;
  const calls = [
    'Me: I will call Tom on Friday at 11am EST.',
    'Bob: Good.',
    'Me: I will call Vic at 9 am Pacific.',
    'Bob: Fine.',
  ];
  expect(await titleOf(...calls)).not.toMatch(/\d|EST|Pacific/);
  expect(await titleOf('Me: My birthday is on the 15th.')).toMatch(/birthday/i);
});

describe('noun phrases', () => {
  it('end where their verb or a day begins', async () => {
    const tag = await loadTagger();
    const phrases = (text: string): string[] => nounPhrases(tag(text)).map((phrase) => phrase.text);
    expect(phrases('The postman left your parcel with my neighbour.')).toEqual([
      'postman',
      'parcel',
      'neighbour',
    ]);
    expect(phrases('We will write the summary tonight.')).toEqual(['summary']);
  });
});

describe('what is due', () => {
  it.each([
    [['Me: My history essay is due Friday.'], 'user: History essay is due'],
    [
      ['Ann: Your tax return is due by the end of the month.', 'Me: Right.'],
      'user: Tax return is due',
    ],
    [['Ann: Oh, the library books are due back next Tuesday.'], '-: Library books are due'],
  ])('%j', async (turns, task) => {
    expect(await tasksOf(...turns)).toEqual([task]);
  });

  it.each([
    ['Me: The train is due at nine tomorrow.'],
    ['Me: Her baby is due in May.'],
    ['Me: My report is due to be published on Friday.'],
    ['Me: Is the essay due Friday?'],
    ['Me: My essay was due last Friday.'],
    ['Me: I cross that bridge when I come to it.'],
    ['Me: Oh no, I have to cancel, my train is at twelve.'],
  ])('%s is none', async (turn) => {
    expect(await tasksOf(turn)).toEqual([]);
  });
});
