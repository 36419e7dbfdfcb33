import type { SessionVoice } from '../model/conversations/listen-session.ts';
import { speakerIdOf, type TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import { OWNER, type SpeakerCorrections } from '../model/people/speaker-correction.ts';
import type { HeardSpan } from '../stt/stream-speakers.ts';
import type { SpeakerIdentified, SttWord } from '../stt/stt-event.ts';
import { withVoice } from '../transcripts/words-to-segments.ts';

/** Assignments that are remembered; the oldest goes first. */
const MAX_ASSIGNMENTS = 10_000;

/**
 * Speakers of a session's stream → labels of the conversation (`SPEAKER_<n>`) and the people that they
 * are.
 *
 * Labels: each stream numbers its speakers anew, and a known voice that is played to it first comes first.
 * If the user has said in this conversation that speaker 1 is Anna, a later stream's Anna, recognised by
 * her voice, is speaker 1 again, and nobody else is. Speakers who are not recognised take the numbers
 * that are left, in the order in which they begin to speak.
 *
 * People: a segment that nobody is assigned to gets, in this order, whom the user has assigned to the
 * segment, whom the user has assigned to its speaker, and who was recognised by voice or name.
 */
export class ConversationSpeakers {
  readonly #voice: SessionVoice | null;
  /** Speaker of the stream → number of the label. */
  readonly #labels = new Map<number, number>();
  readonly #taken = new Set<number>();
  #corrections: SpeakerCorrections['speakers'] = {};
  readonly #bySegment = new Map<string, string>();
  readonly #byLabel = new Map<number, string>();
  readonly #recognised = new Map<number, string>();

  /** @param voice who speaks in all of the session, null if the speakers are to be told apart */
  constructor(voice: SessionVoice | null) {
    this.#voice = voice;
  }

  /**
   * A stream starts.
   *
   * @param corrections what the user has said about the conversation so far
   * @param heard words of an earlier stream, whose speakers keep their labels' numbers
   */
  begin(corrections: SpeakerCorrections | undefined, heard: readonly HeardSpan[]): void {
    this.#labels.clear();
    this.#taken.clear();
    this.#recognised.clear();
    this.#corrections = corrections?.speakers ?? {};
    for (const { speaker } of heard) if (speaker !== null) this.#take(speaker, speaker);
  }

  /**
   * Returns the number of the label of a speaker whose voice was recognised. It must be asked for before
   * the speaker's first words.
   */
  identify({ speaker, personId }: Pick<SpeakerIdentified, 'speaker' | 'personId'>): number {
    const known = this.#labels.get(speaker);
    if (known !== undefined) return known;
    const named = Object.keys(this.#corrections)
      .filter((label) => this.#corrections[label] === personId)
      .map(Number)
      .find((label) => !this.#taken.has(label));
    return this.#take(speaker, named ?? this.#lowest((label) => !(label in this.#corrections)));
  }

  /** The label of a speaker of the stream and who the server believes that to be; null before any words. */
  find(speaker: number): { label: number; recognised: string | null } | null {
    const label = this.#labels.get(speaker);
    if (label === undefined) return null;
    return { label, recognised: this.#recognised.get(label) ?? null };
  }

  /** The words with the numbers of the conversation's labels. */
  label(words: readonly SttWord[]): SttWord[] {
    return words.map((word) => {
      const { speaker } = word;
      if (speaker === null) return word;
      const known = this.#labels.get(speaker);
      return {
        ...word,
        speaker:
          known ??
          this.#take(
            speaker,
            this.#lowest(() => true),
          ),
      };
    });
  }

  /** Notes who the server believes a label is. */
  recognise(label: number, personId: string): void {
    remember(this.#recognised, label, personId);
  }

  /** Notes who the user says a label is; `OWNER` is the owner of the device. */
  assign(label: number, personId: string, segmentIds: readonly string[]): void {
    remember(this.#byLabel, label, personId);
    for (const id of segmentIds) remember(this.#bySegment, id, personId);
  }

  /** The segment with the label of its channel and the person who is known to speak in it. */
  name(heard: TranscriptSegment): TranscriptSegment {
    const segment = withVoice(heard, this.#voice);
    if (segment.isUser || segment.personId !== null) return segment;
    const label = labelNumberOf(segment.speaker);
    const person =
      this.#bySegment.get(segment.id) ??
      (label === null ? undefined : (this.#byLabel.get(label) ?? this.#recognised.get(label)));
    if (person === undefined) return segment;
    return person === OWNER
      ? { ...segment, isUser: true, personId: null }
      : { ...segment, isUser: false, personId: person };
  }

  #take(speaker: number, label: number): number {
    this.#labels.set(speaker, label);
    this.#taken.add(label);
    return label;
  }

  #lowest(fits: (label: number) => boolean): number {
    let label = 0;
    while (this.#taken.has(label) || !fits(label)) label += 1;
    return label;
  }
}

/** The number in a label `SPEAKER_<n>`, null for other labels, which clients may give. */
export function labelNumberOf(speaker: string): number | null {
  return /_\d+$/.test(speaker) ? speakerIdOf(speaker) : null;
}

function remember<Key>(assignments: Map<Key, string>, key: Key, personId: string): void {
  assignments.delete(key);
  assignments.set(key, personId);
  for (const oldest of assignments.keys()) {
    if (assignments.size <= MAX_ASSIGNMENTS) return;
    assignments.delete(oldest);
  }
}
