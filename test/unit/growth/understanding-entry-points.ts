import { isSameFact } from '../../../src/memories/fact-similarity.ts';
import { contradict } from '../../../src/memories/single-value-facts.ts';
import { findIntroducedName } from '../../../src/speakers/self-introduction.ts';
import { clipWords } from '../../../src/text/word-count.ts';
import { summariseDayByRules } from '../../../src/understanding/daily-summary-rules.ts';
import { emotionOf } from '../../../src/understanding/emotion/emotion-rules.ts';
import { Evidence } from '../../../src/understanding/model/evidence.ts';
import { parseSpokenTime } from '../../../src/understanding/model/spoken-time.ts';
import { toLines, toParts } from '../../../src/understanding/model/transcript-parts.ts';
import { cleanSpeech } from '../../../src/understanding/rules/clean-speech.ts';
import { resolveDates } from '../../../src/understanding/rules/english/dates/resolve-date.ts';
import { ENGLISH_RULES } from '../../../src/understanding/rules/english/english-rules.ts';
import { createRuleEngine } from '../../../src/understanding/rules/rule-engine.ts';
import type {
  SpokenSegment,
  UnderstandingInput,
} from '../../../src/understanding/understanding-engine.ts';
import { type EntryPoint, LOCAL, USUAL_WORST } from './entry-point.ts';

/** Rules read much, so that each text costs much: only what is worst for one of them. */
const SPOKEN_WORST = [
  ...[' ', 'a', '"', '[', '{', '—', '漢', '\ud800', 'a \ue000 ', 'H M M ', 'um ', 'and and '],
  ...[
    "I'll call |Tom, ",
    "I'll call Tom. ",
    'remind me to ',
    'my brother ',
    'I love ',
    'Ben will ',
  ],
  ...['meet at 5 ', '10:00-', 'the meeting with |Ann '],
];

/** Where understanding, memories and speakers read what was said. */
export const UNDERSTANDING_ENTRY_POINTS: readonly EntryPoint[] = [
  {
    name: 'dates',
    read: (text) => resolveDates(text, { reference: LOCAL.now, timeZone: LOCAL.timeZone }),
    worst: [
      ...USUAL_WORST,
      '5pm ',
      '10:00-',
      '1/2/2026 ',
      '1.2.2026 ',
      'march 3 ',
      'between |1 and ',
      'the 1st to ',
    ],
  },
  {
    name: 'one long segment by rules',
    read: (text) => understand([segmentOf(text, 0)]),
    worst: SPOKEN_WORST,
  },
  {
    name: 'many segments by rules',
    read: (text) => understand((text.match(/[\s\S]{1,200}/g) ?? []).map(segmentOf)),
    worst: SPOKEN_WORST,
  },
  {
    name: 'many different sentences of one speaker by rules',
    read: (text) =>
      understand(
        (text.match(/[\s\S]{1,20}/g) ?? []).map((part, index) => ({
          ...segmentOf(`The old house number ${index} stood by the river, ${part}.`, index),
          speaker: 'SPEAKER_01',
          name: 'Ben Ray',
          isUser: true,
        })),
      ),
    worst: ['a ', 'my brother '],
  },
  {
    name: 'speech that is cleaned',
    read: (text) => ENGLISH_RULES.isBackchannel(cleanSpeech(text, ENGLISH_RULES)),
    worst: SPOKEN_WORST,
  },
  {
    name: 'feelings',
    read: (text) => emotionOf(text),
    worst: [...USUAL_WORST, 'so happy ', 'never so ', 'he is sad and ', 'not '],
  },
  {
    name: 'facts compared',
    read: (text) => [isSameFact(text, `${text}x`), contradict(text, `${text}x`)],
    worst: [...USUAL_WORST, 'not ', 'Lives in |x', 'my favourite ', 'user '],
  },
  {
    name: 'somebody who introduces themselves',
    read: (text) => findIntroducedName(text),
    worst: [...USUAL_WORST, 'I am ', "I'm Ann", 'my name is ', 'hello, this is ', '私は', 'Dr. '],
  },
  {
    name: 'a day summarised by rules',
    read: (text) => {
      const structured = { title: text, overview: text, emoji: '', actionItems: [], events: [] };
      const talk = { conversation: { id: '1', structured }, segments: [{ text }], insights: [] };
      // Only the fields that are read are there.
      return summariseDayByRules({ talks: [talk] } as never);
    },
    worst: [...USUAL_WORST, 'we decided ', 'still need to '],
  },
  {
    name: 'a claim of a model checked',
    read: (text) =>
      new Evidence([segmentOf(text, 0)], text, true).anchor({
        text,
        quote: text,
        cited: [1],
        dateWords: [text],
      }),
    worst: [...USUAL_WORST, 'abcd', 'budget '],
  },
  {
    name: 'a transcript given to a model',
    read: (text) => [
      toParts(toLines([{ ...segmentOf(text, 0), name: text }], 8000), 8000),
      clipWords(text, 10),
      parseSpokenTime(text, LOCAL.timeZone, { hour: 9, minute: 0 }),
    ],
    worst: [...USUAL_WORST, '<transcript>', '2026-01-01T00:00', '</', 'x, '],
  },
];

function segmentOf(text: string, index: number): SpokenSegment {
  return {
    id: String(index),
    text,
    speaker: `SPEAKER_0${index % 3}`,
    name: index % 3 === 1 ? 'Ben Ray' : null,
    isUser: index % 3 === 0,
    startMs: index * 1000,
    endMs: index * 1000 + 900,
  };
}

async function understand(segments: SpokenSegment[]): Promise<unknown> {
  const input: UnderstandingInput = {
    uid: 'anna',
    medium: 'speech',
    segments,
    photos: [],
    startedAt: LOCAL.now,
    timeZone: LOCAL.timeZone,
    language: 'en',
    userName: 'Anna',
    calendar: null,
    openTasks: [],
    knownFacts: [],
    forced: true,
  };
  return await createRuleEngine().understand(input, new AbortController().signal);
}
