import { people } from '../model/person.ts';
import { OWNER, type SpeakerCorrections, speakerCorrections } from '../model/speaker-correction.ts';
import { speakerIdOf, type TranscriptSegment } from '../model/transcript-segment.ts';
import type { DocumentReader, DocumentStore, DocumentWriter } from '../store/document-store.ts';

/** Speakers that a conversation's corrections are kept for; real conversations have far fewer. */
const MAX_SPEAKERS = 200;

/** What the user has said about the speakers of a conversation, undefined if nothing. */
export function findSpeakerCorrections(
  reader: DocumentReader,
  uid: string,
  conversationId: string,
): Promise<SpeakerCorrections | undefined> {
  return reader.find(speakerCorrections, uid, conversationId);
}

/**
 * Stores who a speaker of a conversation is, for words that are still to come. A person that the user
 * does not have is not stored.
 *
 * @param person id of the person, `OWNER`, or null for an unknown speaker
 */
export async function rememberSpeaker(
  store: DocumentStore,
  uid: string,
  conversationId: string,
  assignment: { speaker: number; person: string | null },
  now: number,
): Promise<void> {
  const { speaker, person } = assignment;
  await store.transact(async (tx) => {
    const isPerson = person !== null && person !== OWNER;
    if (isPerson && !(await tx.find(people, uid, person))) return;
    const stored = await findSpeakerCorrections(tx, uid, conversationId);
    const speakers = { ...stored?.speakers, [speaker]: person };
    putSpeakerCorrections(tx, uid, conversationId, speakers, now);
  });
}

/** Writes the corrections of a conversation; the oldest go first if there are too many. */
export function putSpeakerCorrections(
  writer: DocumentWriter,
  uid: string,
  conversationId: string,
  speakers: Record<string, string | null>,
  now: number,
): void {
  const entries = Object.entries(speakers).slice(-MAX_SPEAKERS);
  writer.put(speakerCorrections, uid, {
    id: conversationId,
    speakers: Object.fromEntries(entries),
    updatedAt: now,
  });
}

/**
 * Returns the segment with the speaker that the user has named, or the segment itself.
 *
 * @param respectNamed true to leave a segment alone if its client has named its speaker
 */
export function corrected(
  segment: TranscriptSegment,
  corrections: SpeakerCorrections | undefined,
  respectNamed: boolean,
): TranscriptSegment {
  const person = corrections?.speakers[speakerIdOf(segment.speaker)];
  if (person === undefined) return segment;
  if (respectNamed && (segment.isUser || segment.personId !== null)) return segment;
  if (person === OWNER) return { ...segment, isUser: true, personId: null };
  return { ...segment, isUser: false, personId: person };
}
