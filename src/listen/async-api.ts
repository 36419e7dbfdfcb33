import { z } from 'zod';
import { listenQuerySchema } from './listen-query.ts';

const api = (name: string) => ({ $ref: `./openapi.json#/components/schemas/${name}` });
const text = { type: 'string' };
const number = { type: 'number' };
const whole = { type: 'integer' };
const flag = { type: 'boolean' };
const maybe = (schema: object) => ({ anyOf: [schema, { type: 'null' }] });
const listOf = (items: object) => ({ type: 'array', items });

/** Fields of each message of the server beside `type`; docs/client-protocol.md says what they mean. */
const SERVER_MESSAGES: Readonly<Record<string, Record<string, object>>> = {
  service_status: {
    status: text,
    status_text: maybe(text),
    provider: text,
    reason: text,
    lag_seconds: whole,
  },
  last_memory: { memory_id: text },
  conversation_session: { conversation_id: text, recording_session_id: text, status: text },
  memory_processing_started: { memory: api('Conversation'), messages: listOf(api('Message')) },
  memory_created: { memory: api('Conversation'), messages: listOf(api('Message')) },
  segments_deleted: { segment_ids: listOf(text) },
  speaker_label_suggestion: {
    speaker_id: whole,
    person_id: text,
    person_name: text,
    segment_id: text,
  },
  photo_processing: { temp_id: text, photo_id: text },
  photo_described: { photo_id: text, description: text, discarded: flag },
  onboarding_question: {
    question: text,
    question_index: whole,
    total_questions: whole,
    question_segment_id: text,
  },
  question_answered: { question_index: whole, answered: flag },
  question_skipped: { question_index: whole },
  onboarding_complete: { answers_count: whole },
  audio_position: { position_ms: number },
  audio_kept: { position_ms: number },
  partial_transcript: { text, speaker_id: maybe(whole) },
  auth_response: { success: flag },
};

/** The same for what a client sends. */
const CLIENT_MESSAGES: Readonly<Record<string, Record<string, object>>> = {
  auth: { token: text, device_id_hash: text },
  suggested_transcript: { segments: listOf({ type: 'object' }) },
  image_chunk: { id: text, index: whole, total: whole, data: text },
  speaker_assigned: {
    speaker_id: whole,
    person_id: text,
    person_name: text,
    segment_ids: listOf(text),
  },
  skip_question: {},
};

/**
 * Returns the AsyncAPI document of the live socket and the streams, to be served beside the OpenAPI
 * document, to whose schemas it refers.
 *
 * @see https://www.asyncapi.com/docs/reference/specification/v3.0.0
 */
export function asyncApiDocument(version: string): object {
  const query = z.toJSONSchema(listenQuerySchema, { io: 'input', unrepresentable: 'any' });
  const server = messagesOf(SERVER_MESSAGES);
  const client = messagesOf(CLIENT_MESSAGES);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'omi-backend',
      version,
      description: 'The live socket and the streams. Everything else: /openapi.json.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    channels: {
      listen: listenChannel('/v4/listen', query, { ...server, ...client }),
      webListen: listenChannel('/v4/web/listen', query, { ...server, ...client }),
      chat: {
        address: '/v2/messages',
        description: 'The answer to a POST: pieces `<prefix><payload>` with a blank line between.',
        messages: Object.fromEntries(
          ['think', 'data', 'message', 'done'].map((name) => [
            name,
            { name, contentType: 'text/plain', payload: text },
          ]),
        ),
      },
      changes: {
        address: '/v1/events',
        description: 'Server-sent events: what changes of the signed-in user.',
        messages: {
          ready: { name: 'ready', payload: { type: 'object' } },
          reset: { name: 'reset', payload: { type: 'object' } },
          change: { name: 'change', payload: api('Change') },
        },
      },
    },
    operations: {
      sendToServer: operationOf('send', 'listen', [...Object.keys(client), 'audio']),
      receiveFromServer: operationOf('receive', 'listen', [
        ...Object.keys(server),
        'segments',
        'ping',
      ]),
      receiveAnswer: operationOf('receive', 'chat', ['think', 'data', 'message', 'done']),
      receiveChanges: operationOf('receive', 'changes', ['ready', 'reset', 'change']),
    },
  };
}

function messagesOf(kinds: Readonly<Record<string, Record<string, object>>>) {
  return Object.fromEntries(
    Object.entries(kinds).map(([name, fields]) => [
      name,
      {
        name,
        payload: {
          type: 'object',
          properties: { type: { const: name }, ...fields },
          required: ['type'],
        },
      },
    ]),
  );
}

function listenChannel(address: string, query: object, messages: object): object {
  return {
    address,
    bindings: { ws: { method: 'GET', query } },
    messages: {
      ...messages,
      segments: { name: 'segments', payload: listOf(api('Segment')) },
      ping: { name: 'ping', contentType: 'text/plain', payload: { const: 'ping' } },
      audio: { name: 'audio', contentType: 'application/octet-stream', payload: {} },
    },
  };
}

function operationOf(action: 'send' | 'receive', channel: string, names: readonly string[]) {
  return {
    action,
    channel: { $ref: `#/channels/${channel}` },
    messages: names.map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` })),
  };
}
