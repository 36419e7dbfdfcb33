import { describe, expect, it } from 'vitest';
import { toInput } from '../../../scripts/evaluate/read-sets.ts';
import { cooperativeLoop } from '../../../src/understanding/rules/cooperative-loop.ts';
import { loadTagger, nounPhrases } from '../../../src/understanding/rules/english/tagger.ts';
import { findTaskCandidates } from '../../../src/understanding/rules/english/tasks/task-candidates.ts';
import { createRuleEngine } from '../../../src/understanding/rules/rule-engine.ts';
import { readTalk } from '../../../src/understanding/rules/understand-talk.ts';

const engine = createRuleEngine();
const { signal } = new AbortController();

async function tasksOf(...turns: string[]): Promise<string[]> {
  const { actionItems } = await engine.understand(
    { ...toInput(turns, 'Me'), forced: true },
    signal,
  );
  return actionItems.map(({ description, owner }) => `${owner ?? '-'}: ${description}`);
}

/** Everything that may be a task, whether it is likely enough or not. */
async function candidatesOf(...turns: string[]): Promise<string[]> {
  const each = cooperativeLoop(signal);
  const { talk } = await readTalk({ ...toInput(turns, 'Me'), forced: true }, each);
  const context = { ...talk, tag: await loadTagger() };
  const candidates = await findTaskCandidates(context, each);
  const found = candidates.map(
    ({ claim: { description, owner } }) => `${owner ?? '-'}: ${description}`,
  );
  return [...new Set(found)];
}

describe('tasks about somebody who is not named in their sentence', () => {
  it('cite where the name is, too', async () => {
    const turns = ['Ann: The roof leaks again.', "Me: I'll call you back on Friday."];
    const { actionItems, suggestedTasks } = await engine.understand(
      { ...toInput(turns, 'Me'), forced: true },
      signal,
    );
    const found = [...actionItems, ...suggestedTasks];
    expect(found.map(({ description }) => description)).toEqual(['Call Ann back']);
    expect(found[0]?.segmentIds).toHaveLength(2);
  });
});

describe('candidates of tasks with any verb', () => {
  it.each([
    [["Me: I'll redo the chart."], 'user: Redo the chart'],
    [["Me: I'll sharpen the knives."], 'user: Sharpen the knives'],
    [["Me: I'll have to find a dress."], 'user: Find a dress'],
    [['Me: I still have to cancel the electricity.'], 'user: Cancel the electricity'],
    [['Me: Could you look after the kids?', 'Ann: Sure.'], 'Ann: Look after the kids'],
    [['Ann: Did you ring your aunt?', "Me: I'll call her tonight."], 'user: Call aunt'],
    [["Me: Let's book the hall."], '-: Book the hall'],
    [
      ['Me: Could you keep a pair in my size?', "Shop: I'll put one aside under your name."],
      'Shop: Put the pair aside under the name',
    ],
    [
      [
        'Clerk: Yes, a letter from your employer would do.',
        "Me: Then I'll bring it in on Wednesday.",
      ],
      'user: Bring the letter',
    ],
    [["Ann: Don't forget to lock the door.", "Me: I won't."], 'user: Lock the door'],
    [["Me: I'll be bringing the cups."], 'user: Bring the cups'],
    [['Ann: You should see a doctor.', "Me: You're right, I'll do that."], 'user: See a doctor'],
    [['Nurse: Please call us in July.', 'Me: Okay.'], 'user: Call Nurse'],
    [
      ["Ann: I'll need your last three payslips.", 'Me: I can email them tonight.'],
      'user: Email the three payslips',
    ],
    [
      ['Me: Let me email the landlord about the heating.'],
      'user: Email the landlord about the heating',
    ],
    [["Ann: I'll ask Mum whether they're free."], "Ann: Ask Mum whether they're free"],
    [
      ["Me: I'd better call the landlord about the heating."],
      'user: Call the landlord about the heating',
    ],
    [["Me: I still haven't bought a present."], 'user: Buy a present'],
    [
      ["Ann: Why don't you call the airline?", "Me: Good idea. I'll do that."],
      'user: Call the airline',
    ],
    [["Ann: Who's going to bring the drinks?", 'Me: I will.'], 'user: Bring the drinks'],
    [['Ann: Someone has to feed the cat.', "Me: I'll do it."], 'user: Feed the cat'],
    [
      ['Ann: Did you mail the letter?', "Me: Not yet. I'll do it tomorrow."],
      'user: Mail the letter',
    ],
    [['Ann: Have you blocked the cards?', 'Me: Not yet.'], 'user: Block the cards'],
    [
      ['Ann: Make three copies of this report, will you?', 'Me: Right away.'],
      'user: Make three copies of this report',
    ],
    [['Ann: Fill out this form.', 'Me: All right.'], 'user: Fill out this form'],
    [['Ann: Shall I phone the hotel?', 'Me: Please do.'], 'Ann: Phone the hotel'],
    [
      [
        "Ann: There's a lady in number nine who looks after dogs.",
        "Me: Really? Good. I'll speak to her today.",
      ],
      'user: Speak to the lady',
    ],
    [
      ["Ann: We'll deliver the fridge to your house tonight."],
      'Ann: Deliver the fridge to the house',
    ],
  ])('%j', async (turns, task) => {
    expect(await candidatesOf(...turns)).toContain(task);
  });
});

describe('tasks that are likely', () => {
  it.each([
    [["Me: I'll post the letter tomorrow.", 'Ann: Good.'], 'user: Post the letter'],
    [['Me: Remind me to buy stamps.'], 'user: Buy stamps'],
    [["Me: Don't let me forget to renew my passport."], 'user: Renew the passport'],
    [['Me: Note to self: order more filters.'], 'user: Order more filters'],
    [['Me: I still have to pay the gas bill.'], 'user: Pay the gas bill'],
    [['Ann: Can you bring your drill tomorrow?', 'Me: Sure.'], 'user: Bring the drill'],
    [
      ['Ann: Gus can drive.', "Me: He owes me. I'll ask him tonight.", 'Ann: Great.'],
      'user: Ask Gus',
    ],
  ])('%j', async (turns, task) => {
    expect(await tasksOf(...turns)).toEqual([task]);
  });
});

describe('tasks that are not likely enough', () => {
  it.each([
    [['Ann: Could you buy milk?', 'Me: Sure.'], 'Buy milk'],
    [["Me: I'll let the neighbour know.", 'Ann: Thanks.'], 'Let the neighbour know'],
    [['Me: We should book the hotel soon.', "Ann: Yes, let's do that."], 'Book the hotel'],
  ])('are suggested, each with its source: %j', async (turns, task) => {
    const input = { ...toInput(turns, 'Me'), forced: true };
    const { actionItems, suggestedTasks } = await engine.understand(input, signal);
    expect(actionItems).toEqual([]);
    expect(suggestedTasks.map(({ description }) => description)).toEqual([task]);
    expect(suggestedTasks[0]?.segmentIds).not.toEqual([]);
  });

  it('are ten of one talk at most, the likeliest', async () => {
    const things = 'salt rice soap tea milk bread jam flour sugar honey butter cheese'.split(' ');
    const turns = things.flatMap((thing) => [`Ann: Could you buy ${thing}?`, 'Me: Sure.']);
    const input = { ...toInput(turns, 'Me'), forced: true };
    const { actionItems, suggestedTasks } = await engine.understand(input, signal);
    expect(actionItems.length + suggestedTasks.length).toBeGreaterThanOrEqual(10);
    expect(suggestedTasks.length).toBeLessThanOrEqual(10);
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
    ["I'll try the soup."],
    ["I'll get the door."],
    ['I have to catch a train.'],
  ])('%s', async (text) => {
    expect(await tasksOf(`Me: ${text}`)).toEqual([]);
  });

  it.each([
    [['Me: Can you close the window?', 'Ann: Done.']],
    [['Ann: Could you lend me fifty euros?', 'Me: You must be joking.']],
    [['Ann: Could you lend me fifty euros?', 'Me: What for?']],
    [['Ann: Can you feed the fish?', 'Me: I fed them this morning.']],
    [["Clerk: I'll fetch a bigger size for you.", 'Me: Thanks.']],
    [['Clerk: Let me check the computer.']],
    [['Clerk: Can I help you?', 'Me: I need to change some money.']],
    [['Clerk: Shall I wrap it?', 'Me: Yes, please.']],
    [['Ann: Is there a machine in the building?', 'Me: Yes.']],
    [["Ann: Why don't you ask for a raise?", "Me: I've tried."]],
    [['Ann: Have you called the bank?', 'Me: Yes, this morning.']],
    [['Me: Let me pay for the vase, please.', "Ann: I wouldn't dream of it."]],
    [["Me: I'll help you with the bags.", 'Ann: No, thanks, I can manage.']],
    [["Me: I'll buy you a new one.", 'Ann: Forget it, it was old.']],
    [['Me: Let me pay the bill.', "Ann: No, it's on me."]],
    [["Ann: I'll go and open the door.", "Me: I'll make some coffee."]],
    [["Me: I'll get my coat.", "Ann: I'll get the car."]],
    [["Me: I'll have the soup.", "Waiter: I'll bring it right away."]],
    [['Clerk: You need to fill in this form and sign here.', 'Me: Okay. Done.']],
    [['Ann: Could you give me your number?', "Me: Sure, it's 555."]],
    [['Ann: You should see a doctor.', 'Me: I know.']],
    [["Me: I promised to help Tom move, but I can't.", 'Ann: Pity.']],
    [["Waiter: I'll be right back with your drinks.", 'Me: Thanks.']],
    [['Barber: What shall we do today?', 'Me: Just a trim, please.']],
    [["Ann: I haven't found a hotel yet.", 'Me: There is time.']],
    [["Me: I'll take the red one.", 'Shop: Here you are.']],
    [["Ann: Let's clean the garage on Saturday.", 'Me: Do we have to?']],
    [['Ann: We should paint the fence this weekend.', "Me: I'm away."]],
    [['Me: I have to pay two hundred a month.', 'Ann: Poor you.']],
    [["Me: I'm going to buy a boat when I'm rich.", 'Ann: Ha.']],
    [['Ann: Please help yourself to the cake.', 'Me: Thanks.']],
    [["Ann: I'll beat you at chess.", "Me: We'll see."]],
  ])('is what was done at once, refused or only talked about: %j', async (turns) => {
    expect(await tasksOf(...turns)).toEqual([]);
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

it('finds a task at the end of a talk that is full of what is none', async () => {
  const words =
    'anvil basket candle drawer engine fiddle garlic hammer icicle jigsaw kettle ladder'.split(' ');
  const chatter = words.flatMap((one) =>
    words
      .filter((other) => other !== one)
      .map((other) => `Me: Can you pass me the ${one} ${other}?`),
  );
  const found = await tasksOf(
    ...chatter,
    ...chatter.map((turn) => turn.replace('pass', 'hold')),
    "Me: I'll call the bank tomorrow.",
    'Ann: Good.',
  );
  expect(found).toContain('user: Call the bank');
});
