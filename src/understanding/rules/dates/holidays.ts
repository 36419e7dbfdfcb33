import type { DateTime } from 'luxon';

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

/** Holidays by the words for them: those of the United States, and those that much of Europe keeps. */
const HOLIDAYS: [words: string, day: DayOf][] = [
  ['christmas eve', fixed(12, 24)],
  ['(?:christmas|xmas)(?: day)?', fixed(12, 25)],
  ['boxing day', fixed(12, 26)],
  ["new year['’]?s eve", fixed(12, 31)],
  ["(?:the )?new year(?:['’]?s)?(?: day)?", fixed(1, 1)],
  ['halloween', fixed(10, 31)],
  ["(?:saint |st\\.? )?valentine['’]?s(?: day)?", fixed(2, 14)],
  ["(?:saint |st\\.? )patrick['’]?s day", fixed(3, 17)],
  ["april fool['’]?s['’]?(?: day)?", fixed(4, 1)],
  ['cinco de mayo', fixed(5, 5)],
  ['juneteenth', fixed(6, 19)],
  [
    '(?:independence day|(?:the )?(?:fourth|4th) of july|july (?:the )?(?:fourth|4th))',
    fixed(7, 4),
  ],
  ["veterans['’]? day", fixed(11, 11)],
  ['(?:martin luther king(?:,? (?:jr|junior)\\.?)?|mlk) day', nthWeekday(3, 1, 1)],
  ["president['’]?s['’]? day", nthWeekday(3, 1, 2)],
  ["mother['’]?s['’]? day", nthWeekday(2, 7, 5)],
  ['memorial day', nthWeekday(-1, 1, 5)],
  ["father['’]?s['’]? day", nthWeekday(3, 7, 6)],
  ['labou?r day', nthWeekday(1, 1, 9)],
  ["(?:columbus|indigenous peoples?['’]?) day", nthWeekday(2, 1, 10)],
  ['thanksgiving(?: day)?', nthWeekday(4, 4, 11)],
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

const MATCHERS = HOLIDAYS.map(([words, day]) => ({
  whole: new RegExp(`^(?:${words})$`, 'i'),
  day,
}));

/** Regular expression source of any holiday; a longer name stands before the shorter one in it. */
export const HOLIDAY = `(?:${HOLIDAYS.map(([words]) => words).join('|')})`;

/** The coming day of the holiday of that name, today included; null if it is none. */
export function holidayOf(name: string, now: DateTime): DateTime | null {
  const day = MATCHERS.find(({ whole }) => whole.test(name))?.day;
  if (!day) return null;
  const today = now.startOf('day');
  const inYear = (year: number): DateTime => today.set({ year, ...day(year) });
  const thisYear = inYear(today.year);
  return thisYear >= today ? thisYear : inYear(today.year + 1);
}

/** Day of the month of its n-th weekday (Monday 1), from the end if `nth` is below 0; null if it has none. */
export function dayOfNthWeekday(
  year: number,
  month: number,
  nth: number,
  weekday: number,
): number | null {
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const weekdayOf = (day: number): number =>
    new Date(Date.UTC(year, month - 1, day)).getUTCDay() || 7;
  if (nth < 0) {
    const last = days - ((weekdayOf(days) - weekday + 7) % 7);
    return last + (nth + 1) * 7;
  }
  const day = 1 + ((weekday - weekdayOf(1) + 7) % 7) + (nth - 1) * 7;
  return day <= days ? day : null;
}

/** Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher). */
function easterOf(year: number): { month: number; day: number } {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const inCentury = year % 100;
  const correction = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const epact = (19 * golden + century - Math.floor(century / 4) - correction + 15) % 30;
  const weekday =
    (32 + 2 * (century % 4) + 2 * Math.floor(inCentury / 4) - epact - (inCentury % 4)) % 7;
  const late = Math.floor((golden + 11 * epact + 22 * weekday) / 451);
  const days = epact + weekday - 7 * late + 114;
  return { month: Math.floor(days / 31), day: (days % 31) + 1 };
}
