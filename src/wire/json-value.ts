import { z } from 'zod';

/** Any value that JSON can say. It is not checked: what is sent or stored came out of JSON. */
export const jsonValueSchema = z.unknown().meta({
  id: 'JsonValue',
  description: 'Any JSON value.',
  anyOf: [
    { type: 'string' },
    { type: 'number' },
    { type: 'boolean' },
    { type: 'array', items: { $ref: '#/components/schemas/JsonValue' } },
    {
      type: 'object',
      additionalProperties: { $ref: '#/components/schemas/JsonValue' },
    },
    { type: 'null' },
  ],
});

/** An object whose fields the server does not know. */
export const jsonObjectSchema = z.record(z.string(), jsonValueSchema);
