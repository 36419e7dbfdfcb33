import type { AudioLog } from '../audio/audio-log.ts';
import { requireDecoder } from '../audio/codec.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import type { EventBus } from '../kernel/event-bus.ts';
import type { Logger } from '../kernel/logger.ts';
import type { LanguageModel } from '../llm/language-model.ts';
import type { VisionModel } from '../llm/vision-model.ts';
import type { User } from '../model/accounts/user.ts';
import type { SessionVoice } from '../model/conversations/listen-session.ts';
import type { DomainEvents } from '../model/domain-events.ts';
import type { KnownVoices } from '../speakers/known-voices.ts';
import type { PeopleService } from '../speakers/people-service.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { SessionStt } from '../stt/session-stt.ts';
import { NO_VOICES, type SessionVoices } from '../stt/session-voices.ts';
import type { AttachOptions, LiveConversations } from '../transcripts/live-conversations.ts';
import type { BeginFeed } from '../webhooks/live-webhooks.ts';
import { openCallChannels } from './call-channels.ts';
import { type Channels, ClientSession, singleChannel } from './client-session.ts';
import { type ConnectedDevices, deviceKeyOf } from './connected-devices.ts';
import type { ListenEvent } from './listen-event.ts';
import type { ListenOptions } from './listen-options.ts';
import { ListenSession } from './listen-session.ts';
import { createAnswerCheck } from './onboarding/onboarding-check.ts';
import { loggedFormat, type SttOpener } from './open-stt.ts';
import type { OpenConversation } from './session-conversation.ts';
import type { SharedSessions } from './shared-sessions.ts';
import type { StreamPosition } from './stream-position.ts';

/** What the channels of a call are brought to before a provider hears them, hertz. */
const CALL_RATE = 16_000;
/** In an interview everybody but the one who asks is the user. */
const INTERVIEWED: SessionVoice = { speaker: null, isUser: true };

export interface SessionOpenerOptions {
  store: DocumentStore;
  live: LiveConversations;
  audioLog: AudioLog;
  maxAudioBurstMs: number | null;
  events: EventBus<DomainEvents>;
  clock: Clock;
  logger: Logger;
  stt: SttOpener;
  models: {
    language: (uid: string) => LanguageModel | null;
    vision: (uid: string) => VisionModel | null;
  };
  people: PeopleService;
  /** The voices that are known in a user's sessions, and those that are heard there. */
  voices: KnownVoices;
  instanceId: string;
  shared: SharedSessions;
  beginFeed: BeginFeed;
  devices: ConnectedDevices;
}

/** Puts together what a connection asks for: one or more channels, photos, an interview. */
export class SessionOpener {
  readonly #o: SessionOpenerOptions;

  constructor(options: SessionOpenerOptions) {
    this.#o = options;
  }

  /** A session that has not begun. Errors: `unsupported-codec`, `not-configured`, `disk-full`. */
  async open(
    user: User,
    listen: ListenOptions,
    stream: StreamPosition | null,
    tell: (event: ListenEvent) => void,
  ): Promise<ClientSession> {
    const { logger, models } = this.#o;
    let session: ClientSession | null = null;
    const emit = (event: ListenEvent) => {
      tell(event);
      session?.observe(event);
    };
    session = new ClientSession({
      ...this.#o,
      channels: await this.#channels(user, listen, stream, emit),
      checkAnswer: listen.onboarding ? createAnswerCheck(models.language(user.id), logger) : null,
      describesPhotos: models.vision(user.id) !== null,
      emit: tell,
    });
    return session;
  }

  async #channels(
    user: User,
    listen: ListenOptions,
    stream: StreamPosition | null,
    emit: (event: ListenEvent) => void,
  ): Promise<Channels> {
    if (listen.customStt) return singleChannel(this.#channel(user, listen, null, { emit }));
    if (listen.channels === 1) {
      const knows = listen.includeSpeechProfile && !listen.onboarding;
      const voices = knows ? await this.#o.voices.load(user.id) : NO_VOICES;
      const stt = this.#openStt(user, listen, { voices: listen.onboarding ? null : voices });
      await this.#assertReady(stt);
      return singleChannel(this.#channel(user, listen, stt, { emit, stream }));
    }
    await this.#assertReady(this.#openCallStt(user, listen));
    const { uid, callId } = listen;
    return openCallChannels({
      uid,
      callId,
      store: this.#o.store,
      clock: this.#o.clock,
      emit,
      openChannel: (channel) =>
        this.#channel(user, listen, this.#openCallStt(user, listen), channel),
    });
  }

  #channel(
    user: User,
    listen: ListenOptions,
    stt: SessionStt | null,
    channel: {
      emit: (event: ListenEvent) => void;
      stream?: StreamPosition | null;
      voice?: SessionVoice;
      openConversation?: OpenConversation;
    },
  ): ListenSession {
    const { store, live, audioLog, events, clock, logger, people, instanceId } = this.#o;
    return new ListenSession({
      listen,
      user,
      stt,
      store,
      stream: channel.stream ?? null,
      audioLog,
      beginFeed: this.#o.beginFeed,
      maxAudioBurstMs: this.#o.maxAudioBurstMs,
      instanceId,
      events,
      clock,
      logger,
      emit: channel.emit,
      speakers: {
        voice: channel.voice ?? (listen.onboarding ? INTERVIEWED : null),
        personOfName: (owner, name) => people.createPerson(owner, name),
        note: (owner, heard) => this.#o.voices.note(owner, heard),
      },
      conversations: {
        open: channel.openConversation ?? ((options) => this.#openShared(listen, options)),
        isOpen: (owner, id) => live.isOpen(owner, id),
      },
    });
  }

  /** Opens or resumes the conversation of the device. */
  async #openShared(listen: ListenOptions, options: AttachOptions): Promise<string> {
    const { live, devices, shared } = this.#o;
    const { uid, clientKey } = listen;
    const heldByOthers = await devices.heldByOthers(listen);
    const conversationId = listen.conversationId ?? null;
    const wish = { clientKey: deviceKeyOf(listen), conversationId, heldByOthers };
    const { conversation, resumed } = await live.attach(uid, options, wish);
    if (resumed) await shared.takeFromOthers(uid, conversation.id, clientKey);
    return conversation.id;
  }

  #openStt(
    user: User,
    listen: ListenOptions,
    {
      voices = null,
      resampleTo = null,
    }: { voices?: SessionVoices | null; resampleTo?: number | null },
  ): SessionStt {
    const heard = listen.onboarding ? { ...user, singleLanguageMode: true } : user;
    const stt = this.#o.stt.open(heard, { ...listen, isRecorded: false, resampleTo }, voices);
    if (stt) return stt;
    throw new AppError(
      'not-configured',
      `No speech-to-text provider is configured: download a model with \`omi-backend models pull\`, or see what \`omi-backend doctor\` says, or connect with custom_stt=enabled.`,
    );
  }

  /** A call has two speakers, so that nobody's vocabulary is used, and its audio has telephone rates. */
  #openCallStt(user: User, listen: ListenOptions): SessionStt {
    const { encoding } = loggedFormat(listen);
    if (encoding === 'aac' || encoding === 'lc3') {
      throw new AppError(
        'unsupported-codec',
        `The channels of a call are PCM or Opus, not ${listen.codec}.`,
      );
    }
    const resampleTo = encoding === 'pcm-s16le' ? CALL_RATE : null;
    const stt = this.#openStt({ ...user, vocabulary: [] }, listen, { resampleTo });
    return { ...stt, options: { ...stt.options, keyterms: [] } };
  }

  async #assertReady(stt: SessionStt): Promise<void> {
    await requireDecoder(stt.format);
    await this.#o.audioLog.assertSpace();
  }
}
