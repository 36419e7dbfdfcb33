import { speakerIdOf, type TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import { OWNER } from '../model/people/speaker-correction.ts';
import type { HeardSpeaker } from '../stt/voices/heard-speech.ts';

/** Time that two labels must share to be one speaker, milliseconds. */
const MIN_SHARED_MS = 300;

/** Who speaks in a run of files: which label each speaker has in the conversations that its words go to. */
export class RunSpeakers {
  /** Label in the run → segments of that speaker that are stored. */
  readonly #stored = new Map<string, Set<string>>();
  /** Label in the run → person, by voice. */
  readonly #people = new Map<string, string>();
  /** Words of neighbouring files, which are stored with the labels of a conversation. */
  readonly #neighbours: TranscriptSegment[] = [];

  /** Notes whose voice it is, if that was recognised. */
  identified({ speaker, personId }: Pick<HeardSpeaker, 'speaker' | 'personId'>): void {
    if (personId !== null) this.#people.set(`SPEAKER_${speaker}`, personId);
  }

  /** Takes words that are stored already, as this run has heard them; times of the wall. */
  heardNextTo(segments: readonly TranscriptSegment[]): void {
    this.#neighbours.push(...segments);
  }

  /** The segment with the person whose voice it is. */
  name(segment: TranscriptSegment): TranscriptSegment {
    const person = this.#people.get(segment.speaker);
    if (person === undefined) return segment;
    return person === OWNER ? { ...segment, isUser: true } : { ...segment, personId: person };
  }

  /**
   * Gives new segments the labels of a conversation. A speaker has the label that other words of the same
   * speaker have: by an earlier file of the run, by the person, by words that both have heard; else a new one.
   *
   * @param stored the conversation's segments, times of the wall
   * @param same labels that were found to be one speaker
   */
  relabel(
    segments: readonly TranscriptSegment[],
    stored: readonly TranscriptSegment[],
    same: readonly { heard: string; stored: string }[],
  ): TranscriptSegment[] {
    const labels = new Map<string, string>();
    const taken = new Set(stored.map(({ speaker }) => speaker));
    const newLabels = labelsAfter(taken);
    for (const { speaker } of segments) {
      if (labels.has(speaker)) continue;
      const samples = segments.filter((segment) => segment.speaker === speaker);
      const known =
        this.#byStored(speaker, stored) ??
        byPerson(samples, stored) ??
        commonest(same.flatMap((pair) => (pair.heard === speaker ? [pair.stored] : []))) ??
        this.#byNeighbours(speaker, stored);
      labels.set(speaker, known ?? newLabels());
    }
    return segments.map((segment) => {
      this.#remember(segment);
      return { ...segment, speaker: labels.get(segment.speaker) ?? segment.speaker };
    });
  }

  #remember({ speaker, id }: TranscriptSegment): void {
    const ids = this.#stored.get(speaker) ?? new Set();
    this.#stored.set(speaker, ids.add(id));
  }

  #byStored(speaker: string, stored: readonly TranscriptSegment[]): string | undefined {
    const ids = this.#stored.get(speaker);
    return ids && stored.find(({ id }) => ids.has(id))?.speaker;
  }

  #byNeighbours(speaker: string, stored: readonly TranscriptSegment[]): string | undefined {
    const shared = new Map<string, number>();
    for (const heard of this.#neighbours) {
      if (heard.speaker !== speaker) continue;
      for (const other of stored) {
        const ms = Math.min(heard.endMs, other.endMs) - Math.max(heard.startMs, other.startMs);
        if (ms > 0) shared.set(other.speaker, (shared.get(other.speaker) ?? 0) + ms);
      }
    }
    const [best] = [...shared].sort((a, b) => b[1] - a[1]);
    return best && best[1] >= MIN_SHARED_MS ? best[0] : undefined;
  }
}

/**
 * Gives the segments of a conversation that becomes part of another labels that fit there: the same for the user
 * and for known people, new ones for everybody else.
 */
export function relabelJoined(
  segments: readonly TranscriptSegment[],
  into: readonly TranscriptSegment[],
): TranscriptSegment[] {
  const labels = new Map<string, string>();
  const newLabels = labelsAfter(new Set(into.map(({ speaker }) => speaker)));
  for (const { speaker } of segments) {
    if (labels.has(speaker)) continue;
    const samples = segments.filter((segment) => segment.speaker === speaker);
    labels.set(speaker, byPerson(samples, into) ?? newLabels());
  }
  return segments.map((s) => ({ ...s, speaker: labels.get(s.speaker) ?? s.speaker }));
}

function byPerson(
  samples: readonly TranscriptSegment[],
  stored: readonly TranscriptSegment[],
): string | undefined {
  const known = samples.find(({ isUser, personId }) => isUser || personId !== null);
  if (!known) return undefined;
  const isSame = ({ isUser, personId }: TranscriptSegment) =>
    isUser === known.isUser && personId === known.personId;
  return stored.find(isSame)?.speaker;
}

function commonest(labels: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/** Returns a function that makes a label that is not taken at each call. */
function labelsAfter(taken: ReadonlySet<string>): () => string {
  let next = [...taken].reduce((most, label) => Math.max(most, speakerIdOf(label) + 1), 0);
  return () => {
    const label = `SPEAKER_${next}`;
    next += 1;
    return label;
  };
}
