import type { AudioSource } from '../audio/session-audio.ts';
import type { Clock } from '../kernel/clock.ts';
import type { EventBus } from '../kernel/event-bus.ts';
import type { Logger } from '../kernel/logger.ts';
import type { DomainEvents } from '../model/domain-events.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { ConversationNews } from './conversation-news.ts';
import type { ListenEvent } from './listen-event.ts';
import type { ListenSession } from './listen-session.ts';
import type { AnswerCheck } from './onboarding/onboarding-check.ts';
import { OnboardingInterview } from './onboarding/onboarding-interview.ts';
import type { ImageChunk } from './photos/photo-assembly.ts';
import { PhotoIntake } from './photos/photo-intake.ts';
import type { SuggestedTranscript } from './suggested-transcript.ts';

/** The audio channels of one connection: one, or those of a call. */
export interface Channels {
  /** In the order in which they start. */
  all: readonly ListenSession[];
  /** The channel that the connection as a whole is known by. */
  lead: ListenSession;
  /** The channel of a binary message and the audio in it; null for a message of no channel. */
  route(message: Uint8Array): { channel: ListenSession; audio: Uint8Array } | null;
  /** Called once all channels are closed. */
  end(): Promise<void>;
}

/** The one channel of most connections. */
export function singleChannel(session: ListenSession): Channels {
  return {
    all: [session],
    lead: session,
    route: (message) => ({ channel: session, audio: message }),
    end: () => Promise.resolve(),
  };
}

export interface ClientSessionOptions {
  channels: Channels;
  /** Judges the answers of an interview; null if there is no interview. */
  checkAnswer: AnswerCheck | null;
  /** True if photos will be described. */
  describesPhotos: boolean;
  store: DocumentStore;
  clock: Clock;
  events: EventBus<DomainEvents>;
  logger: Logger;
  emit(event: ListenEvent): void;
}

/** Everything that happens over one connection of a device: its channels, its photos, its interview. */
export class ClientSession {
  readonly uid: string;
  readonly #channels: Channels;
  readonly #photos: PhotoIntake;
  readonly #interview: OnboardingInterview | null;
  readonly #news: ConversationNews;
  readonly #unsubscribe: () => void;
  readonly #logger: Logger;
  /** Messages of channels that do not exist. */
  #ignored = 0;

  constructor(options: ClientSessionOptions) {
    const { channels, checkAnswer, describesPhotos: describes, events, emit } = options;
    this.uid = channels.lead.uid;
    this.#logger = options.logger;
    this.#channels = channels;
    this.#photos = new PhotoIntake({ ...options, place: this, describes });
    this.#interview =
      checkAnswer && new OnboardingInterview({ ...options, place: this, checkAnswer });
    this.#news = new ConversationNews({ ...options, uid: this.uid });
    this.#unsubscribe = events.on('photo-described', (event) => {
      if (event.uid !== this.uid || !this.#photos.tookIn(event.photoId)) return;
      const { photoId, description, discarded } = event;
      emit({ type: 'photo-described', photoId, description, discarded });
    });
  }

  /** Id of the leading channel in the store. */
  get id(): string {
    return this.#channels.lead.id;
  }

  /** The conversation that words and photos go to now. */
  get conversationId(): string {
    return this.#channels.lead.conversationId;
  }

  /** Wall time that the session's words are counted from, epoch milliseconds. */
  get startedAt(): number {
    return this.#channels.lead.startedAt;
  }

  /** The client's stream that the audio belongs to, and how much of it is kept; null if there is none. */
  get stream(): { id: string; keptMs: number } | null {
    return this.#channels.lead.stream;
  }

  /** True if a channel is known by this id in the store. */
  hasId(sessionId: string): boolean {
    return this.#channels.all.some(({ id }) => id === sessionId);
  }

  /** Starts the channels one after another, so that `ready` of the last one means all of them. */
  async start(): Promise<void> {
    try {
      for (const channel of this.#channels.all) await channel.start();
    } catch (error) {
      await this.close();
      throw error;
    }
    this.#interview?.start();
  }

  /** Takes one binary message. */
  audio(message: Uint8Array): void {
    const routed = this.#channels.route(message);
    if (routed) routed.channel.audio(routed.audio);
    else this.#ignored += 1;
  }

  /**
   * Asks `source` before each write of the audio log, so that it can still give `audio` what it holds.
   * Returns a function that ends this; null if the session keeps no audio.
   */
  addSource(source: AudioSource): (() => void) | null {
    const ends = this.#channels.all.flatMap((channel) => channel.addSource(source) ?? []);
    if (ends.length === 0) return null;
    return () => {
      for (const end of ends) end();
    };
  }

  /** Resolves when the audio that was taken is written: no crash of the process loses it then. */
  async flushed(): Promise<void> {
    await this.#each((channel) => channel.flushed());
  }

  /** Takes words that the client recognised by itself. */
  suggest(message: SuggestedTranscript): void {
    this.#channels.lead.suggest(message);
  }

  /** Notes who the user says a speaker is. */
  assignSpeaker(speakerId: number, personId: string, segmentIds: readonly string[]): void {
    for (const channel of this.#channels.all) {
      channel.assignSpeaker(speakerId, personId, segmentIds);
    }
  }

  /** Takes a part of a photo. */
  photo(chunk: ImageChunk): void {
    this.#photos.take(chunk);
  }

  /** The user does not want to answer; ignored without an interview. */
  skipQuestion(): void {
    this.#interview?.skip();
  }

  /** Notes an event that the client is sent, for the interview. */
  observe(event: ListenEvent): void {
    this.#interview?.observe(event);
  }

  /** Resolves when more may be taken from the client; undefined if it may be taken now. */
  backpressure(): Promise<void> | undefined {
    // Asked for each frame: no array is made unless there is something to wait for.
    let waits: Promise<void>[] | undefined;
    for (const channel of this.#channels.all) {
      const wait = channel.backpressure();
      if (wait) waits = [...(waits ?? []), wait];
    }
    return waits ? Promise.all(waits).then(() => undefined) : this.#photos.backpressure();
  }

  /** True if audio of the conversation waits for a provider that is down. */
  hasUnheardAudio(conversationId: string): boolean {
    return this.#channels.all.some((channel) => channel.hasUnheardAudio(conversationId));
  }

  /** Starts another conversation after the current one was deleted. */
  async renewConversation(): Promise<void> {
    await this.#each((channel) => channel.renewConversation());
  }

  /** Gets the last words out of the provider and into the store; gives up after `timeoutMs`. */
  async flush(timeoutMs: number): Promise<void> {
    await this.#photos.settled();
    await this.#each((channel) => channel.flush(timeoutMs));
  }

  /** Ends the session: the last words are awaited and stored. Calling it again waits for the first call. */
  async close(): Promise<void> {
    await this.#interview?.stop();
    await this.#photos.settled();
    try {
      const ended = await Promise.allSettled(this.#channels.all.map((channel) => channel.close()));
      await this.#channels.end();
      for (const result of ended) if (result.status === 'rejected') throw result.reason;
    } finally {
      this.#unsubscribe();
      this.#news.stop();
      const ignored = this.#ignored;
      if (ignored > 0) this.#logger.info({ ignored }, 'messages of unknown channels ignored');
    }
  }

  /** Disconnects the client and takes nothing more from it. */
  disconnect(reason: string): void {
    for (const channel of this.#channels.all) channel.disconnect(reason);
  }

  /** Another process has taken the session: disconnects the client and writes nothing more. */
  relinquish(): void {
    for (const channel of this.#channels.all) channel.relinquish();
  }

  /** Stops waiting for the provider; what it has not answered is left to the backlog job. */
  interrupt(): void {
    for (const channel of this.#channels.all) channel.interrupt();
  }

  async #each(work: (channel: ListenSession) => Promise<void>): Promise<void> {
    await Promise.all(this.#channels.all.map(work));
  }
}
