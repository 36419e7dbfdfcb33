import type { SpeakerCorrections } from '../model/speaker-correction.ts';
import type { TranscriptSegment } from '../model/transcript-segment.ts';
import type { HeardSpan } from '../stt/stream-speakers.ts';
import type { SttEvent, SttWord } from '../stt/stt-event.ts';
import { SpeakerLabels } from './speaker-labels.ts';
import { SpeakerNumbers } from './speaker-numbers.ts';
import { SpeakerSuggestions, type SpeakerSuggestionsOptions } from './speaker-suggestions.ts';

/** How long words are remembered by which a further stream knows the speakers, milliseconds. */
const HEARD_MS = 6_000;

/** Everything that a session knows of who speaks in it. */
export class SessionSpeakers {
  readonly #numbers = new SpeakerNumbers();
  readonly #labels = new SpeakerLabels();
  readonly #suggestions: SpeakerSuggestions;
  /** The last words, with their speakers' labels. */
  #heard: HeardSpan[] = [];

  constructor(options: Omit<SpeakerSuggestionsOptions, 'labels'>) {
    this.#suggestions = new SpeakerSuggestions({ ...options, labels: this.#labels });
  }

  /**
   * A provider's stream begins, in a conversation of which the user has said this so far. Answers the
   * last words of the stream before, for `continued`.
   *
   * @param isCut true where that one was cut for a new conversation, which counts its speakers anew
   */
  begin(corrections: SpeakerCorrections | undefined, isCut: boolean): HeardSpan[] {
    if (isCut) this.#heard = this.#heard.map((span) => ({ ...span, speaker: null }));
    this.#suggestions.begin();
    this.#numbers.begin(corrections, this.#heard);
    return this.#heard;
  }

  /** Takes what the stream says about its speakers; passes over everything else. */
  take(event: SttEvent): void {
    if (event.type !== 'speaker-identified') return;
    const speaker = this.#numbers.recognised(event.speaker, event.personId);
    this.#suggestions.identified({ ...event, speaker });
  }

  /** The words with the conversation's numbers of their speakers. */
  labelled(words: readonly SttWord[]): SttWord[] {
    const labelled = this.#numbers.labelled(words);
    const spans = labelled.map(({ startMs, endMs, speaker }) => ({ startMs, endMs, speaker }));
    const heard = [...this.#heard, ...spans];
    const keptFromMs = (heard.at(-1)?.endMs ?? 0) - HEARD_MS;
    this.#heard = heard.filter(({ endMs }) => endMs >= keptFromMs);
    return labelled;
  }

  /** The segment with whoever is known to speak in it. */
  named(segment: TranscriptSegment): TranscriptSegment {
    return this.#labels.apply(segment);
  }

  /** Takes the user's word. */
  assign(speakerId: number, personId: string, segmentIds: readonly string[]): void {
    this.#labels.assign(speakerId, personId, segmentIds);
  }

  /** Takes segments that the client has just been told of, and tells it who seems to speak. */
  look(segments: readonly TranscriptSegment[]): void {
    this.#suggestions.look(segments);
  }

  /** Resolves when everything that was looked at is done. */
  settled(): Promise<void> {
    return this.#suggestions.settled();
  }
}
