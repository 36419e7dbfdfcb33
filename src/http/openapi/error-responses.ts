import { ERROR_CODES } from '../../kernel/errors.ts';
import { refusalToWire } from '../../wire/error-wire.ts';
import type { JsonSchema, MediaType } from './json-schema.ts';

/** What a route's own settings say about how it can refuse. */
export interface RefusalFacts {
  isPublic: boolean;
  /** For keys with a scope. */
  takesKeys: boolean;
  hasId: boolean;
  hasBody: boolean;
  hasInput: boolean;
  isLimited: boolean;
}

const TEXTS: Readonly<Record<number, string>> = {
  401: 'Authorization header not found',
  403: 'Insufficient permissions. Required scope: memories:read',
  404: 'Not Found',
  413: 'Request Entity Too Large',
  421: 'This server is not known under that name. Set PUBLIC_URL to its address, or ALLOWED_HOSTS.',
  429: 'Rate limit exceeded. Try again in 60s.',
};

const MEANINGS: Readonly<Record<number, string>> = {
  401: 'No valid token came with the request.',
  403: 'The key does not allow this.',
  404: 'There is no such thing, or it belongs to somebody else.',
  413: 'The body is too large.',
  421: 'The server is not known under the name that was asked for.',
  422: 'A value of the request does not fit.',
  429: 'Too many requests; `Retry-After` says when to try again.',
};

/** The body of every refusal, and an entry of one of 422. */
export const ERROR_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  Error: {
    type: 'object',
    properties: {
      code: { type: 'string', enum: Object.keys(ERROR_CODES) },
      detail: {
        anyOf: [
          { type: 'string' },
          { type: 'array', items: { $ref: '#/components/schemas/ValidationError' } },
          { type: 'object', additionalProperties: { $ref: '#/components/schemas/JsonValue' } },
        ],
      },
    },
    required: ['code', 'detail'],
  },
  ValidationError: {
    type: 'object',
    properties: {
      type: { type: 'string' },
      loc: { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'integer' }] } },
      msg: { type: 'string' },
      input: { $ref: '#/components/schemas/JsonValue' },
      ctx: {
        type: 'object',
        additionalProperties: { $ref: '#/components/schemas/JsonValue' },
      },
    },
    required: ['type', 'loc', 'msg'],
  },
};

/** Responses of refusals, which all operations share. */
export const ERROR_RESPONSES = Object.fromEntries(
  Object.keys(MEANINGS).map((status) => [`Refused${status}`, errorResponse(Number(status))]),
);

/** Returns references to the descriptions of what a route can refuse, by status. */
export function errorResponses(facts: RefusalFacts): Record<string, { $ref: string }> {
  const statuses = [
    ...(facts.isPublic ? [] : [401]),
    ...(facts.takesKeys ? [403] : []),
    ...(facts.hasId ? [404] : []),
    ...(facts.hasBody ? [413] : []),
    421,
    ...(facts.hasInput ? [422] : []),
    ...(facts.isLimited ? [429] : []),
  ];
  return Object.fromEntries(
    statuses.map((status) => [String(status), { $ref: `#/components/responses/Refused${status}` }]),
  );
}

function errorResponse(status: number): {
  description: string;
  content: Record<string, MediaType>;
} {
  const detail =
    status === 422
      ? [{ type: 'missing', loc: ['body', 'text'], msg: 'Field required', input: {} }]
      : (TEXTS[status] ?? '');
  return {
    description: MEANINGS[status] ?? 'Refused.',
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/Error' },
        example: { ...refusalToWire(status, ''), detail },
      },
    },
  };
}
