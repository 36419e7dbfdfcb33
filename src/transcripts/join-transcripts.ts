import { newId } from '../kernel/ids.ts';
import { speakerIdOf, type TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import { moveSegment } from './segment-times.ts';

/** One of the transcripts that are joined; times of the wall in epoch milliseconds. */
export interface JoinedPart {
  startedAt: number;
  finishedAt: number;
  segments: readonly TranscriptSegment[];
}

/**
 * One transcript out of several, in the given order. Each is moved behind the last words before it,
 * by as much as lay between the two on the clock. Speakers of different recordings are different
 * ones, except if both are known to be the user or the same person.
 */
export function joinTranscripts(parts: readonly JoinedPart[]): TranscriptSegment[] {
  const joined: TranscriptSegment[] = [];
  const ids = new Set<string>();
  const speakers = new Speakers();
  let lastEndMs = 0;
  let previous: JoinedPart | undefined;
  for (const part of parts) {
    const offsetMs = previous ? offsetAfter(previous, part, lastEndMs, parts[0]) : 0;
    speakers.nextPart();
    for (const segment of part.segments) {
      const id = ids.has(segment.id) ? newId() : segment.id;
      ids.add(id);
      const speaker = speakers.labelOf(segment);
      joined.push({ ...moveSegment(segment, offsetMs), id, speaker });
      lastEndMs = Math.max(lastEndMs, segment.endMs + offsetMs);
    }
    previous = part;
  }
  return joined;
}

/**
 * Where a part begins. By the clock if the conversations do not overlap, so that recordings and
 * gaps, which have times of the wall, still fit; right behind the last words if they do.
 */
function offsetAfter(
  previous: JoinedPart,
  part: JoinedPart,
  lastEndMs: number,
  first: JoinedPart = previous,
): number {
  const gapMs = Math.max(0, part.startedAt - previous.finishedAt);
  return Math.round(Math.max(lastEndMs + gapMs, part.startedAt - first.startedAt));
}

/** Gives every voice one label in the whole. */
class Speakers {
  readonly #known = new Map<string, string>();
  #ofPart = new Map<string, string>();
  #next = 0;
  #isFirst = true;

  nextPart(): void {
    this.#isFirst = this.#next === 0;
    this.#ofPart = new Map();
  }

  labelOf(segment: TranscriptSegment): string {
    const identity = segment.isUser ? 'user' : segment.personId;
    const known = identity === null ? undefined : this.#known.get(identity);
    const label = known ?? this.#ofPart.get(segment.speaker) ?? this.#fresh(segment.speaker);
    if (known === undefined) this.#ofPart.set(segment.speaker, label);
    if (identity !== null) this.#known.set(identity, label);
    return label;
  }

  #fresh(label: string): string {
    if (this.#isFirst) {
      this.#next = Math.max(this.#next, speakerIdOf(label) + 1);
      return label;
    }
    const fresh = `SPEAKER_${String(this.#next).padStart(2, '0')}`;
    this.#next += 1;
    return fresh;
  }
}
