import { enqueue } from '../jobs/enqueue.ts';
import { newId } from '../kernel/ids.ts';
import { speakerIdOf, type TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import { learnVoicesJob } from '../model/jobs.ts';
import { people } from '../model/people/person.ts';
import { OWNER } from '../model/people/speaker-correction.ts';
import { getDocument } from '../store/collection.ts';
import type { Transaction } from '../store/document-store.ts';
import type { SpeakerAssignment } from './speaker-assignment.ts';
import { findSpeakerCorrections, putSpeakerCorrections } from './speaker-corrections.ts';
import { updateSegments } from './transcript.ts';

/**
 * Kind of the job that learns voices from segments whose speaker the user has named, and unlearns
 * what was learned wrongly. Its subject begins with the conversation's id and a colon.
 */
/** Segments that voices are learned from, for one request of the user. */
const MAX_LEARNED = 200;

export interface AssignRequest {
  conversationId: string;
  matches: (segment: TranscriptSegment) => boolean;
  assignment: SpeakerAssignment;
  /** Whether voices may be learned from it; what was learned wrongly is unlearned in any case. */
  learn: boolean;
  now: number;
}

/**
 * Assigns the segments that `matches` picks to a speaker. If these are most of what a diarised speaker
 * has said, the assignment also holds for what that speaker says from now on in this conversation; an
 * assignment to no person undoes that. A few segments among many are an error of the provider's
 * diarisation and do not name the speaker.
 *
 * @throws AppError `not-found` if the user has no such person
 */
export async function assignSpeakers(
  tx: Transaction,
  uid: string,
  request: AssignRequest,
): Promise<void> {
  const { conversationId, matches, assignment, now } = request;
  const { personId } = assignment;
  if (personId !== null) await getDocument(tx, people, uid, personId, 'Person not found');
  const stored = await findSpeakerCorrections(tx, uid, conversationId);
  const said = new Map<number, { all: number; assigned: number }>();
  const ids: string[] = [];
  await updateSegments(tx, uid, conversationId, now, (segment) => {
    const speaker = speakerIdOf(segment.speaker);
    const count = said.get(speaker) ?? { all: 0, assigned: 0 };
    said.set(speaker, count);
    count.all += 1;
    if (!matches(segment)) return undefined;
    count.assigned += 1;
    ids.push(segment.id);
    return { ...segment, ...assignment };
  });
  if (ids.length === 0) return;
  const person = assignment.isUser ? OWNER : assignment.personId;
  const speakers = { ...stored?.speakers };
  for (const [speaker, { all, assigned }] of said) {
    if (assigned * 2 > all) speakers[speaker] = person;
  }
  putSpeakerCorrections(tx, uid, conversationId, speakers, now);
  enqueue(
    tx,
    learnVoicesJob,
    {
      uid,
      subject: `${conversationId}:${newId()}`,
      payload: { segmentIds: ids.slice(-MAX_LEARNED), learn: request.learn },
    },
    now,
  );
}
