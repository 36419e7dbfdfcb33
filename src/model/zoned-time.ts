import { DateTime } from 'luxon';

/** An instant, epoch milliseconds, in an IANA zone; in UTC if there is no such zone. */
export function zonedTime(instant: number, zone: string): DateTime {
  const zoned = DateTime.fromMillis(instant, { zone });
  return zoned.isValid ? zoned : DateTime.fromMillis(instant, { zone: 'utc' });
}
