import { newId } from '../../kernel/ids.ts';
import {
  makeSegment,
  type TranscriptSegment,
} from '../../model/conversations/transcript-segment.ts';
import type { ImportedTurn } from './imported-transcript.ts';
import { isPersonName } from './speaker-name.ts';

/**
 * Segments of written down speech; every name is a speaker of its own, and those that can be a
 * person's become people.
 *
 * @param me the name under which the user speaks, null if the user does not
 * @param ensurePerson id of the person of a name, made if there is none
 */
export async function toSegments(
  turns: readonly ImportedTurn[],
  me: string | null,
  ensurePerson: (name: string) => Promise<string>,
): Promise<TranscriptSegment[]> {
  const labels = new Map<string | null, string>();
  const personIds = new Map<string, string>();
  const segments: TranscriptSegment[] = [];
  for (const turn of turns) {
    const { speaker } = turn;
    const label = labels.get(speaker) ?? `SPEAKER_${String(labels.size).padStart(2, '0')}`;
    labels.set(speaker, label);
    const isUser = isMe(speaker, me);
    if (speaker !== null && !isUser && isPersonName(speaker) && !personIds.has(speaker)) {
      personIds.set(speaker, await ensurePerson(speaker));
    }
    segments.push(
      makeSegment({
        id: newId(),
        text: turn.text,
        startMs: turn.startMs,
        endMs: turn.endMs,
        speaker: label,
        isUser,
        personId: (speaker !== null && !isUser && personIds.get(speaker)) || null,
      }),
    );
  }
  return segments;
}

/**
 * The name under which the user speaks: the one that was given if somebody in the transcript has it,
 * else the speaker whom the file marks as its owner, else the one that was given.
 */
export function userOf(
  turns: readonly ImportedTurn[],
  given: string | null,
  userLabel: string | null,
): string | null {
  const isThere = turns.some((turn) => isMe(turn.speaker, given));
  return isThere ? given : (userLabel ?? given);
}

/** True if a name is the one that the user has. */
export function isMe(name: string | null, me: string | null): boolean {
  return name !== null && me !== null && normalName(name) === normalName(me);
}

/** A name without what two spellings of it differ in. */
export function normalName(name: string): string {
  return name.normalize('NFC').trim().toLowerCase();
}
