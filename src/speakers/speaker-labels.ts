import { OWNER } from '../model/speaker-correction.ts';
import { speakerIdOf, type TranscriptSegment } from '../model/transcript-segment.ts';

/** Assignments that are remembered; the oldest goes first. */
const MAX_LABELS = 10_000;

/**
 * Who is who in a session: what the user has said, and what was recognised. It applies to segments
 * that nobody is assigned to yet: the user's word on the segment first, then on its speaker, then
 * what was recognised of the speaker.
 */
export class SpeakerLabels {
  readonly #bySegment = new Map<string, string>();
  readonly #bySpeaker = new Map<string, string>();
  readonly #recognised = new Map<string, string>();

  /** Takes the user's word; person `user` is the owner of the device. */
  assign(speakerId: number, personId: string, segmentIds: readonly string[]): void {
    remember(this.#bySpeaker, String(speakerId), personId);
    for (const id of segmentIds) remember(this.#bySegment, id, personId);
  }

  /** Takes what the server believes. */
  recognise(speakerId: number, personId: string): void {
    remember(this.#recognised, String(speakerId), personId);
  }

  /** The speakers are counted anew: what was recognised holds no more. */
  forgetRecognised(): void {
    this.#recognised.clear();
  }

  apply(segment: TranscriptSegment): TranscriptSegment {
    if (segment.isUser || segment.personId !== null) return segment;
    const number = /_\d+$/.test(segment.speaker) ? String(speakerIdOf(segment.speaker)) : undefined;
    const bySpeaker =
      number === undefined
        ? undefined
        : (this.#bySpeaker.get(number) ?? this.#recognised.get(number));
    const person = this.#bySegment.get(segment.id) ?? bySpeaker;
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
