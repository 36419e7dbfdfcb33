import type { TranscriptSegment } from '../model/transcript-segment.ts';

/** The id that means the owner of the device in `speaker_assigned`. */
const OWNER = 'user';
/** Assignments that are remembered; the oldest goes first. */
const MAX_LABELS = 10_000;

/**
 * What the user has said in this session about who is who. It applies to segments that nobody is
 * assigned to yet: a segment's own assignment first, then its speaker's.
 */
export class SpeakerLabels {
  readonly #bySegment = new Map<string, string>();
  readonly #bySpeaker = new Map<string, string>();

  assign(speakerId: number, personId: string, segmentIds: readonly string[]): void {
    remember(this.#bySpeaker, String(speakerId), personId);
    for (const id of segmentIds) remember(this.#bySegment, id, personId);
  }

  apply(segment: TranscriptSegment): TranscriptSegment {
    if (segment.isUser || segment.personId !== null) return segment;
    const number = /_0*(\d+)$/.exec(segment.speaker)?.[1];
    const person =
      this.#bySegment.get(segment.id) ??
      (number === undefined ? undefined : this.#bySpeaker.get(number));
    if (person === undefined) return segment;
    return person === OWNER
      ? { ...segment, isUser: true, personId: null }
      : { ...segment, isUser: false, personId: person };
  }
}

function remember(labels: Map<string, string>, key: string, personId: string): void {
  labels.delete(key);
  labels.set(key, personId);
  for (const oldest of labels.keys()) {
    if (labels.size <= MAX_LABELS) return;
    labels.delete(oldest);
  }
}
