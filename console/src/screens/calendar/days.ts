import type { Span } from '../../api/calendar.ts';

export const VIEWS = ['month', 'week'] as const;
export type View = (typeof VIEWS)[number];

/** Midnight so many days after a day, also over a change of the clock. */
export function addDays(day: Date, count: number): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + count);
}

/** The first day of the week in a region: 1 is Monday, 7 is Sunday. Without a rule of the browser, Monday. */
export function firstWeekday(locale: string): number {
  const region = new Intl.Locale(locale) as Intl.Locale & {
    getWeekInfo?: () => { firstDay: number };
    weekInfo?: { firstDay: number };
  };
  return region.getWeekInfo?.().firstDay ?? region.weekInfo?.firstDay ?? 1;
}

/** The first day of the week that a day lies in. */
export function weekOf(day: Date, firstDay: number): Date {
  return addDays(day, -((day.getDay() - firstDay + 7) % 7));
}

/** The days that a view shows: a week, or the whole weeks of a month. */
export function daysShown(view: View, day: Date, firstDay: number): Date[] {
  const start =
    view === 'week'
      ? weekOf(day, firstDay)
      : weekOf(new Date(day.getFullYear(), day.getMonth(), 1), firstDay);
  if (view === 'week') return Array.from({ length: 7 }, (_, index) => addDays(start, index));
  const end = new Date(day.getFullYear(), day.getMonth() + 1, 1);
  const days: Date[] = [];
  for (let at = start; at < end || days.length % 7 !== 0; at = addDays(at, 1)) days.push(at);
  return days;
}

/** A day of the next (1) or the previous (-1) week or month. */
export function step(view: View, day: Date, by: 1 | -1): Date {
  if (view === 'week') return addDays(day, 7 * by);
  const last = new Date(day.getFullYear(), day.getMonth() + by + 1, 0).getDate();
  return new Date(day.getFullYear(), day.getMonth() + by, Math.min(day.getDate(), last));
}

/** The span of days, one after the other. */
export function spanOf(days: readonly Date[]): Span {
  const from = days[0] ?? new Date(0);
  return { from, to: addDays(days.at(-1) ?? from, 1) };
}

/** A day from `2026-03-09`, or null. */
export function readDay(text: string | undefined): Date | null {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text ?? '') ?? [];
  if (year === undefined) return null;
  const date = new Date(Number(year), Number(month) - 1, Number(day));
  return Number.isNaN(date.getTime()) ? null : date;
}
