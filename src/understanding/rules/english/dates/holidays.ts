import type { DateTime } from 'luxon';
import { dayOfNthWeekday, easterOf } from './calendar-arithmetic.ts';
import { comingLocalDay, localHolidays } from './local-holidays.ts';

/** The day of a holiday in a year, as month and day. */
type DayOf = (year: number) => { month: number; day: number };

const fixed =
  (month: number, day: number): DayOf =>
  () => ({ month, day });

/** The n-th weekday (Monday 1 to Sunday 7) of a month; below 0 counts from its end. */
const nthWeekday =
  (nth: number, weekday: number, month: number): DayOf =>
  (year) => ({ month, day: dayOfNthWeekday(year, month, nth, weekday) ?? 1 });

/** Days after Easter Sunday. */
const afterEaster =
  (days: number): DayOf =>
  (year) => {
    const { month, day } = easterOf(year);
    const date = new Date(Date.UTC(year, month - 1, day + days));
    return { month: date.getUTCMonth() + 1, day: date.getUTCDate() };
  };

const CHINESE = new Intl.DateTimeFormat('en-u-ca-chinese', {
  month: 'numeric',
  day: 'numeric',
  timeZone: 'UTC',
});

/** The first day of the Chinese calendar that begins in a year. */
function lunarNewYear(year: number): { month: number; day: number } {
  const date = new Date(Date.UTC(year, 0, 20));
  while (CHINESE.format(date) !== '1/1' && date.getUTCMonth() < 2) {
    date.setUTCDate(date.getUTCDate() + 1);
  }
  return { month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/**
 * Holidays by the words for them: those that many countries share, and those whose name tells their
 * country. A country with a day of its own for the `local` ones is asked first.
 */
const HOLIDAYS: [words: string, day: DayOf, from?: 'local'][] = [
  ['christmas eve', fixed(12, 24)],
  ['(?:christmas|xmas)(?: day)?', fixed(12, 25)],
  ['boxing day', fixed(12, 26)],
  ["new year['’]?s eve", fixed(12, 31)],
  ['(?:chinese|lunar) new year', (year) => lunarNewYear(year)],
  ["(?:the )?new year(?:['’]?s)?(?: day)?", fixed(1, 1)],
  ['halloween', fixed(10, 31)],
  ["(?:saint |st\\.? )?valentine['’]?s(?: day)?", fixed(2, 14)],
  ["(?:saint |st\\.? )patrick['’]?s day", fixed(3, 17)],
  ["april fool['’]?s['’]?(?: day)?", fixed(4, 1)],
  ['cinco de mayo', fixed(5, 5)],
  ['juneteenth', fixed(6, 19)],
  ['(?:the )?(?:fourth|4th) of july|july (?:the )?(?:fourth|4th)', fixed(7, 4)],
  ['independence day', fixed(7, 4), 'local'],
  ['bastille day', fixed(7, 14)],
  ['(?:german unity day|(?:the )?day of german unity)', fixed(10, 3)],
  ["king['’]?s day", fixed(4, 27)],
  ['canada day', fixed(7, 1)],
  ['anzac day', fixed(4, 25)],
  ['(?:bonfire|guy fawkes) night', fixed(11, 5)],
  ["burns['’]? night", fixed(1, 25)],
  ['ferragosto', fixed(8, 15)],
  ['(?:the )?day of the dead|d[ií]a de (?:los )?muertos', fixed(11, 2)],
  ["veterans['’]? day", fixed(11, 11)],
  ['(?:martin luther king(?:,? (?:jr|junior)\\.?)?|mlk) day', nthWeekday(3, 1, 1)],
  ["president['’]?s['’]? day", nthWeekday(3, 1, 2)],
  ["mother['’]?s['’]? day", nthWeekday(2, 7, 5), 'local'],
  ['memorial day', nthWeekday(-1, 1, 5)],
  ["father['’]?s['’]? day", nthWeekday(3, 7, 6), 'local'],
  // Spelt so it is that of the United States; "labour day" is a matter of the country.
  ['labor day', nthWeekday(1, 1, 9)],
  ["(?:columbus|indigenous peoples?['’]?) day", nthWeekday(2, 1, 10)],
  ['thanksgiving(?: day)?', nthWeekday(4, 4, 11), 'local'],
  ['black friday', (year) => ({ month: 11, day: (dayOfNthWeekday(year, 11, 4, 4) ?? 1) + 1 })],
  ['ash wednesday', afterEaster(-46)],
  ['palm sunday', afterEaster(-7)],
  ['(?:good|holy) friday', afterEaster(-2)],
  ['easter monday', afterEaster(1)],
  ['easter(?: sunday)?', afterEaster(0)],
  ['ascension day', afterEaster(39)],
  ['(?:pentecost|whit sunday)', afterEaster(49)],
  ['(?:whit|pentecost) monday', afterEaster(50)],
];

const MATCHERS = HOLIDAYS.map(([words, day, from]) => ({
  whole: new RegExp(`^(?:${words})$`, 'i'),
  isLocal: from === 'local',
  day,
}));

/** Regular expression source of any of them; a longer name stands before the shorter one in it. */
export const HOLIDAY = `(?:${HOLIDAYS.map(([words]) => words).join('|')})`;

/**
 * The coming day of the holiday of that name in the country of the time zone, today included; null if
 * it is none there.
 */
export function holidayOf(name: string, now: DateTime): DateTime | null {
  const shared = MATCHERS.find(({ whole }) => whole.test(name));
  const local = shared && !shared.isLocal ? null : localHolidays(now.zoneName ?? 'utc');
  const own = local && comingLocalDay(local, name, now);
  if (own || !shared) return own;
  const today = now.startOf('day');
  const inYear = (year: number): DateTime => today.set({ year, ...shared.day(year) });
  const thisYear = inYear(today.year);
  return thisYear >= today ? thisYear : inYear(today.year + 1);
}
