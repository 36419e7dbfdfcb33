import { describeError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import { OWNER } from '../model/people/speaker-correction.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { SttEvent } from '../stt/stt-event.ts';
import { nameLiveSegments } from '../transcripts/name-live-segments.ts';
import type { SpeechHeard } from './conversation-voices.ts';
import type { SessionSpeakers } from './session-speakers.ts';

export interface VoiceNotesOptions {
  listen: { uid: string; speakerAutoAssign: boolean };
  store: DocumentStore;
  speakers: {
    /** Keeps the voice of a speaker. */
    note(uid: string, heard: SpeechHeard): Promise<void>;
  };
  logger: Logger;
  emit(event: { type: 'segments-updated'; segments: TranscriptSegment[]; receivedAt: null }): void;
}

/** The conversation that words go to now, and the wall time of the audio's first byte. */
interface Place {
  readonly conversationId: string;
  readonly startedAt: number;
}

/**
 * Keeps what a session's stream says about voices: notes them with the conversation, and names the
 * words that were stored before it was known whose they are.
 */
export class VoiceNotes {
  readonly #o: VoiceNotesOptions;
  readonly #speakers: SessionSpeakers;
  readonly #place: Place;
  readonly #stored: () => Promise<void>;
  /** The work so far: one thing after the other. */
  #work: Promise<void> = Promise.resolve();

  /**
   * @param place read whenever something is heard
   * @param stored resolves when the words so far are stored
   */
  constructor(
    options: VoiceNotesOptions,
    speakers: SessionSpeakers,
    place: Place,
    stored: () => Promise<void>,
  ) {
    this.#o = options;
    this.#speakers = speakers;
    this.#place = place;
    this.#stored = stored;
  }

  /** Takes what a stream says about its speakers; ignores all other events. */
  take(event: SttEvent): void {
    this.#speakers.take(event);
    if (event.type !== 'voice-heard' && event.type !== 'speaker-identified') return;
    const found = this.#speakers.find(event.speaker);
    if (found === null) return;
    const { uid, speakerAutoAssign } = this.#o.listen;
    const { conversationId, startedAt } = this.#place;
    const { label, recognised } = found;
    if (event.type === 'voice-heard') {
      const { startMs, endMs, voice } = event;
      const span = { startAt: startedAt + startMs, endAt: startedAt + endMs };
      const heard = { conversationId, speaker: label, ...span, voice, recognised };
      this.#do(() => this.#o.speakers.note(uid, heard));
    } else if (event.personId === OWNER || speakerAutoAssign) {
      this.#do(() => this.#name(conversationId, label, event.personId));
    }
  }

  /** Resolves when everything that was taken is done. */
  async settled(): Promise<void> {
    await this.#speakers.settled();
    await this.#work;
  }

  async #name(conversationId: string, speaker: number, person: string): Promise<void> {
    const { store, listen, emit } = this.#o;
    await this.#stored();
    const segments = await nameLiveSegments(store, listen.uid, conversationId, { speaker, person });
    if (segments.length > 0) emit({ type: 'segments-updated', segments, receivedAt: null });
  }

  #do(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error) => {
      this.#o.logger.warn({ error: describeError(error) }, 'voice not noted');
    });
  }
}
