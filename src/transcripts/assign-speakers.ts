import { enqueueJob } from '../jobs/enqueue-job.ts';
import { newId } from '../kernel/ids.ts';
import { OWNER, type SpeakerCorrections, speakerCorrections } from '../model/speaker-correction.ts';
import { speakerIdOf, type TranscriptSegment } from '../model/transcript-segment.ts';
import type { Transaction } from '../store/document-store.ts';
import type { SpeakerAssignment } from './speaker-assignment.ts';
import { updateSegments } from './transcript.ts';

/**
 * Kind of the job that learns voices from segments whose speaker the user has named, and unlearns
 * what was learned wrongly. Its subject begins with the conversation's id and a colon.
 */
export const LEARN_VOICES_JOB = 'learn-voices';

/** Segments that voices are learned from, for one request of the user. */
const MAX_LEARNED = 200;
/** Speakers that a conversation's corrections are kept for; there never are so many. */
const MAX_SPEAKERS = 200;

export interface AssignRequest {
  conversationId: string;
  matches: (segment: TranscriptSegment) => boolean;
  assignment: SpeakerAssignment;
  /** Whether voices may be learned from it; what was learned wrongly is unlearned in any case. */
  learn: boolean;
  now: number;
}

/**
 * Says who speaks in the segments that `matches` picks. Where these are most of what a speaker has
 * said, the same holds for whatever that speaker says from now on in this conversation; an assignment to
 * nobody takes that back. A few segments among many are an error of the provider, not the speaker's name.
 */
export async function assignSpeakers(
  tx: Transaction,
  uid: string,
  request: AssignRequest,
): Promise<void> {
  const { conversationId, matches, assignment, now } = request;
  const stored = await tx.find(speakerCorrections, uid, conversationId);
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
  putCorrections(tx, uid, conversationId, speakers, now);
  enqueueJob(
    tx,
    {
      kind: LEARN_VOICES_JOB,
      uid,
      subject: `${conversationId}:${newId()}`,
      dueAt: now,
      payload: { segmentIds: ids.slice(-MAX_LEARNED), learn: request.learn },
    },
    now,
  );
}

/** Remembers who a speaker of the conversation is, for words that are still to come. */
export async function rememberSpeaker(
  tx: Transaction,
  uid: string,
  conversationId: string,
  speaker: number,
  person: string | null,
  now: number,
): Promise<void> {
  const stored = await tx.find(speakerCorrections, uid, conversationId);
  const speakers = { ...stored?.speakers, [speaker]: person };
  putCorrections(tx, uid, conversationId, speakers, now);
}

/**
 * The segment as the user has said it is, if they have. A segment whose client has named its speaker
 * by itself is left alone with `respectNamed`.
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

function putCorrections(
  tx: Transaction,
  uid: string,
  conversationId: string,
  speakers: Record<string, string | null>,
  now: number,
): void {
  const entries = Object.entries(speakers).slice(-MAX_SPEAKERS);
  tx.put(speakerCorrections, uid, {
    id: conversationId,
    speakers: Object.fromEntries(entries),
    updatedAt: now,
  });
}
