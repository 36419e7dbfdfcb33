import type { Person, Segment } from '../api/types.ts';
import type { Strings } from '../i18n/en.ts';

const COLOURS = 8;

/** Colour of a speaker as a CSS variable; the user always has the first. */
export function speakerColour(segment: Pick<Segment, 'is_user' | 'speaker_id'>): string {
  if (segment.is_user) return 'var(--speaker-0)';
  return `var(--speaker-${1 + (segment.speaker_id % (COLOURS - 1))})`;
}

/** Name of a segment's speaker: the user, a person's name, or the number that was heard. */
export function speakerName(
  segment: Pick<Segment, 'is_user' | 'speaker_id' | 'person_id'>,
  people: ReadonlyMap<string, Person>,
  words: Strings['conversation'],
): string {
  if (segment.is_user) return words.you;
  const person = segment.person_id ? people.get(segment.person_id) : undefined;
  return person?.name ?? words.speaker(segment.speaker_id + 1);
}
