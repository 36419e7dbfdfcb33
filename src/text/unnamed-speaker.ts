/**
 * Returns what people read in the place of a name that is not known: speakers counted from 1.
 * The `speaker_name` of APIs that have `speaker_id` beside it counts from 0 as that does.
 */
export function unnamedSpeaker(speakerId: number): string {
  return `Speaker ${speakerId + 1}`;
}
