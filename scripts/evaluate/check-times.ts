import { DateTime } from 'luxon';
import { findDateRange } from '../../src/chat/date-range.ts';
import { resolveDates } from '../../src/understanding/rules/english/dates/resolve-date.ts';
import type { EvalSet } from './read-sets.ts';

/** What was made of the times of a kind: `wrong` and `unclaimed` hold a line for each miss. */
export interface TimeScore {
  total: number;
  /** A time was read, and not the expected one. */
  wrong: string[];
  /** A time was expected, and none was read. */
  unclaimed: string[];
  /** Of the wrong ones: those that are off by more than 300 days. */
  wrongByYear: number;
}

const YEAR_OFF_MS = 300 * 86_400_000;

/** An instant as the data write it: the day, with the minute if a time was said. */
const write = (instant: number, hasTime: boolean, zone: string): string =>
  DateTime.fromMillis(instant, { zone }).toFormat(hasTime ? "yyyy-MM-dd'T'HH:mm" : 'yyyy-MM-dd');

function readPhrase(phrase: string, at: number, zone: string): string {
  const found = resolveDates(phrase, { reference: at, timeZone: zone });
  return found
    .map(({ start, end, hasTime }) =>
      [start, ...(end === null ? [] : [end])].map((time) => write(time, hasTime, zone)).join('/'),
    )
    .join(' ');
}

function readQuestion(question: string, at: number, zone: string, hasTime: boolean): string {
  const range = findDateRange(question, { now: at, timeZone: zone });
  if (range === null) return '';
  return `${write(range.from, hasTime, zone)}/${write(range.to, hasTime, zone)}`;
}

function score(rows: readonly { text: string; expected: string; actual: string }[]): TimeScore {
  const result: TimeScore = { total: rows.length, wrong: [], unclaimed: [], wrongByYear: 0 };
  for (const { text, expected, actual } of rows) {
    if (actual === expected) continue;
    const line = `${text} => ${actual || 'none'} (${expected || 'none'})`;
    if (actual === '') {
      result.unclaimed.push(line);
      continue;
    }
    result.wrong.push(line);
    const off = Date.parse(actual.slice(0, 10)) - Date.parse(expected.slice(0, 10));
    if (Math.abs(off) > YEAR_OFF_MS) result.wrongByYear += 1;
  }
  return result;
}

/** Reads the phrases of a set as in a talk. */
export function scorePhrases({ phrases, said }: EvalSet): TimeScore {
  return score(
    Object.entries(phrases).map(([text, expected]) => ({
      text,
      expected: expected.join(' '),
      actual: readPhrase(text, said.at, said.zone),
    })),
  );
}

/** Reads the questions of a set as chat and search do. */
export function scoreQuestions({ questions, said }: EvalSet): TimeScore {
  return score(
    Object.entries(questions).map(([text, expected]) => ({
      text,
      expected: expected === 'none' ? '' : expected,
      actual: readQuestion(text, said.at, said.zone, expected.includes('T')),
    })),
  );
}

/** Reads `zone | words` at the local time of the set in each zone; what ends with "?" is a question. */
export function scoreHolidays({ holidays, said }: EvalSet): TimeScore {
  const local = DateTime.fromMillis(said.at, { zone: said.zone });
  return score(
    Object.entries(holidays).map(([row, [expected = '']]) => {
      const [zone = '', text = ''] = row.split(' | ');
      const at = local.setZone(zone, { keepLocalTime: true }).toMillis();
      const actual = text.endsWith('?')
        ? (readQuestion(text, at, zone, false).split('/')[0] ?? '')
        : readPhrase(text, at, zone);
      return { text: row, expected, actual };
    }),
  );
}
