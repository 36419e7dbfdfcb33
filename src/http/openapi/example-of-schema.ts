import type { JsonSchema } from './json-schema.ts';

/** Deeper than any response of ours; a schema that contains itself ends here. */
const MAX_DEPTH = 12;
const TIME = '2026-05-04T09:30:00Z';

/** Values that say more than `text` and `1`, by the name of the field. */
const BY_NAME: Readonly<Record<string, unknown>> = {
  address: '12 Mill Lane, Cambridge',
  answer: 'You agreed on the red tiles.',
  app_id: 'summary_assistant',
  author: 'Anna',
  category: 'work',
  content: 'Likes to swim before breakfast',
  content_type: 'audio/ogg',
  date: '2026-05-04',
  day: '2026-05-04',
  description: 'Send Ben the offer',
  detail: 'Not Found',
  email: 'anna@example.com',
  emoji: '🏠',
  end: 4.2,
  file: 'model.onnx',
  headline: 'A day of plans',
  hour: 21,
  key_prefix: 'omi_dev_1a2b...9f0e',
  language: 'en',
  latitude: 52.2,
  limit: 20,
  longitude: 0.12,
  message: 'Done.',
  message_text: 'What did we say about the kitchen?',
  mime_type: 'text/plain',
  name: 'Anna',
  offset: 0,
  overview: 'Anna and Ben chose tiles for the kitchen.',
  provider: 'deepgram',
  query: 'kitchen tiles',
  question: 'What did we say about the kitchen?',
  speaker: 'SPEAKER_00',
  speaker_id: 0,
  start: 1.5,
  status: 'ok',
  text: 'The red tiles, then.',
  time: '09:30',
  time_zone: 'Europe/London',
  title: 'Tiles for the kitchen',
  uid: 'anna',
  unit: 'km',
  url: 'https://example.com/hook',
  username: 'anna',
  version: '1.0.0',
  visibility: 'private',
};

/**
 * Returns a value that fits a schema of the API's description, for readers. References are looked up
 * in `schemas`; optional fields are included, except within an object that contains itself.
 */
export function exampleOfSchema(
  schema: JsonSchema,
  schemas: Readonly<Record<string, JsonSchema>>,
  name = '',
): unknown {
  return sample(schema, { schemas, name, depth: 0, open: [] });
}

interface Place {
  schemas: Readonly<Record<string, JsonSchema>>;
  /** Field that the value is of; an item has that of its list. */
  name: string;
  depth: number;
  /** References that are being followed. */
  open: readonly string[];
}

function sample(schema: JsonSchema, place: Place): unknown {
  if (schema.example !== undefined) return schema.example;
  if (schema.$ref !== undefined) return followed(schema.$ref, place);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.allOf) {
    return Object.assign({}, ...schema.allOf.map((part) => sample(part, place)));
  }
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return sample(choices.find(isValue) ?? choices[0] ?? {}, place);
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== 'null') : schema.type;
  switch (type) {
    case 'object':
      return sampleObject(schema, place);
    case 'array':
      return sampleArray(schema, place);
    case 'boolean':
      return schema.default ?? true;
    case 'integer':
    case 'number':
      return sampleNumber(schema, place.name);
    case 'string':
      return sampleText(schema, place.name);
    default:
      return null;
  }
}

function isValue(schema: JsonSchema): boolean {
  return schema.type !== 'null' && schema.not === undefined;
}

function followed(ref: string, place: Place): unknown {
  const target = place.schemas[ref.split('/').at(-1) ?? ''];
  if (!target || place.depth > MAX_DEPTH || place.open.includes(ref)) return null;
  return sample(target, { ...place, depth: place.depth + 1, open: [...place.open, ref] });
}

function sampleObject(schema: JsonSchema, place: Place): unknown {
  const depth = place.depth + 1;
  const fields = Object.entries(schema.properties ?? {}).filter(
    ([name, field]) => schema.required?.includes(name) || !isOpen(field, place),
  );
  return Object.fromEntries(
    fields.map(([name, field]) => [name, sample(field, { ...place, name, depth })]),
  );
}

/** Whether the schema is one that is being followed already. */
function isOpen(schema: JsonSchema, place: Place): boolean {
  const refs = [schema, ...(schema.anyOf ?? []), ...(schema.items ? [schema.items] : [])];
  return refs.some(({ $ref }) => $ref !== undefined && place.open.includes($ref));
}

function sampleArray(schema: JsonSchema, place: Place): unknown {
  const { items } = schema;
  if (!items || items.not !== undefined || isOpen(items, place)) return [];
  const count = Math.max(1, schema.minItems ?? 1);
  return Array.from({ length: count }, () => sample(items, { ...place, depth: place.depth + 1 }));
}

function sampleNumber(schema: JsonSchema, name: string): unknown {
  const { minimum = -Infinity, maximum = Infinity } = schema;
  const named = schema.default ?? BY_NAME[name];
  const isWhole = schema.type === 'integer';
  const fits =
    typeof named === 'number' &&
    named >= minimum &&
    named <= maximum &&
    (!isWhole || Number.isInteger(named));
  if (fits) return named;
  return Math.min(maximum, Math.max(minimum, 1));
}

const BY_FORMAT: Readonly<Record<string, string>> = {
  'date-time': TIME,
  date: '2026-05-04',
  time: '09:30:00',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  email: 'anna@example.com',
  uuid: '6f1c7d0e-4a53-4d3e-9a68-0d8b2f7c1e55',
  binary: '(bytes)',
};

function sampleText(schema: JsonSchema, name: string): unknown {
  const formatted = schema.format === undefined ? undefined : BY_FORMAT[schema.format];
  if (formatted !== undefined) return formatted;
  const named = schema.default ?? BY_NAME[name];
  const text = typeof named === 'string' ? named : byEnding(name);
  const { minLength = 0, maxLength = Infinity } = schema;
  return text.padEnd(minLength, '.').slice(0, maxLength);
}

function byEnding(name: string): string {
  if (name.endsWith('_at') || name.endsWith('_time')) return TIME;
  if (name.endsWith('_date')) return '2026-05-04';
  if (name.endsWith('url')) return 'https://example.com/';
  if (name === 'id' || name.endsWith('_id') || name.endsWith('_ids') || name.endsWith('s_id')) {
    return '6f1c7d0e-4a53-4d3e-9a68-0d8b2f7c1e55';
  }
  return 'text';
}
