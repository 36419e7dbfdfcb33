import type { DateTime } from 'luxon';
import { zonedTime } from '../model/zoned-time.ts';

/** A time that a message asks about. Inclusive, epoch milliseconds. */
export interface DateRange {
  from: number;
  to: number;
  /** The words that say so. */
  text: string;
}

/** The time at which a message is read, and the place. */
export interface LocalTime {
  now: number;
  /** IANA zone of the user. */
  timeZone: string;
}

const DAY = 'ccc d LLL yyyy';
const TIME = `${DAY}, HH:mm`;
const ISO_WITH_ZONE =
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/i;

/** A range as people read it: `Sun 29 Nov 2026`, `23 to 29 Nov 2026`, `Sun 29 Nov 2026, 20:00 to 21:00`. */
export function tellRange(range: Pick<DateRange, 'from' | 'to'>, timeZone: string): string {
  const [from, to] = [localTime(range.from, timeZone), localTime(range.to, timeZone)];
  const isWholeDays =
    from.toMillis() === from.startOf('day').toMillis() &&
    to.toMillis() >= to.endOf('day').toMillis() - 1000;
  if (!isWholeDays) {
    const isOneDay = from.hasSame(to, 'day');
    return `${from.toFormat(TIME)} to ${to.toFormat(isOneDay ? 'HH:mm' : TIME)}`;
  }
  if (from.hasSame(to, 'day')) return from.toFormat(DAY);
  const first = from.hasSame(to, 'month') ? 'd' : from.hasSame(to, 'year') ? 'd LLL' : 'd LLL yyyy';
  return `${from.toFormat(first)} to ${to.toFormat('d LLL yyyy')}`;
}

/** A range for models: ISO 8601 with the user's offset. */
export function describeRange(range: Pick<DateRange, 'from' | 'to'>, timeZone: string): string {
  return `${toLocalIso(range.from, timeZone)} to ${toLocalIso(range.to, timeZone)}`;
}

/** ISO 8601 with the offset of the zone, to the second. */
export function toLocalIso(time: number, timeZone: string): string {
  const local = localTime(time, timeZone);
  return local.toISO({ suppressMilliseconds: true, precision: 'second' }) ?? '';
}

/** A day and time as people read it: `Mon 4 May 2026, 10:30`. */
export function toLocalText(time: number, timeZone: string): string {
  return localTime(time, timeZone).toFormat(TIME);
}

/** A day as people read it: `Mon 4 May 2026`. */
export function toLocalDay(time: number, timeZone: string): string {
  return localTime(time, timeZone).toFormat(DAY);
}

function localTime(time: number, timeZone: string): DateTime {
  return zonedTime(time, timeZone).setLocale('en');
}

/** Epoch milliseconds of an ISO time with a zone, undefined if it is none. */
export function parseZonedIso(text: string): number | undefined {
  if (!ISO_WITH_ZONE.test(text.trim())) return undefined;
  const time = Date.parse(text.trim());
  return Number.isNaN(time) ? undefined : time;
}
