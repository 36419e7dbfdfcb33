import { z } from 'zod';

/**
 * A point in time: whole milliseconds since the Unix epoch, UTC. The `kind` lets an engine that
 * has a native time type (Firestore) store it as one.
 */
export const timestamp = z.number().int().meta({ kind: 'timestamp' });

/** ISO-8601 in UTC with `Z`, as every date leaves this server. */
export function toIso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** `toIso` for a time that may be absent. */
export function toIsoOrNull(epochMs: number | null): string | null {
  return epochMs === null ? null : toIso(epochMs);
}
