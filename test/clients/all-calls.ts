import { AUTHORING_CALLS } from './calls/authoring.ts';
import { CHAT_CALLS } from './calls/chat.ts';
import { CONVERSATION_CALLS } from './calls/conversations.ts';
import { RECORD_CALLS } from './calls/records.ts';
import { LAST_CALLS, SETTING_CALLS } from './calls/settings.ts';
import { SOCKET_CALLS } from './calls/sockets.ts';
import { START_UP_CALLS } from './calls/start-up.ts';
import { HOSTED_CALLS, STORE_CALLS } from './calls/store.ts';
import type { ClientCall } from './client-call.ts';

/** Every call that Omi's clients make, in an order in which each can be answered. */
export const CLIENT_CALLS: readonly ClientCall[] = [
  ...START_UP_CALLS,
  ...SOCKET_CALLS,
  ...CONVERSATION_CALLS,
  ...RECORD_CALLS,
  ...CHAT_CALLS,
  ...STORE_CALLS,
  ...AUTHORING_CALLS,
  ...HOSTED_CALLS,
  ...SETTING_CALLS,
  ...LAST_CALLS,
];
