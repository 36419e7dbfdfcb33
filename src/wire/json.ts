import { z } from 'zod';

/**
 * Wire fields that Omi's app (Dart) reads as `double` without conversion. JSON knows one kind of
 * number, but Dart parses `5` as an int and then throws, which loses the whole object.
 */
export const DOUBLE_FIELDS = [
  'latitude',
  'longitude',
  'altitude',
  'accuracy',
  'rating_avg',
  'price',
  'money_made',
  'score',
] as const;

/**
 * A double field with a whole number. In JSON text an unescaped quote right after `{` or `,` can
 * only open a key (a string that ended there would be followed by its closing quote and then by
 * punctuation), so this never matches inside a text.
 */
const WHOLE_DOUBLES = new RegExp(`(?<=[{,])("(?:${DOUBLE_FIELDS.join('|')})":-?\\d+)(?=[,}])`, 'g');

/**
 * JSON as Omi's clients read it: as `JSON.stringify`, except that the fields of `DOUBLE_FIELDS`
 * always have a fraction (`5` is written `5.0`). What JSON cannot say at all is `null`.
 */
export function stringifyWire(value: unknown): string {
  const json: string | undefined = JSON.stringify(value);
  return json === undefined ? 'null' : json.replace(WHOLE_DOUBLES, '$1.0');
}

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
