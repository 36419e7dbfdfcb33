import { api, dataOf } from './client.ts';
import type { Conversation, Segment } from './types.ts';

/** Who a speaker is, as the user says. */
export type Who = { kind: 'me' } | { kind: 'person'; id: string } | { kind: 'nobody' };

/** Says who speaks in segments of a conversation, and returns it. @throws ApiError */
export function assignSegments(
  conversationId: string,
  segmentIds: string[],
  who: Who,
): Promise<Conversation> {
  const assignment =
    who.kind === 'me'
      ? { assign_type: 'is_user', value: 'true' }
      : { assign_type: 'person_id', value: who.kind === 'person' ? who.id : null };
  return dataOf(
    api.PATCH('/v1/conversations/{id}/segments/assign-bulk', {
      params: { path: { id: conversationId } },
      body: { segment_ids: segmentIds, ...assignment },
    }),
  );
}

/** Who is said to speak in a segment now. */
export function whoSpeaks({ is_user, person_id }: Pick<Segment, 'is_user' | 'person_id'>): Who {
  if (is_user) return { kind: 'me' };
  return person_id === null ? { kind: 'nobody' } : { kind: 'person', id: person_id };
}

/** Gives segments back to whom they were said to be before. @throws ApiError */
export async function assignAsBefore(
  conversationId: string,
  before: readonly Segment[],
): Promise<void> {
  const groups = new Map<string, { who: Who; ids: string[] }>();
  for (const segment of before) {
    const who = whoSpeaks(segment);
    const key = who.kind === 'person' ? who.id : who.kind;
    const group = groups.get(key) ?? { who, ids: [] };
    group.ids.push(segment.id);
    groups.set(key, group);
  }
  for (const { who, ids } of groups.values()) await assignSegments(conversationId, ids, who);
}
