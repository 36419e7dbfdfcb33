import type { EventBus } from '../kernel/event-bus.ts';
import type { Logger } from '../kernel/logger.ts';
import type { DomainEvents } from '../model/domain-events.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { ConversationNews } from './conversation-news.ts';
import type { ListenEvent } from './listen-event.ts';
import type { LiveSession } from './live-session.ts';
import type { OnboardingInterview } from './onboarding/onboarding-interview.ts';
import type { ImageChunk } from './photos/photo-assembly.ts';
import type { PhotoIntake } from './photos/photo-intake.ts';
import type { SuggestedTranscript } from './suggested-transcript.ts';

/** The parts of a connection that are not its audio; each tells the client by itself. */
export interface ClientSessionParts {
  session: LiveSession;
  photos: PhotoIntake;
  /** Null if nobody is to be asked. */
  interview: OnboardingInterview | null;
  store: DocumentStore;
  events: EventBus<DomainEvents>;
  logger: Logger;
  emit(event: ListenEvent): void;
}

/** Everything that goes on over one connection: its words, its photos, and its questions. */
export class ClientSession implements LiveSession {
  readonly #parts: ClientSessionParts;
  readonly #unsubscribe: () => void;
  readonly #news: ConversationNews;

  constructor(parts: ClientSessionParts) {
    this.#parts = parts;
    const { session, photos, events, emit, store, logger } = parts;
    this.#news = new ConversationNews({ uid: session.uid, store, events, logger, emit });
    this.#unsubscribe = events.on('photo-described', (event) => {
      if (event.uid !== session.uid || !photos.tookIn(event.photoId)) return;
      const { photoId, description, discarded } = event;
      emit({ type: 'photo-described', photoId, description, discarded });
    });
  }

  get uid(): string {
    return this.#parts.session.uid;
  }

  get conversationId(): string {
    return this.#parts.session.conversationId;
  }

  get stream(): { id: string; keptMs: number } | null {
    return this.#parts.session.stream;
  }

  get startedAt(): number {
    return this.#parts.session.startedAt;
  }

  async start(): Promise<void> {
    try {
      await this.#parts.session.start();
    } catch (error) {
      this.#unsubscribe();
      this.#news.stop();
      throw error;
    }
    this.#parts.interview?.start();
  }

  audio(message: Uint8Array): void {
    this.#parts.session.audio(message);
  }

  kept(): Promise<void> {
    return this.#parts.session.kept();
  }

  suggest(message: SuggestedTranscript): void {
    this.#parts.session.suggest(message);
  }

  assignSpeaker(speakerId: number, personId: string, segmentIds: readonly string[]): void {
    this.#parts.session.assignSpeaker(speakerId, personId, segmentIds);
  }

  /** Takes a part of a photo. */
  photo(chunk: ImageChunk): void {
    this.#parts.photos.take(chunk);
  }

  /** The user does not want to answer; without an interview it means nothing. */
  skipQuestion(): void {
    this.#parts.interview?.skip();
  }

  overload(): Promise<void> | undefined {
    return this.#parts.session.overload() ?? this.#parts.photos.overload();
  }

  hasUnheardAudio(conversationId: string): boolean {
    return this.#parts.session.hasUnheardAudio(conversationId);
  }

  renewConversation(): Promise<void> {
    return this.#parts.session.renewConversation();
  }

  async flush(timeoutMs: number): Promise<void> {
    await this.#parts.photos.settled();
    await this.#parts.session.flush(timeoutMs);
  }

  async close(): Promise<void> {
    await this.#parts.interview?.stop();
    await this.#parts.photos.settled();
    try {
      await this.#parts.session.close();
    } finally {
      this.#unsubscribe();
      this.#news.stop();
    }
  }

  dismiss(reason: string): void {
    this.#parts.session.dismiss(reason);
  }

  hasId(sessionId: string): boolean {
    return this.#parts.session.hasId(sessionId);
  }

  yieldTo(): void {
    this.#parts.session.yieldTo();
  }

  interrupt(): void {
    this.#parts.session.interrupt();
  }
}
