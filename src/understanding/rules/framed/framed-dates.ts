import * as chrono from 'chrono-node';
import { DateTime } from 'luxon';

const PARSERS = { de: chrono.de, es: chrono.es, fr: chrono.fr };

/** Languages whose dates are read by chrono and whose tasks and facts are read by frames. */
export type FramedCode = keyof typeof PARSERS;

export interface FramedTime {
  /** UTF-16 offset in the text. */
  index: number;
  length: number;
  /** Epoch milliseconds; without a clock time the local midnight that begins the day. */
  start: number;
  hasClock: boolean;
}

/** Returns the code if it is one of these languages, null otherwise. */
export function framedCode(code: string): FramedCode | null {
  return code === 'de' || code === 'es' || code === 'fr' ? code : null;
}

/** Finds the times in a text of a language, counted from the start of a talk. */
export function findFramedTimes(
  text: string,
  code: FramedCode,
  { startedAt, timeZone }: { startedAt: number; timeZone: string },
): FramedTime[] {
  const now = DateTime.fromMillis(startedAt, { zone: timeZone });
  const reference = { instant: now.toJSDate(), timezone: now.offset };
  const found = PARSERS[code].parse(text, reference, { forwardDate: true });
  return found.map(({ index, text: said, start }) => {
    const hasClock = start.isCertain('hour');
    const hour = start.get('hour') ?? 0;
    // "At three" without a part of the day is the afternoon.
    const isAfternoon = hasClock && hour > 0 && hour < 7 && !start.isCertain('meridiem');
    const day = {
      year: start.get('year') ?? now.year,
      month: start.get('month') ?? 1,
      day: start.get('day') ?? 1,
    };
    const clock = hasClock
      ? { hour: isAfternoon ? hour + 12 : hour, minute: start.get('minute') ?? 0 }
      : {};
    const instant = now.startOf('day').set({ ...day, ...clock });
    return { index, length: said.length, start: instant.toMillis(), hasClock };
  });
}
