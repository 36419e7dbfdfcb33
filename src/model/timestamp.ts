import { z } from 'zod';

/**
 * A point in time: whole milliseconds since the Unix epoch, UTC. The `kind` lets an engine that
 * has a native time type (Firestore) store it as one.
 */
export const timestamp = z.number().int().meta({ kind: 'timestamp' });

/** Returns a time as ISO-8601 in UTC with `Z`, the form of all dates on the wire. */
export function toIso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** Like `toIso`, for a time that may be absent. */
export function toIsoOrNull(epochMs: number | null): string | null {
  return epochMs === null ? null : toIso(epochMs);
}
