import type { SessionVoice } from '../model/listen-session.ts';
import type { AttachOptions } from '../transcripts/live-conversations.ts';
import { CallConversation, type CallConversationOptions } from './call-conversation.ts';
import type { ListenEvent } from './listen-event.ts';
import type { OpenConversation } from './listen-session-options.ts';
import type { LiveSession } from './live-session.ts';
import type { SuggestedTranscript } from './suggested-transcript.ts';

/** What is known of a channel by the first byte of its messages. */
const CHANNELS = [
  { id: 0x01, voice: { speaker: 'SPEAKER_00', isUser: true } },
  { id: 0x02, voice: { speaker: 'SPEAKER_01', isUser: false } },
] as const satisfies readonly { id: number; voice: SessionVoice }[];
/** The channel whose events about the whole connection are passed on. */
const LEAD = 0x01;
const START_UP = new Set([
  'initiating',
  'in_progress_conversations_processing',
  'stt_initiating',
  'ready',
]);

export interface MultiChannelOptions extends CallConversationOptions {
  emit(event: ListenEvent): void;
  /** Makes the session of one channel: its own audio log, its own provider, one speaker. */
  openChannel(options: {
    voice: SessionVoice;
    openConversation: OpenConversation;
    emit: (event: ListenEvent) => void;
  }): LiveSession;
}

/**
 * A connection with the microphone on one channel and the other side on a second: a phone call.
 * A message is one byte of channel id, then audio. Each channel is a session of its own, so that
 * everything that is kept safe of a session is kept safe of each, and both speak in one
 * conversation that belongs to this connection alone and ends with it.
 */
export class MultiChannelSession implements LiveSession {
  readonly uid: string;
  /** A call's audio is sent once, as it is spoken. */
  readonly stream = null;
  readonly #channels: ReadonlyMap<number, LiveSession>;
  readonly #lead: LiveSession;
  readonly #conversation: CallConversation;
  /** Messages of channels that there are not. */
  dropped = 0;

  constructor(options: MultiChannelOptions) {
    this.uid = options.uid;
    this.#conversation = new CallConversation(options);
    const openConversation: OpenConversation = (attach: AttachOptions, after) =>
      this.#conversation.open(attach, after);
    const open = (id: number, voice: SessionVoice) =>
      options.openChannel({
        voice,
        openConversation,
        emit: id === LEAD ? options.emit : (event) => passOn(event, options.emit),
      });
    this.#channels = new Map(CHANNELS.map(({ id, voice }) => [id, open(id, voice)]));
    const lead = this.#channels.get(LEAD);
    if (!lead) throw new Error('No channel of the user.');
    this.#lead = lead;
  }

  get conversationId(): string {
    return this.#lead.conversationId;
  }

  get startedAt(): number {
    return this.#lead.startedAt;
  }

  /** The lead begins last: `ready` is to mean that every channel is. */
  async start(): Promise<void> {
    try {
      for (const channel of this.#others()) await channel.start();
      await this.#lead.start();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  audio(message: Uint8Array): void {
    const channel = this.#channels.get(message[0] ?? 0);
    if (channel) channel.audio(message.subarray(1));
    else this.dropped += 1;
  }

  async kept(): Promise<void> {
    await Promise.all(this.#all().map((channel) => channel.kept()));
  }

  /** Of a client that sends its channels there is nothing to be taken but audio. */
  suggest(_message: SuggestedTranscript): void {
    this.dropped += 1;
  }

  assignSpeaker(speakerId: number, personId: string, segmentIds: readonly string[]): void {
    for (const channel of this.#all()) channel.assignSpeaker(speakerId, personId, segmentIds);
  }

  overload(): Promise<void> | undefined {
    const waits = this.#all().flatMap((channel) => channel.overload() ?? []);
    return waits.length === 0 ? undefined : Promise.all(waits).then(() => undefined);
  }

  hasUnheardAudio(conversationId: string): boolean {
    return this.#all().some((channel) => channel.hasUnheardAudio(conversationId));
  }

  async renewConversation(): Promise<void> {
    await Promise.all(this.#all().map((channel) => channel.renewConversation()));
  }

  async flush(timeoutMs: number): Promise<void> {
    await Promise.all(this.#all().map((channel) => channel.flush(timeoutMs)));
  }

  async close(): Promise<void> {
    const ended = await Promise.allSettled(this.#all().map((channel) => channel.close()));
    await this.#conversation.end();
    for (const result of ended) if (result.status === 'rejected') throw result.reason;
  }

  dismiss(reason: string): void {
    for (const channel of this.#all()) channel.dismiss(reason);
  }

  hasId(sessionId: string): boolean {
    return this.#all().some((channel) => channel.hasId(sessionId));
  }

  /** The channels are of one connection: it goes as a whole. */
  yieldTo(): void {
    for (const channel of this.#all()) channel.yieldTo();
  }

  interrupt(): void {
    for (const channel of this.#all()) channel.interrupt();
  }

  #all(): LiveSession[] {
    return [...this.#channels.values()];
  }

  #others(): LiveSession[] {
    return this.#all().filter((channel) => channel !== this.#lead);
  }
}

/** Of the other channels the client gets what is about them, not what is about the connection. */
function passOn(event: ListenEvent, emit: (event: ListenEvent) => void): void {
  switch (event.type) {
    case 'last-conversation':
    case 'conversation-session':
      return;
    case 'service-status':
      if (!START_UP.has(event.status)) emit(event);
      return;
    default:
      emit(event);
  }
}
