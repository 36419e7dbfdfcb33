import { liveSegments } from '../model/conversations/conversation.ts';
import { speakerIdOf, type TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import { people } from '../model/people/person.ts';
import { OWNER } from '../model/people/speaker-correction.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { findSpeakerCorrections } from './speaker-corrections.ts';

/** Segments that are looked at, the latest ones. */
const MAX_SEGMENTS = 200;

/**
 * Names the speaker of the latest live segments of a conversation, as far as they have no name and the
 * user has not said who the speaker is. Returns those that have changed, in spoken order.
 *
 * @param named.person id of the person, or `OWNER`
 */
export async function nameLiveSegments(
  store: DocumentStore,
  uid: string,
  conversationId: string,
  named: { speaker: number; person: string },
): Promise<TranscriptSegment[]> {
  const { speaker, person } = named;
  return store.transact(async (tx) => {
    const corrections = await findSpeakerCorrections(tx, uid, conversationId);
    if (corrections?.speakers[speaker] !== undefined) return [];
    if (person !== OWNER && !(await tx.find(people, uid, person))) return [];
    const request = { query: 'tailOfConversation', filters: { conversationId } } as const;
    const page = await tx.query(liveSegments, uid, { ...request, limit: MAX_SEGMENTS });
    const changed: TranscriptSegment[] = [];
    for (const { id, segment } of page.items) {
      const isNamed = segment.isUser || segment.personId !== null;
      if (isNamed || speakerIdOf(segment.speaker) !== speaker) continue;
      const isUser = person === OWNER;
      const next = { ...segment, isUser, personId: isUser ? null : person };
      tx.patch(liveSegments, uid, id, { segment: next });
      changed.push(next);
    }
    return changed.sort((a, b) => a.startMs - b.startMs);
  });
}
