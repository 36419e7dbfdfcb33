import type { AudioLog } from '../audio/audio-log.ts';
import type { Clock } from '../kernel/clock.ts';
import type { EventBus } from '../kernel/event-bus.ts';
import type { Logger } from '../kernel/logger.ts';
import { mayRecord, type User } from '../model/accounts/user.ts';
import type { SessionVoice } from '../model/conversations/listen-session.ts';
import type { DomainEvents } from '../model/domain-events.ts';
import type { Person } from '../model/people/person.ts';
import type { SpeechHeard } from '../speakers/conversation-voices.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { SessionStt } from '../stt/session-stt.ts';
import type { AttachOptions } from '../transcripts/live-conversations.ts';
import type { BeginFeed } from '../webhooks/live-webhooks.ts';
import type { ListenEvent } from './listen-event.ts';
import type { ListenOptions } from './listen-options.ts';
import type { SessionConversations } from './session-conversation.ts';
import type { StreamPosition } from './stream-position.ts';

export interface ListenSessionOptions {
  listen: ListenOptions;
  user: User;
  /** Null for a client that transcribes by itself. */
  stt: SessionStt | null;
  store: DocumentStore;
  /** The conversation that the session begins in, and the one that follows when that has ended. */
  conversations: SessionConversations;
  speakers: {
    /** Who speaks in all of it, null if the speakers are to be told apart. */
    voice: SessionVoice | null;
    /** Makes the person of a name, or finds the one that there is. */
    personOfName(uid: string, name: string): Promise<Person>;
    /** Keeps the voice of a speaker. */
    note(uid: string, heard: SpeechHeard): Promise<void>;
  };
  /** Where the audio continues in the client's stream; null if the client counts none. */
  stream: StreamPosition | null;
  audioLog: AudioLog;
  /** Told what is said. */
  beginFeed: BeginFeed;
  /** Audio that the client may send at once, milliseconds; null: no limit. */
  maxAudioBurstMs: number | null;
  /** The process that the session is held by. */
  instanceId: string;
  events: EventBus<DomainEvents>;
  clock: Clock;
  logger: Logger;
  emit(event: ListenEvent): void;
}

/** How a session's conversations begin. */
export function attachOptionsOf({
  listen,
  user,
}: Pick<ListenSessionOptions, 'listen' | 'user'>): AttachOptions {
  return {
    timeoutMs: listen.conversationTimeoutMs,
    source: listen.source,
    language: listen.language,
    // Of a client that transcribes by itself no audio is kept.
    privateCloudSyncEnabled: mayRecord(user) && !listen.customStt,
  };
}
