import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { toInput } from '../../../scripts/evaluate/read-sets.ts';
import { cooperativeLoop } from '../../../src/understanding/rules/cooperative-loop.ts';
import { suggestedFrom } from '../../../src/understanding/rules/english/claims/claim-score.ts';
import { findEvents } from '../../../src/understanding/rules/english/events/events.ts';
import { loadTagger } from '../../../src/understanding/rules/english/tagger.ts';
import { createRuleEngine } from '../../../src/understanding/rules/rule-engine.ts';
import { readTalk } from '../../../src/understanding/rules/understand-talk.ts';

const engine = createRuleEngine();
const { signal } = new AbortController();
const each = cooperativeLoop(signal);

/** The events of a talk on Monday, 4 May 2026, at 10:00. */
async function eventsOf(...turns: string[]): Promise<string[]> {
  return eventsIn('Europe/Berlin', ...turns);
}

async function eventsIn(timeZone: string, ...turns: string[]): Promise<string[]> {
  const input = { ...toInput(turns, 'Me'), timeZone, forced: true };
  const { events } = await engine.understand(input, signal);
  return events.map(({ title, start }) => {
    const at = DateTime.fromMillis(start, { zone: input.timeZone });
    return `${title} ${at.toFormat("yyyy-MM-dd'T'HH:mm")}`;
  });
}

/** The same, and the likely ones that are not sure enough to be claimed. */
async function likelyEventsOf(...turns: string[]): Promise<string[]> {
  const { talk } = await readTalk(toInput(turns, 'Me'), each);
  const found = await findEvents({ ...talk, tag: await loadTagger() }, each);
  return found
    .filter(({ score }) => score >= suggestedFrom('events'))
    .map(({ claim }) => {
      const at = DateTime.fromMillis(claim.start, { zone: 'Europe/Berlin' });
      return `${claim.title} ${at.toFormat("yyyy-MM-dd'T'HH:mm")}`;
    });
}

describe('a time that is agreed to', () => {
  it.each([
    [
      ['Ann: How about next Monday around three?', "Me: I'll put you in, that works."],
      '2026-05-11T15:00',
    ],
    [["Shop: We've got Thursday at half past nine.", 'Me: Thursday works.'], '2026-05-07T09:30'],
    [['Shop: She has an opening on Wednesday at two.', "Me: I'll take it."], '2026-05-06T14:00'],
    [["Me: I'm coming on Sunday.", 'Ann: Lunch at one?', 'Me: Yes.'], '2026-05-10T13:00'],
    [
      [
        'Ann: Can we meet tomorrow at three?',
        "Me: I'm afraid I'm busy at three. How about four?",
        'Ann: Four is fine.',
      ],
      '2026-05-05T16:00',
    ],
    [
      ['Ann: Shall we have lunch tomorrow?', "Me: Yes. Twelve thirty at Luigi's?", 'Ann: Perfect.'],
      '2026-05-05T12:30',
    ],
    [
      ['Ann: My birthday party is on Saturday at six. Can you come?', 'Me: Of course!'],
      '2026-05-09T18:00',
    ],
    [
      ["Ann: Let's have our picnic on Sunday.", 'Me: At noon?', 'Ann: At noon.'],
      '2026-05-10T12:00',
    ],
    [['Ann: When is your train?', 'Me: It leaves at 4:15 this afternoon.'], '2026-05-04T16:15'],
    [
      ['Ann: Dinner at our place on Friday?', "Me: We'd love to. When?", 'Ann: Around seven.'],
      '2026-05-08T19:00',
    ],
    [
      [
        'Me: I have an appointment on Tuesday at ten. Could I move it to Thursday?',
        'Clerk: Thursday at eleven?',
        'Me: Yes, please.',
      ],
      '2026-05-07T11:00',
    ],
    [
      [
        'Ann: Dinner on Saturday at seven?',
        'Me: Saturday is bad, what about Sunday at six?',
        'Ann: Sunday works.',
      ],
      '2026-05-10T18:00',
    ],
    [
      [
        'Clerk: Could you come on Monday at nine?',
        "Me: That's too early.",
        'Clerk: At eleven?',
        'Me: Perfect.',
      ],
      '2026-05-11T11:00',
    ],
    [["Me: We're getting married on June 20th."], '2026-06-20'],
    [["Me: My cousin's wedding is soon. It's on the thirtieth of May."], '2026-05-30'],
    [
      [
        'Ann: How about dinner on Friday?',
        'Me: On Friday I have my choir.',
        'Ann: Saturday, then?',
        'Me: Saturday would be nice. At eight?',
        "Ann: Eight o'clock.",
      ],
      '2026-05-09T20:00',
    ],
    [
      [
        'Ann: Do you feel like going to the cinema tonight?',
        'Me: Yes. Shall we meet at the Odeon at eight?',
        "Ann: Eight o'clock.",
      ],
      '2026-05-04T20:00',
    ],
    [
      [
        'Ann: Are you free on the sixteenth?',
        "Me: The sixteenth? That's a Saturday, isn't it?",
        "Ann: I'm having a party.",
        "Me: I'd love to come. What time?",
        'Ann: From seven on.',
      ],
      '2026-05-16T19:00',
    ],
    [
      [
        'Ann: Would Tuesday at five suit you?',
        "Me: I'm at work at five.",
        'Ann: Wednesday, then?',
        'Me: Wednesday at six is fine.',
      ],
      '2026-05-06T18:00',
    ],
    [
      [
        'Ann: The doctor can see you at nine tomorrow or on Thursday at two.',
        'Me: Thursday is better.',
      ],
      '2026-05-07T14:00',
    ],
    [
      [
        'Ann: How about Friday at three?',
        'Me: That suits me. Oh wait, I have a class then. Saturday?',
        'Ann: Saturday at three is good.',
      ],
      'Appointment with Ann 2026-05-09T15:00',
    ],
    [
      ["Clerk: He's on holiday until the tenth. The twelfth at nine?", 'Me: Fine.'],
      'Appointment with Clerk 2026-05-12T09:00',
    ],
    [
      ['Ann: A coffee on Wednesday?', 'Me: In the afternoon.', "Ann: Three o'clock?", 'Me: Yes.'],
      '2026-05-06T15:00',
    ],
    [
      ['Agent: Tomorrow evening at six?', 'Me: Could we make it seven?', 'Agent: Seven it is.'],
      '2026-05-05T19:00',
    ],
    [
      ['Ann: Are you free on Saturday?', 'Me: What time?', 'Ann: Around seven.', 'Me: Great.'],
      '2026-05-09T19:00',
    ],
  ])('%j', async (turns, start) => {
    const [event, ...others] = await likelyEventsOf(...turns);
    expect(event).toContain(start);
    expect(others).toEqual([]);
  });

  it('is not in the week of a holiday that was spoken of', async () => {
    const turns = [
      'Me: The crown that you put in at Christmas is loose.',
      "Desk: I've a gap on Thursday at ten past eleven.",
      "Me: Thursday's grand.",
    ];
    expect((await likelyEventsOf(...turns)).map((event) => event.slice(-16))).toEqual([
      '2026-05-07T11:10',
    ]);
  });

  it.each([
    [['Me: I have a dentist appointment on Friday at half past nine.'], '2026-05-08T09:30'],
    [
      ['Me: Can I book a table for four on Saturday evening at eight?', 'Host: Certainly.'],
      '2026-05-09T20:00',
    ],
    [['Me: Our team meeting is moved to Wednesday at four.'], '2026-05-06T16:00'],
  ])('is claimed if it is told by itself: %j', async (turns, start) => {
    expect((await eventsOf(...turns)).map((event) => event.slice(-16))).toEqual([start]);
  });

  it('is in the week of the day that was spoken of before', async () => {
    const trip = [
      'Me: Has the trip to Madrid been arranged?',
      'Ann: You fly on Tuesday the nineteenth at eleven twenty.',
      'Me: And the meeting with Ortega?',
      'Ann: On Wednesday at nine, at their office.',
      'Me: Wednesday at nine, good.',
    ];
    expect((await likelyEventsOf(...trip)).map((event) => event.slice(-16))).toEqual([
      '2026-05-19T11:20',
      '2026-05-20T09:00',
    ]);
  });

  it('is in the month that was spoken of, whatever is due in between', async () => {
    const launch = [
      'Me: My book comes out in July.',
      "Me: There's a launch on the tenth, at seven.",
    ];
    expect((await likelyEventsOf(...launch)).map((event) => event.slice(-16))).toContain(
      '2026-07-10T19:00',
    );
    const fitting = [
      'Ann: Shall we say the fourth of July for the fitting?',
      "Me: I'll send the numbers before Friday.",
      "Ann: Then we're set for the eighteenth at two o'clock.",
      'Me: Perfect, the eighteenth.',
    ];
    expect((await likelyEventsOf(...fitting)).map((event) => event.slice(-16))).toContain(
      '2026-07-18T14:00',
    );
  });

  it('is on a day of the month that is said before its hour', async () => {
    const fifth = ['Ann: The fifth at eleven?', 'Me: The fifth at eleven is fine.'];
    expect((await likelyEventsOf(...fifth)).map((event) => event.slice(-16))).toEqual([
      '2026-05-05T11:00',
    ]);
  });

  it('is called after what was spoken of, else after whom it is with', async () => {
    const interview = [
      'Ann: We invite you to an interview.',
      'Ann: Is Tuesday at eleven fine?',
      'Me: Yes.',
    ];
    expect(await likelyEventsOf(...interview)).toEqual(['Interview 2026-05-05T11:00']);
    const offer = ["Lang: We've got Thursday at nine.", 'Me: Perfect, Thursday at nine.'];
    expect(await likelyEventsOf(...offer)).toEqual(['Appointment with Lang 2026-05-07T09:00']);
  });
});

describe('what is no event of the user', () => {
  it.each([
    [['Me: Do you have anything tomorrow at four?', 'Shop: No, sorry, we are full.']],
    [['Ann: Lunch tomorrow at twelve!', "Ann: Oh, I can't make it after all."]],
    [['Ann: The dinner is on Friday at eight.', 'Me: I have to cancel.']],
    [['Ann: His flight leaves tomorrow at noon.', 'Me: Okay.']],
    [['Ann: I work until five tomorrow.', 'Me: Perfect.']],
    [['Me: The meeting is at three.']],
    [['Ann: How about Friday at six?', 'Me: On Friday I have my choir.']],
    [['Ann: Shall we meet on Friday at eleven?', "Me: On Friday I'm at my sister's."]],
    [['Me: My sister is flying to Rome on Friday at nine.', 'Ann: Lucky her.']],
    [['Ann: The meeting on Thursday at two is off.', 'Me: Okay.']],
    [['Clerk: Please take a seat. The doctor will see you in a minute.', 'Me: Thanks.']],
    [['Ann: Your flight leaves tomorrow at six, right?', 'Me: No, later.']],
    [["Me: I'd like a table for two on Friday at eight.", "Waiter: I'm sorry, we're full."]],
    [["Me: I wanted to go to the concert on Saturday, but it's sold out."]],
    [['Ann: The doctor can see you at nine tomorrow or at four on Thursday.', 'Me: Let me think.']],
    [['Me: When can I pick up my shoes?', 'Shop: On Friday after four.', 'Me: Good.']],
    [['Ann: We meet every Tuesday at eight.', 'Me: Great, I will be there.']],
    [['Me: I want to change my flight to Oslo. It leaves on Monday at nine.', 'Clerk: To when?']],
    [['Me: Nobody told me about the meeting on Thursday at ten.']],
    [['Me: I should go to the meeting on Thursday at ten.', 'Ann: Then go.']],
    [['Agent: The flight to Rome leaves on Friday at ten.', 'Me: How much is it?']],
    [
      [
        "Ann: I've got tickets for the concert on Friday at eight. Do you want to come?",
        "Me: I'd love to, but I have to work.",
      ],
    ],
  ])('%j', async (turns) => {
    expect(await eventsOf(...turns)).toEqual([]);
  });
});

it('gives a birthday its day', async () => {
  expect(await likelyEventsOf('Me: Dad turns seventy on the sixteenth of May.')).toEqual([
    'Dad Turns Seventy 2026-05-16T09:00',
  ]);
});

it('makes one event of a day and its hour, in whatever zone the user is', async () => {
  const dinner = [
    'Ann: Dinner at our place on Friday?',
    "Me: We'd love to. When?",
    'Ann: Around seven.',
  ];
  expect(await eventsIn('America/Los_Angeles', ...dinner)).toEqual([
    'Dinner at Place 2026-05-08T19:00',
  ]);
});

it('reads an hour with the part of the day that was said with it elsewhere', async () => {
  const early = [
    'Ann: We leave on Saturday at six in the morning.',
    'Me: So early!',
    'Ann: Yes, at six sharp.',
  ];
  expect((await likelyEventsOf(...early)).map((event) => event.slice(-16))).toEqual([
    '2026-05-09T06:00',
  ]);
});

it('replaces a time by the one that is agreed to in its stead', async () => {
  const moved = [
    'Ann: Lunch on Thursday at one?',
    'Me: Thursday is difficult. What about Friday at one?',
    'Ann: Friday at one is fine.',
  ];
  expect((await likelyEventsOf(...moved)).map((event) => event.slice(-16))).toEqual([
    '2026-05-08T13:00',
  ]);
});

it('finds an appointment at the end of a talk that is full of times', async () => {
  const times = Array.from(
    { length: 900 },
    (_, nth) => `Me: The bus went at ${(nth % 11) + 1} thirty on Friday and the next on Saturday.`,
  );
  const found = await eventsOf(
    ...times,
    'Ann: How about lunch next Monday at one?',
    "Me: Perfect, next Monday at one, I'll be there.",
  );
  expect(found.map((event) => event.slice(-16))).toContain('2026-05-11T13:00');
});
