import type { SpeakerCorrections } from '../model/speaker-correction.ts';
import type { TranscriptSegment } from '../model/transcript-segment.ts';
import type { SttEvent, SttWord } from '../stt/stt-event.ts';
import { SpeakerLabels } from './speaker-labels.ts';
import { SpeakerNumbers } from './speaker-numbers.ts';
import { SpeakerSuggestions, type SpeakerSuggestionsOptions } from './speaker-suggestions.ts';

/** Everything that a session knows of who speaks in it. */
export class SessionSpeakers {
  readonly #numbers = new SpeakerNumbers();
  readonly #labels = new SpeakerLabels();
  readonly #suggestions: SpeakerSuggestions;

  constructor(options: Omit<SpeakerSuggestionsOptions, 'labels'>) {
    this.#suggestions = new SpeakerSuggestions({ ...options, labels: this.#labels });
  }

  /** A provider's stream begins, in a conversation of which the user has said this so far. */
  begin(corrections: SpeakerCorrections | undefined): void {
    this.#suggestions.begin();
    this.#numbers.begin(corrections);
  }

  /** Takes what the stream says about its speakers; passes over everything else. */
  take(event: SttEvent): void {
    if (event.type !== 'speaker-identified') return;
    const speaker = this.#numbers.recognised(event.speaker, event.personId);
    this.#suggestions.identified({ ...event, speaker });
  }

  /** The words with the conversation's numbers of their speakers. */
  labelled(words: readonly SttWord[]): SttWord[] {
    return this.#numbers.labelled(words);
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
