import { DateTime, IANAZone } from 'luxon';

/** The zone if it is one, otherwise UTC. */
export function knownZone(timeZone: string): string {
  return IANAZone.isValidZone(timeZone) ? timeZone : 'UTC';
}

/**
 * A time as a model writes it (ISO, with or without time and offset) in epoch milliseconds, null
 * if it is none. An offset that the zone has at another time of the year is taken for a slip
 * over daylight saving: the time on the clock is what was said. A day alone gets `timeOfDay`.
 */
export function parseSpokenTime(
  text: string,
  timeZone: string,
  timeOfDay: { hour: number; minute: number },
): number | null {
  const match =
    /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?\s*(Z|[+-]\d\d:?\d\d)?$/i.exec(
      text.trim(),
    );
  if (!match) return null;
  const [, year, month, day, hour, minute, second, offset] = match;
  const clock = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: hour === undefined ? timeOfDay.hour : Number(hour),
    minute: minute === undefined ? timeOfDay.minute : Number(minute),
    second: Number(second ?? 0),
  };
  const zone = knownZone(timeZone);
  const local = DateTime.fromObject(clock, { zone });
  if (!local.isValid) return null;
  if (offset === undefined || hour === undefined) return local.toMillis();
  if (offset.toUpperCase() !== 'Z' && zoneOffsets(zone, clock.year).has(offsetMinutes(offset))) {
    return local.toMillis();
  }
  return DateTime.fromObject(clock, { zone: 'UTC' }).toMillis() - offsetMinutes(offset) * 60_000;
}

/** Words by which somebody may have named a day and an hour, in the language and in English. */
export function wordsForTime(
  at: number,
  from: number,
  timeZone: string,
  language: string,
): string[] {
  const zone = knownZone(timeZone);
  const time = DateTime.fromMillis(at, { zone });
  const days = Math.round(
    time.startOf('day').diff(DateTime.fromMillis(from, { zone }).startOf('day'), 'days').days,
  );
  const names = [language, 'en'].flatMap((tag) => {
    const local = time.setLocale(supportedTag(tag));
    const relative = new Intl.RelativeTimeFormat(supportedTag(tag), { numeric: 'auto' });
    const near = days >= 0 && days <= 2 ? [relative.format(days, 'day')] : [];
    return [local.toFormat('cccc'), local.toFormat('LLLL'), ...near];
  });
  return [...names, String(time.day), String(time.hour), String(time.hour % 12 || 12)];
}

/** A tag that the runtime has names for, English for one that it has not. */
export function supportedTag(tag: string): string {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag)[0] ?? 'en';
  } catch {
    return 'en';
  }
}

function zoneOffsets(zone: string, year: number): Set<number> {
  return new Set([1, 7].map((month) => DateTime.fromObject({ year, month }, { zone }).offset));
}

function offsetMinutes(offset: string): number {
  if (offset.toUpperCase() === 'Z') return 0;
  const digits = offset.replace(':', '');
  const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5));
  return digits.startsWith('-') ? -minutes : minutes;
}
