import { AppError, type ErrorCode } from '../../../kernel/errors.ts';
import type { WebSocketClose } from '../../../kernel/websocket-client.ts';
import { vendorCloseError } from '../../vendor-socket.ts';

type Meaning = readonly [code: ErrorCode, what: string];

/** Types of `Error` (AsyncAPI of August 2026) and the payloads of the close codes. */
const BY_TYPE: Readonly<Record<string, Meaning>> = {
  invalid_message: ['provider-protocol', 'does not understand a message of this server'],
  invalid_model: ['provider-rejected', 'does not offer the model or the language'],
  invalid_language: ['provider-rejected', 'does not offer the language'],
  invalid_config: ['provider-rejected', 'rejected the configuration of the session'],
  invalid_audio_type: ['provider-rejected', 'does not take audio of this format'],
  invalid_output_format: ['provider-rejected', 'does not offer the format of the output'],
  not_authorised: ['provider-unauthorized', 'does not accept the API key'],
  not_allowed: ['provider-unauthorized', 'denies this API key the service'],
  job_error: ['provider-unavailable', 'could not run the session'],
  protocol_error: ['provider-protocol', 'and this server disagree about the protocol'],
  quota_exceeded: ['provider-quota', 'allows no further concurrent session'],
  timelimit_exceeded: ['provider-quota', 'has no usage left for this account'],
  idle_timeout: ['timeout', 'received no audio in time'],
  session_timeout: ['provider-unavailable', 'has ended a session that became too long'],
  internal_error: ['provider-unavailable', 'had an internal error'],
  unknown_error: ['provider-unavailable', 'had an error that it does not name'],
};

const BY_CLOSE_CODE: Readonly<Record<number, string>> = {
  1011: 'internal_error',
  4001: 'not_authorised',
  4003: 'not_allowed',
  4004: 'invalid_model',
  4005: 'quota_exceeded',
  4006: 'timelimit_exceeded',
  4013: 'job_error',
};

/** An `Error` message, after which the session is over. Its reason is left out: it may repeat words. */
export function speechmaticsError(type: string): AppError {
  const isName = /^[a-z][a-z_]{1,60}$/.test(type);
  const known = Object.hasOwn(BY_TYPE, type) ? BY_TYPE[type] : undefined;
  const [code, what] = known ?? ['provider-unavailable', 'ended the session with an error'];
  return new AppError(code, `Speechmatics ${what}${isName ? ` (${type})` : ''}.`);
}

/** The end of an open connection without an `Error` message before it. */
export function speechmaticsCloseError(close: WebSocketClose): AppError {
  if (close.code === 1008) {
    // The limits of idle time and of the session's length: a new session may begin at once.
    return new AppError('timeout', 'Speechmatics ended an idle or too long session (code 1008).');
  }
  const type = BY_CLOSE_CODE[close.code];
  return type ? speechmaticsError(type) : vendorCloseError('Speechmatics', close);
}
