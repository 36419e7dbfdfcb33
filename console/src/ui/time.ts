import { currentTime } from '../api/server-clock.ts';

/** `2:07` or `1:02:07`: a duration or a position in a recording, seconds. */
export function clockTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  const tail = String(rest).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

/** Midnight of a date's day in local time, epoch milliseconds. */
export function dayOf(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** "Today", "Yesterday", else the weekday and date; the year if it is not this one. */
export function dayLabel(
  day: number,
  locale: string,
  words: { today: string; yesterday: string },
  now = new Date(currentTime()),
): string {
  const date = new Date(day);
  const distance = daysTo(date, now);
  if (distance === 0) return words.today;
  if (distance === -1) return words.yesterday;
  return formatter(locale, isSameYear(date, now) ? 'day' : 'dayOfYear').format(date);
}

const DAY_MS = 86_400_000;

/** "Tomorrow" for the days next to today, "Tue 8 Dec" for others, with the year if it is not this one. */
export function nearDay(date: Date, locale: string, now = new Date(currentTime())): string {
  const distance = daysTo(date, now);
  if (Math.abs(distance) <= 1) {
    const word = relative(locale).format(distance, 'day');
    return word.charAt(0).toLocaleUpperCase(locale) + word.slice(1);
  }
  return formatter(locale, isSameYear(date, now) ? 'near' : 'nearOfYear').format(date);
}

/** Days from one day to another; less than 0 if it is past. */
function daysTo(date: Date, from: Date): number {
  return Math.round((dayOf(date) - dayOf(from)) / DAY_MS);
}

function isSameYear(a: Date, b: Date): boolean {
  return a.getFullYear() === b.getFullYear();
}

/** "Tomorrow, 15:00" or "Tue 8 Dec, 15:00": a time as people say it. */
export function nearTime(date: Date, locale: string, now?: Date): string {
  return `${nearDay(date, locale, now)}, ${timeOfDay(date, locale)}`;
}

const FORMATS = {
  day: { weekday: 'long', day: 'numeric', month: 'long' },
  dayOfYear: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  near: { weekday: 'short', day: 'numeric', month: 'short' },
  nearOfYear: { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
  date: { dateStyle: 'long' },
  month: { month: 'long', year: 'numeric' },
  weekday: { weekday: 'short' },
  time: { hour: 'numeric', minute: '2-digit' },
  exact: { dateStyle: 'full', timeStyle: 'short' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

/** Kept by language and form: to make one costs more than to draw a row of a list. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(locale: string, form: keyof typeof FORMATS): Intl.DateTimeFormat {
  const key = `${locale} ${form}`;
  const made = formatters.get(key) ?? new Intl.DateTimeFormat(locale, FORMATS[form]);
  formatters.set(key, made);
  return made;
}

const relatives = new Map<string, Intl.RelativeTimeFormat>();

function relative(locale: string): Intl.RelativeTimeFormat {
  const made = relatives.get(locale) ?? new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  relatives.set(locale, made);
  return made;
}

/** `14:03` or `2:03 PM`, as the reader's region has it. */
export function timeOfDay(date: Date, locale: string): string {
  return formatter(locale, 'time').format(date);
}

/** Date and time in full, for a title or a tooltip. */
export function exactTime(date: Date, locale: string): string {
  return formatter(locale, 'exact').format(date);
}

/** `November 2026`. */
export function monthLabel(date: Date, locale: string): string {
  return formatter(locale, 'month').format(date);
}

/** `Mon`: the day of the week. */
export function dayName(date: Date, locale: string): string {
  return formatter(locale, 'weekday').format(date);
}

/** `Monday, 30 November 2026`. */
export function exactDay(date: Date, locale: string): string {
  return formatter(locale, 'dayOfYear').format(date);
}

/** `24–30 November 2026`: the days from one time to another, as the language has it. */
export function dateRange(from: Date, to: Date, locale: string): string {
  return formatter(locale, 'date').formatRange(from, to);
}

/** `2026-03-09`: a date's day in local time, as a date field has it. */
export function isoDay(date: Date): string {
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

/** Whether a text is written from right to left: its first letter with a direction says so. */
export function isRightToLeft(text: string): boolean {
  const first = /\p{L}/u.exec(text)?.[0] ?? '';
  return /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u.test(first);
}
