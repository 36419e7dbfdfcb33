import { personalName, users } from '../model/accounts/user.ts';
import { GLOBAL } from '../model/collection.ts';
import { speakerIdOf, type TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import { people } from '../model/people/person.ts';
import type { DocumentReader } from '../store/document-store.ts';
import { unnamedSpeaker } from '../text/unnamed-speaker.ts';

/** Says who speaks in segments of one user; `unnamed` says what a speaker without a name is called. */
export type NameSpeaker = (
  segment: TranscriptSegment,
  unnamed?: (speakerId: number) => string,
) => string;

/** Loads the names that the given segments need; `userLabel` says what the user is called. */
export async function loadSpeakerNames(
  reader: DocumentReader,
  uid: string,
  segments: readonly TranscriptSegment[],
  userLabel: (name: string | null) => string,
): Promise<NameSpeaker> {
  const ids = new Set(segments.flatMap(({ personId }) => (personId === null ? [] : [personId])));
  const [known, user] = await Promise.all([
    reader.findMany(people, uid, [...ids]),
    reader.find(users, GLOBAL, uid),
  ]);
  const names = new Map(known.map((person) => [person.id, person.name]));
  return (segment, unnamed = unnamedSpeaker) => {
    if (segment.isUser) return userLabel(personalName(user));
    return (
      (segment.personId === null ? undefined : names.get(segment.personId)) ??
      unnamed(speakerIdOf(segment.speaker))
    );
  };
}
