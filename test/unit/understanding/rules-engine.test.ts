import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { claimedOnly, withSuggestions } from '../../../scripts/evaluate/score-claims.ts';
import { cleanSpeech } from '../../../src/understanding/rules/clean-speech.ts';
import { cooperativeLoop } from '../../../src/understanding/rules/cooperative-loop.ts';
import { ENGLISH_RULES } from '../../../src/understanding/rules/english/english-rules.ts';
import { createRuleEngine } from '../../../src/understanding/rules/rule-engine.ts';
import { splitSentences } from '../../../src/understanding/rules/sentences.ts';
import {
  NOTHING_KNOWN,
  type SpokenSegment,
  type Understanding,
  type UnderstandingInput,
} from '../../../src/understanding/understanding-engine.ts';
import {
  loadDialogues,
  loadFreshDialogues,
  loadHeldOutDialogues,
  measure,
  scoreUnderstanding,
  toUnderstandingInput,
} from '../../fixtures/dialogues.ts';
import { checkEvidence } from '../../fixtures/evidence.ts';
import { loadMeetings } from '../../fixtures/meetings.ts';

const engine = createRuleEngine();
const { signal } = new AbortController();

function said(...turns: [string, string][]): UnderstandingInput {
  const segments: SpokenSegment[] = turns.map(([name, text], index) => ({
    id: `s${index}`,
    text,
    speaker: name === 'me' ? 'SPEAKER_0' : `SPEAKER_${name}`,
    name: name === 'me' ? 'Kim' : name,
    isUser: name === 'me',
    startMs: index * 5000,
    endMs: index * 5000 + 4000,
  }));
  return {
    segments,
    startedAt: Date.parse('2026-03-11T10:00:00Z'),
    timeZone: 'UTC',
    language: 'en',
    userName: 'Kim',
    uid: 'u1',
    medium: 'speech',
    photos: [],
    ...NOTHING_KNOWN,
    forced: true,
  };
}

const tasks = async (...turns: [string, string][]): Promise<string[]> =>
  (await engine.understand(said(...turns), signal)).actionItems.map((item) => item.description);
const memories = async (text: string): Promise<string[]> =>
  (await engine.understand(said(['me', text]), signal)).memories.map((memory) => memory.content);
const events = async (...turns: [string, string][]): Promise<string[]> =>
  (await engine.understand(said(...turns), signal)).events.map(
    (event) => `${event.title} ${new Date(event.start).toISOString()} ${event.durationMinutes}`,
  );

describe('the rule engine on dialogues', () => {
  for (const dialogue of loadDialogues()) {
    it(`finds the facts of: ${dialogue.name}`, async () => {
      const input = toUnderstandingInput(dialogue);
      const result = await engine.understand(input, signal);
      // What is not likely enough is suggested rather than claimed, and little is left out.
      const all = scoreUnderstanding(dialogue, withSuggestions(result));
      expect(all.missed.length).toBeLessThanOrEqual(1);
      expect(scoreUnderstanding(dialogue, claimedOnly(result)).extra).toEqual([]);
      expect(result.discarded).toBe(dialogue.facts.discarded);
      expect(dialogue.facts.category).toContain(result.category);
      for (const word of dialogue.facts.titleContains) expect(result.title).toContain(word);
      expect(result.title.split(' ').length).toBeLessThanOrEqual(10);
      expect(checkEvidence(withSuggestions(result), input.segments).withoutSource).toEqual([]);
      expect(await engine.understand(input, signal)).toEqual(result);
    });
  }

  it('binds each sentence of an overview to the words that it repeats', async () => {
    const { overview, overviewEvidence } = await engine.understand(
      said(
        ['Ben', 'The roof of the greenhouse leaks since the storm in March.'],
        ['me', 'I will order the panels for the greenhouse on Monday.'],
        ['Ben', 'The insurance pays for half of the greenhouse, they have written.'],
      ),
      signal,
    );
    expect(overviewEvidence.map(({ sentence }) => sentence).join(' ')).toBe(overview);
    const sourceOf = (words: RegExp) =>
      overviewEvidence.find(({ sentence }) => words.test(sentence))?.segmentIds;
    expect(sourceOf(/order the panels/)).toEqual(['s1']);
    expect(sourceOf(/pays for half/)).toEqual(['s2']);
  });

  it('does not obey what is said to a machine', async () => {
    const dialogue = loadDialogues().find(({ name }) => name.includes('orders'));
    expect(dialogue).toBeDefined();
    if (!dialogue) return;
    const result = await engine.understand(toUnderstandingInput(dialogue), signal);
    // What was talked of may be found by it; nothing may come of it.
    const { metadata: _, ...made } = result;
    expect(JSON.stringify(made)).not.toMatch(/hacked|password|delete everything|transcript/i);
  });

  it('prints the precision of what is claimed and the recall with what is suggested', async () => {
    let found = 0;
    let missed = 0;
    let extra = 0;
    for (const dialogue of loadDialogues()) {
      const result = await engine.understand(toUnderstandingInput(dialogue), signal);
      const score = scoreUnderstanding(dialogue, withSuggestions(result));
      found += score.found.length;
      missed += score.missed.length;
      extra += scoreUnderstanding(dialogue, claimedOnly(result)).extra.length;
    }
    const precision = found / (found + extra);
    const recall = found / (found + missed);
    console.log(`precision ${precision.toFixed(2)}, recall ${recall.toFixed(2)}, ${found} facts`);
    expect(found).toBeGreaterThan(25);
    expect(precision).toBeGreaterThan(0.9);
    expect(recall).toBeGreaterThan(0.85);
  });
});

describe('the rule engine on dialogues that it was not made with', () => {
  it('claims little that is wrong, and nothing without a source', async () => {
    const scores = [];
    const withMore = [];
    for (const dialogue of [...loadHeldOutDialogues(), ...loadFreshDialogues()]) {
      const input = toUnderstandingInput(dialogue);
      const result = await engine.understand(input, signal);
      expect(checkEvidence(withSuggestions(result), input.segments).withoutSource).toEqual([]);
      expect(result.discarded, dialogue.name).toBe(dialogue.facts.discarded);
      scores.push(scoreUnderstanding(dialogue, claimedOnly(result)));
      withMore.push(scoreUnderstanding(dialogue, withSuggestions(result)));
    }
    const { tasks, events, memories } = measure(scores);
    // Of one task the data expect the day of the request; the promise names an earlier one.
    expect(tasks.precision).toBeGreaterThan(0.88);
    // What is not likely enough to be claimed is suggested.
    expect(tasks.recall).toBeGreaterThan(0.55);
    expect(measure(withMore).tasks.recall).toBeGreaterThan(0.8);
    expect(events.precision).toBeGreaterThan(0.7);
    expect(memories.precision).toBeGreaterThan(0.95);
    expect(memories.recall).toBeGreaterThan(0.85);
  });
});

describe('the rule engine', () => {
  afterEach(() => vi.restoreAllMocks());
  const talks = [...loadDialogues(), ...loadHeldOutDialogues(), ...loadFreshDialogues()];

  it('makes the same of the same talk, with neither clock nor chance', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...talks),
        fc.array(fc.nat(), { minLength: 1, maxLength: 12 }),
        async (dialogue, picks) => {
          const { segments, ...rest } = toUnderstandingInput(dialogue);
          const some = picks.flatMap((pick, i) => {
            const segment = segments[pick % segments.length];
            return segment
              ? { ...segment, id: `s${i}`, startMs: i * 1000, endMs: i * 1000 + 900 }
              : [];
          });
          const input = { ...rest, segments: some, forced: true };
          const first = await engine.understand(input, signal);
          const clock = vi.spyOn(Date, 'now').mockReturnValue(0);
          const chance = vi.spyOn(Math, 'random').mockReturnValue(0.25);
          const again = await engine.understand(structuredClone(input), signal);
          expect(clock).not.toHaveBeenCalled();
          expect(chance).not.toHaveBeenCalled();
          vi.restoreAllMocks();
          expect(again).toEqual(first);
          expect(checkEvidence(first, some).withoutSource).toEqual([]);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('writes of a short talk what tells something alone', async () => {
    const { overview } = await engine.understand(
      said(
        ['me', 'I will send the report on Friday.'],
        ['Ann', 'Great, and lunch on Tuesday at noon?'],
        ['me', 'Yes, that works.'],
      ),
      signal,
    );
    expect(overview).toBe('Kim: I will send the report on Friday. Ann: Lunch on Tuesday at noon?');
  });

  it('tells of the end of a long talk as well as of its beginning', async () => {
    const hour = (subject: string, other: string): [string, string][] =>
      Array.from({ length: 40 }, (_, i) => [
        i % 2 === 0 ? 'Ann' : 'Bob',
        `The ${subject} needs ${other} number ${i} before the committee can decide about the ${subject}.`,
      ]);
    const { overview } = await engine.understand(
      said(
        ...hour('harbour bridge', 'steel beam'),
        ...hour('school canteen', 'oven'),
        ...hour('village museum', 'glass case'),
      ),
      signal,
    );
    for (const subject of ['harbour bridge', 'school canteen', 'village museum']) {
      expect(overview).toContain(`The ${subject} needs`);
    }
  });
});

describe('speech without punctuation', () => {
  const talk = (...turns: [string, string][]) => engine.understand(said(...turns), signal);

  it('is cut where a clause can stand alone', async () => {
    const { actionItems, memories: facts } = await talk(
      ['me', "okay so um i'm vegetarian and i'll order the cake tomorrow but i can't pay for it"],
      ['Ruth', 'great then i will bring the plates on friday oh and could you send me the address'],
    );
    expect(actionItems.map(({ description, owner }) => [description, owner])).toEqual([
      ['Order the cake', 'user'],
      ['Bring the plates', 'Ruth'],
      ['Send the address', 'user'],
    ]);
    expect(facts.map(({ content }) => content)).toEqual(['Is vegetarian']);
  });

  it('is left alone where it has its full stops', async () => {
    const sentences = await splitSentences(
      said(['me', 'I think I will call. Then I will write, and I will send it.']).segments,
      cooperativeLoop(signal),
      ENGLISH_RULES,
    );
    expect(sentences.map(({ text }) => text)).toEqual([
      'I think I will call.',
      'Then I will write, and I will send it.',
    ]);
  });
});

describe('the rule engine on real meetings', () => {
  const meetings = loadMeetings();
  it.skipIf(meetings.length === 0)('gives each a title, an overview and sources', async () => {
    for (const { input } of meetings) {
      const result: Understanding = await engine.understand(input, signal);
      expect(result.discarded).toBe(false);
      expect(result.title.split(' ').length).toBeGreaterThan(2);
      expect(result.title.split(' ').length).toBeLessThanOrEqual(10);
      expect(result.overview).not.toMatch(/\{|\}|\[|_|\b(?:um|uh|mm-hmm)\b/i);
      expect(result.overview.split(/[.?!] /).length).toBeGreaterThanOrEqual(2);
      expect(result.category).not.toBe('other');
      expect(checkEvidence(withSuggestions(result), input.segments).withoutSource).toEqual([]);
    }
  });
});

describe('tasks', () => {
  it.each([
    "I'll tell you what, that was a surprise.",
    'Let me see if I can find the page.',
    'Can you hear me?',
    "I'll just share my screen.",
    'I sent the report yesterday.',
    "I won't send the report.",
    "I'm not going to book the hotel.",
    "If I win the lottery I'll buy a boat.",
    'I was going to call the plumber.',
    "You don't have to wash the dishes.",
    'Should I send the report?',
    "Maybe I'll paint the kitchen.",
    'Could you repeat the question?',
    "I'll move on to the next slide.",
    'I usually send the invoice on Mondays.',
    'What I need to do is complicated.',
  ])('none in: %s', async (text) => {
    expect(await tasks(['me', text], ['Lee', 'Right, I see what you mean there.'])).toEqual([]);
  });

  it.each([
    ["I'll send you the slides by Friday.", 'Send the slides'],
    ['Remind me to water the plants.', 'Water the plants'],
  ])('%s', async (text, expected) => {
    expect(await tasks(['me', text], ['Lee', 'Sounds fair to me, really.'])).toEqual([expected]);
  });

  it.each([
    ["I have to call my mom back because she's worried.", 'Call mom back'],
    ['I need to renew my passport.', 'Renew the passport'],
    ["I'm going to write the summary tonight.", 'Write the summary'],
  ])('is suggested or claimed, if nobody takes it up: %s', async (text, expected) => {
    const input = said(['me', text], ['Lee', 'Sounds fair to me, really.']);
    const found = withSuggestions(await engine.understand(input, signal)).actionItems;
    expect(found.map(({ description }) => description)).toEqual([expected]);
  });

  it('names who is called, and keeps a person who was not named', async () => {
    const of = async (text: string) => {
      const input = said(['me', text], ['Lee', 'Thank you, that is kind.']);
      return withSuggestions(await engine.understand(input, signal)).actionItems.map(
        ({ description }) => description,
      );
    };
    expect(await of("I'll ring you before Friday.")).toEqual(['Ring Lee']);
    expect(await of("I'll ring him tomorrow.")).toEqual(['Ring him']);
  });

  it('finds what "it" stands for', async () => {
    const input = said(
      ['Lee', 'The budget spreadsheet is still wrong.'],
      ['me', "I'll fix it tomorrow."],
    );
    const [item] = (await engine.understand(input, signal)).actionItems;
    expect(item).toMatchObject({ description: 'Fix the budget spreadsheet', owner: 'user' });
    expect(item?.segmentIds).toEqual(['s0', 's1']);
  });

  it('drops a task whose object was never named', async () => {
    expect(await tasks(['me', "I'll send it tomorrow."])).toEqual([]);
  });

  it('gives what was asked to the one who was asked, and drops it when refused', async () => {
    const asked = await engine.understand(
      said(['me', 'Can you order the chairs by Monday?'], ['Lee', 'Sure, will do.']),
      signal,
    );
    expect(asked.actionItems).toMatchObject([{ description: 'Order the chairs', owner: 'Lee' }]);
    expect(
      await tasks(['me', 'Can you order the chairs?'], ['Lee', "No, I can't, sorry."]),
    ).toEqual([]);
  });
});

describe('events', () => {
  it('takes a proposal that was accepted and no other', async () => {
    const proposal: [string, string] = ['me', 'How about lunch on Friday at noon for an hour?'];
    expect(await events(proposal, ['Lee', 'Friday at noon works for me.'])).toEqual([
      'Lunch 2026-03-13T12:00:00.000Z 60',
    ]);
    expect(await events(proposal, ['Lee', "Sorry, I can't on Friday."])).toEqual([]);
  });

  it.each([
    'We had a meeting last Tuesday at three.',
    'Maybe we could have a meeting on Monday at three.',
    'The meeting on Monday at three is cancelled.',
    'My boss has a meeting in the evening, he said.',
  ])('none in: %s', async (text) => {
    expect(await events(['Lee', text])).toEqual([]);
  });
});

describe('memories', () => {
  it.each([
    ['I live in Lisbon, Portugal.', 'Lives in Lisbon, Portugal'],
    ["I'm allergic to peanuts and shellfish.", 'Is allergic to peanuts and shellfish'],
    ['I work at the city library.', 'Works at the city library'],
    ["My daughter's name is Mia.", "Daughter's name is Mia"],
    ['My birthday is on March 3rd.', 'Birthday is on March 3rd'],
    ['I prefer tea over coffee.', 'Prefers tea over coffee'],
    ['I love hiking in the mountains.', 'Loves hiking in the mountains'],
  ])('%s', async (text, expected) => {
    expect(await memories(text)).toEqual([expected]);
  });

  it.each([
    "I'm tired today.",
    'I love it.',
    "I'm a bit confused.",
    'I used to live in Dallas.',
    'If I lived in Rome I would be happy.',
    "I'm allergic to that, haha.",
  ])('none in: %s', async (text) => {
    expect(await memories(text)).toEqual([]);
  });

  it('none of other people', async () => {
    const result = await engine.understand(
      said(['Lee', 'I live in Oslo.'], ['me', 'Do you?']),
      signal,
    );
    expect(result.memories).toEqual([]);
  });
});

describe('keeping and discarding', () => {
  const quiet = (forced: boolean): UnderstandingInput => ({
    ...said(['me', 'Um, okay.'], ['Lee', 'Yeah. Mm-hmm. {vocalsound}']),
    forced,
  });

  it('discards what is only noise, unless it was asked for', async () => {
    expect((await engine.understand(quiet(false), signal)).discarded).toBe(true);
    expect((await engine.understand(quiet(true), signal)).discarded).toBe(false);
    expect((await engine.understand({ ...quiet(false), segments: [] }, signal)).discarded).toBe(
      true,
    );
  });

  it('keeps more than a hundred words', async () => {
    const text =
      'The old bridge over the river was painted green again and nobody knows why. '.repeat(9);
    const result = await engine.understand({ ...said(['me', text]), forced: false }, signal);
    expect(result.discarded).toBe(false);
  });

  it('stops before it begins where it was aborted', async () => {
    await expect(engine.understand(quiet(true), AbortSignal.abort())).rejects.toMatchObject({
      code: 'aborted',
    });
  });
});

describe('spoken words', () => {
  it.each([
    ['Um so we , uh , need the the report .', 'so we, need the report.'],
    ["it 's fine {vocalsound} [Inaudible.]", "it's fine"],
    ['the {disfmarker} the cou could we go', 'the could we go'],
    ['the U_K_ and the P_H_D_', 'the UK and the PHD'],
    ['very very good', 'very very good'],
    ['Come in, come in, mind the step.', 'Come in, mind the step.'],
    ["And my neighbour, she, she's got, you know, roses.", "And my neighbour, she's got, roses."],
    ["I mean, it's the, the tall one.", "it's the tall one."],
    ['They map acoustic f features.', 'They map acoustic features.'],
    ["He's, he's in the, you know, the navy.", "He's in the navy."],
  ])('%s', (text, expected) => {
    expect(cleanSpeech(text, ENGLISH_RULES)).toBe(expected);
  });

  it.each([
    'Do you know what time they eat?',
    "I'll let you know the date.",
    'How do you know that?',
    "That's so kind of you.",
    'What kind of a school is it?',
    'And this time I mean it.',
    "It's seven seven four, three two nine.",
    "It isn't mine, mine's short.",
    'We sold it, it was too damp.',
    "It's telling you, you can hear it.",
    'He said half an hour, half an hour ago.',
    'She asked for Sam Samuels and for vitamin d drops.',
  ])('keep what may be meant: %s', (text) => {
    expect(cleanSpeech(text, ENGLISH_RULES)).toBe(text);
  });

  it.each([
    "I don't like to moan, but there was a wedding on my floor all night long.",
    "Henri has a new hip now, he's like a gazelle on the stairs up to our flat.",
    'I guess the plumber left the valve of the old boiler open in the cellar.',
    'It was just a scratch on the door, and the garage wanted four hundred for it.',
  ])('an overview keeps the words that change its meaning: %s', async (text) => {
    const { overview } = await engine.understand({ ...said(['me', text]), forced: true }, signal);
    expect(overview).toContain(text.replace(/^I /, '').replace(/[.]$/, ''));
  });

  it('follows a sentence over segments and past a listener', async () => {
    const input = said(
      ['me', 'We looked at what'],
      ['Lee', 'Mm-hmm.'],
      ['me', 'the garden needs.'],
    );
    expect(
      await splitSentences(input.segments, cooperativeLoop(signal), ENGLISH_RULES),
    ).toMatchObject([{ text: 'We looked at what the garden needs.', segmentIds: ['s0', 's2'] }]);
  });
});

describe('titles and overviews', () => {
  const told = (...turns: [string, string][]) => engine.understand(said(...turns), signal);

  it('name things, not what is done with them', async () => {
    const bank = await told(['Clerk', 'You need to sign the form at a branch by Friday.']);
    expect(bank.title).toBe('Form at a Branch');
    const report = await told(
      ['Boss', 'Could you finish the sales report by Wednesday?'],
      ['me', "Sure, I'll finish the sales report by Wednesday."],
    );
    expect(report.title).toMatch(/^Sales Report/);
    const late = await told(
      ['me', 'I will arrive late tonight, is that a problem?'],
      ['Hotel', 'You can arrive until eleven. No problem, reception is open until eleven.'],
    );
    expect(late.title).not.toMatch(/^Arrive/);
    const market = await told(
      [
        'Ben',
        "Let's meet again next Tuesday at 3 pm to go through the budget of the spring market.",
      ],
      ['me', 'Good. The budget is 4,200 euros, and the brass band asks for 600 of it.'],
    );
    expect(market.title).toMatch(/Spring Market/);
    expect(market.title).toMatch(/Budget/);
  });

  it('do not judge, and give no name alone if there is a thing', async () => {
    const { title } = await told(
      ['Ann', 'Truffle is a lovely drum kit fan. Truffle, come here!'],
      ['me', 'The lovely drum kit is in the cellar, and the drum kit is loud.'],
    );
    expect(title).toMatch(/Drum Kit/);
    expect(title).not.toMatch(/Lovely|^Truffle$/);
  });

  it('tell decisions and plans first', async () => {
    const { overview } = await told(
      ['Ann', 'The old wooden bridge behind the harbour was painted green in the spring.'],
      ['me', 'The harbour bridge needs new wooden planks before the summer market begins.'],
      ['Ann', "I'll order the wooden planks for the bridge tomorrow."],
      ['me', 'Great.'],
    );
    expect(overview).toMatch(
      /^(?:Kim and Ann .*?\. |Ann and Kim .*?\. )?Ann: I'll order the wooden planks/,
    );
  });

  it('tell who says each sentence', async () => {
    const { overview } = await told(
      ['Teacher', 'Oskar, I still do not have your essay on the old castle.'],
      ['me', 'My computer broke down and I lost everything on Monday.'],
      ['Teacher', 'Then hand in the essay on Wednesday morning at the latest.'],
    );
    expect(overview).toContain('Teacher: Oskar, I still do not have your essay');
    expect(overview).toContain('Kim: My computer broke down');
  });

  it('leave out what breaks off and what has no verb, if there is better', async () => {
    const { overview } = await told(
      ['Rick', 'Pepper ate a, he ate most of the old porch swing last summer.'],
      ['me', 'We painted the porch swing again in the spring with green paint.'],
      ['Rick', 'The green one from Toronto, via the old harbour of Amsterdam.'],
      ['me', 'The porch swing hangs between two apple trees behind our house.'],
      ['Rick', 'Our porch swing needs a new chain before the children come.'],
      ['me', 'We decided to buy the chain at the harbour market on Saturday.'],
    );
    expect(overview).not.toContain('ate a,');
    expect(overview).not.toContain('via the old harbour');
  });

  it('are there for talks of short sentences', async () => {
    const { overview } = await told(
      ['Kim', 'My flight leaves Saturday.'],
      ['Amy', "I'll pick you up."],
    );
    expect(overview).toBe("Kim: My flight leaves Saturday. Amy: I'll pick you up.");
  });
});
