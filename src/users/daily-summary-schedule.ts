import { DateTime, IANAZone } from 'luxon';
import { enqueue } from '../jobs/enqueue.ts';
import { GLOBAL } from '../model/collection.ts';
import { dailySummaryJob, jobId, jobs } from '../model/jobs.ts';
import { makeUser, type User } from '../model/user.ts';
import type { DocumentReader, DocumentWriter } from '../store/document-store.ts';

/** There is one job for each user, due at the next local hour. */
const SUBJECT = 'next';

/** What decides when the days of a user are summarised. */
export type SummaryHour = Pick<User, 'id' | 'dailySummary' | 'timeZone'>;

/** The zone that a user's days are counted in. */
export function zoneOf(user: Pick<User, 'timeZone'> | undefined, defaultTimeZone: string): string {
  const zone = user?.timeZone ?? defaultTimeZone;
  return IANAZone.isValidZone(zone) ? zone : 'UTC';
}

/** The next time after `now` at which the local clock shows the hour. Once a local day. */
export function nextSummaryAt(hour: number, zone: string, now: number): number {
  const today = DateTime.fromMillis(now, { zone });
  const at = onDay(today, hour);
  return at > now ? at : onDay(today.plus({ days: 1 }), hour);
}

/** The last time, `now` included, at which the local clock showed the hour. */
export function lastSummaryAt(hour: number, zone: string, now: number): number {
  const today = DateTime.fromMillis(now, { zone });
  const at = onDay(today, hour);
  return at <= now ? at : onDay(today.minus({ days: 1 }), hour);
}

/** The day (`YYYY-MM-DD`) that is summarised at a time: before noon the one before. */
export function summarisedDay(at: number, zone: string): string {
  const local = DateTime.fromMillis(at, { zone });
  return (local.hour < 12 ? local.minus({ days: 1 }) : local).toISODate() ?? '';
}

/**
 * Plans the job for a user whose settings have changed, or who has none yet; only reads, and answers
 * what writes it. It is never put off, so that a change of the hour or the zone loses no day: a run
 * that comes early finds its day summarised already, or summarises it.
 */
export async function planDailySummary(
  reader: DocumentReader,
  user: SummaryHour,
  settings: { defaultTimeZone: string; now: number },
): Promise<(writer: DocumentWriter) => void> {
  const { now } = settings;
  const id = jobId(dailySummaryJob, user.id, SUBJECT);
  const job = await reader.find(jobs, GLOBAL, id);
  const { enabled, hourLocal } = user.dailySummary;
  if (!enabled) {
    return (writer) => {
      if (job) writer.delete(jobs, GLOBAL, id);
    };
  }
  const next = nextSummaryAt(hourLocal, zoneOf(user, settings.defaultTimeZone), now);
  if (job?.state === 'waiting' && job.dueAt <= next) return () => undefined;
  const request = { uid: user.id, subject: SUBJECT, dueAt: next };
  return (writer) => enqueue(writer, dailySummaryJob, request, now);
}

/** Like `planDailySummary`, leaving alone what is scheduled already. */
export async function ensureDailySummary(
  reader: DocumentReader,
  uid: string,
  user: SummaryHour | undefined,
  settings: { defaultTimeZone: string; now: number },
): Promise<(writer: DocumentWriter) => void> {
  const known = user ?? makeUser({ id: uid, createdAt: settings.now });
  const job = await reader.find(jobs, GLOBAL, jobId(dailySummaryJob, uid, SUBJECT));
  if (!known.dailySummary.enabled || (job && job.state !== 'failed')) return () => undefined;
  return planDailySummary(reader, known, settings);
}

/** Where the clock shows the hour twice, the first time; where it skips the hour, right after. */
function onDay(day: DateTime, hour: number): number {
  // Counted with the offset that the day began with, which decides between two moments.
  return day.startOf('day').set({ hour }).toMillis();
}
