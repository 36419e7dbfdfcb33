import { describeError } from '../kernel/errors.ts';
import { OWNER } from '../model/people/speaker-correction.ts';
import type { SessionSpeakers } from '../speakers/session-speakers.ts';
import type { SttEvent } from '../stt/stt-event.ts';
import { nameLiveSegments } from '../transcripts/name-live-segments.ts';
import type { ListenSessionOptions } from './listen-session-options.ts';

type Options = Pick<ListenSessionOptions, 'listen' | 'store' | 'speakers' | 'emit' | 'logger'>;

/** The session that voices are heard in. */
export interface VoicedSession {
  speakers: SessionSpeakers;
  /** The conversation that words go to now, and the wall time of the audio's first byte. */
  place(): { conversationId: string; startedAt: number };
  /** Resolves when the words so far are stored. */
  stored(): Promise<void>;
}

/**
 * Keeps what a session's stream says about voices: notes them with the conversation, and names the
 * words that were stored before it was known whose they are.
 */
export class VoiceNotes {
  readonly #o: Options;
  readonly #session: VoicedSession;
  /** The work so far: one thing after the other. */
  #work: Promise<void> = Promise.resolve();

  constructor(options: Options, session: VoicedSession) {
    this.#o = options;
    this.#session = session;
  }

  /** Takes what a stream says about its speakers; ignores all other events. */
  take(event: SttEvent): void {
    const { speakers, place } = this.#session;
    speakers.take(event);
    if (event.type !== 'voice-heard' && event.type !== 'speaker-identified') return;
    const found = speakers.find(event.speaker);
    if (found === null) return;
    const { uid, speakerAutoAssign } = this.#o.listen;
    const { conversationId, startedAt } = place();
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
    await this.#session.speakers.settled();
    await this.#work;
  }

  async #name(conversationId: string, speaker: number, person: string): Promise<void> {
    const { store, listen, emit } = this.#o;
    await this.#session.stored();
    const segments = await nameLiveSegments(store, listen.uid, conversationId, { speaker, person });
    if (segments.length > 0) emit({ type: 'segments-updated', segments, receivedAt: null });
  }

  #do(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error) => {
      this.#o.logger.warn({ error: describeError(error) }, 'voice not noted');
    });
  }
}
