import type { SessionVoice } from '../model/conversations/listen-session.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import type { SpeakerCorrections } from '../model/people/speaker-correction.ts';
import type { HeardSpan } from '../stt/stream-speakers.ts';
import type { SttEvent, SttWord } from '../stt/stt-event.ts';
import { KnownPeople } from '../transcripts/known-people.ts';
import { wordsToSegments } from '../transcripts/words-to-segments.ts';
import { ConversationSpeakers } from './conversation-speakers.ts';
import { SpeakerSuggestions, type SpeakerSuggestionsOptions } from './speaker-suggestions.ts';

/** How long words are remembered that a further stream recognises the speakers by, milliseconds. */
const HEARD_MS = 6_000;

export interface SessionSpeakersOptions extends Omit<SpeakerSuggestionsOptions, 'speakers'> {
  /** Who speaks in all of the session, null if the speakers are to be told apart. */
  voice: SessionVoice | null;
  /** Words of the same recording that are stored already. */
  heard: readonly HeardSpan[];
}

/** Everything that a live session knows of who speaks in it, and what its client is told of that. */
export class SessionSpeakers {
  readonly #speakers: ConversationSpeakers;
  readonly #suggestions: SpeakerSuggestions;
  readonly #people: KnownPeople;
  /** The last words, with the numbers of their labels. */
  #heard: HeardSpan[];

  constructor({ voice, heard, ...options }: SessionSpeakersOptions) {
    this.#speakers = new ConversationSpeakers(voice);
    this.#suggestions = new SpeakerSuggestions({ ...options, speakers: this.#speakers });
    this.#people = new KnownPeople(options.store, options.uid);
    this.#heard = [...heard];
  }

  /**
   * A stream starts. Returns the last words of the stream before it, for `StreamStart`.
   *
   * @param corrections what the user has said about the conversation so far
   * @param isSplit true if the audio was split for a new conversation, which counts its speakers anew
   */
  begin(corrections: SpeakerCorrections | undefined, isSplit: boolean): HeardSpan[] {
    if (isSplit) this.#heard = this.#heard.map((span) => ({ ...span, speaker: null }));
    this.#suggestions.begin();
    this.#speakers.begin(corrections, this.#heard);
    return this.#heard;
  }

  /** Takes what the stream says about its speakers; ignores all other events. */
  take(event: SttEvent): void {
    if (event.type !== 'speaker-identified') return;
    const speaker = this.#speakers.identify(event);
    this.#suggestions.identified({ ...event, speaker });
  }

  /** The label of a speaker of the stream and who that was recognised as; null before any words. */
  find(speaker: number): { label: number; recognised: string | null } | null {
    return this.#speakers.find(speaker);
  }

  /** The words of a final result as segments with the conversation's labels. */
  toSegments(words: readonly SttWord[], sttProvider: string): TranscriptSegment[] {
    const labelled = this.#speakers.label(words);
    const spans = labelled.map(({ startMs, endMs, speaker }) => ({ startMs, endMs, speaker }));
    const heard = [...this.#heard, ...spans];
    const keptFromMs = (heard.at(-1)?.endMs ?? 0) - HEARD_MS;
    this.#heard = heard.filter(({ endMs }) => endMs >= keptFromMs);
    return wordsToSegments(labelled, 0, sttProvider);
  }

  /** The segment with the label of its channel and the person who is known to speak in it. */
  name(segment: TranscriptSegment): TranscriptSegment {
    return this.#speakers.name(segment);
  }

  /** The segments as `name` has them, without people whom the user does not have. */
  async nameAll(segments: readonly TranscriptSegment[]): Promise<TranscriptSegment[]> {
    return await this.#people.check(segments.map((segment) => this.name(segment)));
  }

  /** Notes who the user says a speaker is. */
  assign(speakerId: number, personId: string, segmentIds: readonly string[]): void {
    this.#speakers.assign(speakerId, personId, segmentIds);
  }

  /** Takes segments that the client has just been sent, and tells it who seems to speak. */
  look(segments: readonly TranscriptSegment[]): void {
    this.#suggestions.look(segments);
  }

  /** Resolves when everything that was looked at is done. */
  settled(): Promise<void> {
    return this.#suggestions.settled();
  }
}
