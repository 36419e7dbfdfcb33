import createApi, { type Client } from 'openapi-fetch';
import { type ChatPiece, chunksOf, readChatPieces } from './chat-pieces.ts';
import type { LiveOptions } from './live-messages.ts';
import { LiveSocket, type SocketClass } from './live-socket.ts';
import { readRefusal, refusalOf } from './refusal.ts';
import type { paths } from './schema.ts';

export * from './chat-pieces.ts';
export * from './live-messages.ts';
export { LiveSocket, LiveSocketError, type SocketClass, type SocketLike } from './live-socket.ts';
export type * from './records.ts';
export * from './refusal.ts';
export type { components, JsonValue, operations, paths } from './schema.ts';

export interface OmiClientOptions {
  /** Origin of the server, with a prefix if it has one; in the server's own pages also `.`, the page's base. */
  baseUrl: string;
  /** Token or key; null: the cookie of the server's own pages signs in. */
  token: string | null;
  /** Absent: the global one. */
  fetch?: typeof fetch;
  /** Absent: the global one, which Node has from version 22 on; before, give the one of `ws`. */
  WebSocket?: SocketClass;
}

/** A question of the chat. */
export interface Question {
  text: string;
  /** The chat of an app; absent: the main chat. */
  appId?: string;
  fileIds?: string[];
  /** What the user looks at while asking. */
  context?: { type: 'conversation'; id: string; title: string };
  /** What is looked at for the answer; absent: everything. */
  scope?: { type: 'conversation' | 'folder' | 'person'; id: string };
  /** A chat session of `/v2/chat-sessions`; absent: the chat outside of sessions. */
  sessionId?: string;
}

/** A client of one server as one user. */
export interface OmiClient {
  /** Every operation of the API, typed: `api.GET('/v1/conversations', { params: { query } })`. */
  readonly api: Client<paths>;
  /** Asks the chat and yields the answer as it is made. @throws OmiError */
  ask(question: Question | string, signal?: AbortSignal): AsyncGenerator<ChatPiece>;
  /** Opens a live session. @throws LiveSocketError */
  listen(options?: LiveOptions): Promise<LiveSocket>;
}

/** Returns a client of the server at `baseUrl`. */
export function createOmiClient(options: OmiClientOptions): OmiClient {
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const { token } = options;
  const send = options.fetch ?? globalThis.fetch.bind(globalThis);
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  return {
    api: createApi<paths>({ baseUrl, fetch: send, headers }),
    async *ask(question, signal) {
      const { text, appId, fileIds, context, scope, sessionId } =
        typeof question === 'string' ? { text: question } : question;
      const query = new URLSearchParams({
        ...(appId === undefined ? {} : { app_id: appId }),
        ...(sessionId === undefined ? {} : { session_id: sessionId }),
      });
      const response = await send(`${baseUrl}/v2/messages?${query}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ text, file_ids: fileIds ?? [], context, scope }),
        ...(signal ? { signal } : {}),
      });
      if (!response.ok || !response.body) throw await refusalOf(response);
      yield* readChatPieces(chunksOf(response.body));
    },
    listen: async (live = {}) => {
      const socketClass = options.WebSocket ?? globalSocket();
      return await LiveSocket.open(socketClass, baseUrl, token, live);
    },
  };
}

/** What a call of `api` returns. */
export interface CallResult {
  data?: unknown;
  error?: unknown;
  response: Response;
}

/**
 * Returns the data of a call of `api`, so that a refusal cannot be overlooked:
 * `await dataOf(client.api.GET('/v1/conversations'))`.
 *
 * @throws OmiError if the server has refused
 */
export async function dataOf<R extends CallResult>(
  call: Promise<R>,
): Promise<Exclude<R['data'], undefined>> {
  const { data, error, response } = await call;
  if (!response.ok) throw readRefusal(response.status, error);
  return data as Exclude<R['data'], undefined>;
}

/** Returns a body as a form, for the operations that take one: `{ body, bodySerializer: asForm }`. */
export function asForm(body: object): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(body)) {
    for (const part of [value].flat()) if (part !== undefined) form.append(name, part);
  }
  return form;
}

function globalSocket(): SocketClass {
  const { WebSocket: found } = globalThis as { WebSocket?: SocketClass };
  if (!found) throw new Error('This runtime has no WebSocket: give one, as of the package ws.');
  return found;
}
