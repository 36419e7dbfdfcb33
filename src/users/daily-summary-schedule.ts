import { DateTime, IANAZone } from 'luxon';
import { enqueue } from '../jobs/enqueue.ts';
import { makeUser, type User } from '../model/accounts/user.ts';
import { GLOBAL } from '../model/collection.ts';
import { dailySummaryJob, jobId, jobs } from '../model/jobs.ts';
import type { DocumentReader, DocumentWriter } from '../store/document-store.ts';

/** There is one job for each user, due at the next local hour. */
const SUBJECT = 'next';

/** The settings that decide when a user's days are summarised. */
export type SummaryHour = Pick<User, 'id' | 'dailySummary' | 'timeZone'>;

/** Returns the IANA zone of a user's days. */
export function zoneOf(user: Pick<User, 'timeZone'> | undefined, defaultTimeZone: string): string {
  const zone = user?.timeZone ?? defaultTimeZone;
  return IANAZone.isValidZone(zone) ? zone : 'UTC';
}

/** Returns the next time after `now` when the local clock shows the hour; once each local day. */
export function nextSummaryAt(hour: number, zone: string, now: number): number {
  const today = DateTime.fromMillis(now, { zone });
  const at = onDay(today, hour);
  return at > now ? at : onDay(today.plus({ days: 1 }), hour);
}

/** Returns the last time until `now` when the local clock showed the hour. */
export function lastSummaryAt(hour: number, zone: string, now: number): number {
  const today = DateTime.fromMillis(now, { zone });
  const at = onDay(today, hour);
  return at <= now ? at : onDay(today.minus({ days: 1 }), hour);
}

/** Returns the day (`YYYY-MM-DD`) that is summarised at a time: before noon the previous one. */
export function summarisedDay(at: number, zone: string): string {
  const local = DateTime.fromMillis(at, { zone });
  return (local.hour < 12 ? local.minus({ days: 1 }) : local).toISODate() ?? '';
}

/**
 * Plans the job for a user whose settings have changed, or who has no job yet. It only reads, and returns
 * a function that writes the job. A waiting job is never moved to a later time, so that a change of the
 * hour or zone skips no day: a run that is early summarises its day, or finds it summarised.
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

/** Like `planDailySummary`, but does not change a job that is scheduled. */
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

/** If the clock shows the hour twice, returns the first time; if it skips the hour, the time right after. */
function onDay(day: DateTime, hour: number): number {
  // Uses the offset at the start of the day, which decides between two possible times.
  return day.startOf('day').set({ hour }).toMillis();
}
