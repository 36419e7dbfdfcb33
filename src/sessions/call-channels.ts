import type { SessionVoice } from '../model/conversations/listen-session.ts';
import { CallConversation, type CallConversationOptions } from './call-conversation.ts';
import type { Channels } from './client-session.ts';
import type { ListenEvent } from './listen-event.ts';
import type { ListenSession } from './listen-session.ts';
import type { OpenConversation } from './session-conversation.ts';

/** The side of the user: its events about the whole connection are passed on. */
const USER_CHANNEL = { id: 0x01, voice: { speaker: 'SPEAKER_00', isUser: true } };
const OTHER_CHANNEL = { id: 0x02, voice: { speaker: 'SPEAKER_01', isUser: false } };
const START_UP = new Set([
  'initiating',
  'in_progress_conversations_processing',
  'stt_initiating',
  'ready',
]);

export interface CallChannelsOptions extends CallConversationOptions {
  emit(event: ListenEvent): void;
  /** Makes the session of one channel: its own audio log, its own provider, one speaker. */
  openChannel(options: {
    voice: SessionVoice;
    openConversation: OpenConversation;
    emit: (event: ListenEvent) => void;
  }): ListenSession;
}

/**
 * A connection with the microphone on one channel and the other side on a second: a phone call.
 * A message is one byte of channel id, then audio. Each channel is a session of its own, and so as safe
 * as one; both write into one conversation, which belongs to this connection alone and ends with it.
 */
export function openCallChannels(options: CallChannelsOptions): Channels {
  const conversation = new CallConversation(options);
  const { emit, openChannel } = options;
  const openConversation: OpenConversation = (attach, after) => conversation.open(attach, after);
  const user = openChannel({ voice: USER_CHANNEL.voice, openConversation, emit });
  const other = openChannel({
    voice: OTHER_CHANNEL.voice,
    openConversation,
    emit: (event) => passOn(event, emit),
  });
  const byId = new Map([
    [USER_CHANNEL.id, user],
    [OTHER_CHANNEL.id, other],
  ]);
  return {
    // The user's side last: its `ready` has to mean that both are.
    all: [other, user],
    lead: user,
    route: (message) => {
      const channel = byId.get(message[0] ?? 0);
      return channel ? { channel, audio: message.subarray(1) } : null;
    },
    end: () => conversation.end(),
  };
}

/** Of the other channel the client gets what is about that channel, not what is about the connection. */
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
