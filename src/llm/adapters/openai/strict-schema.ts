import { z } from 'zod';
import { AppError } from '../../../kernel/errors.ts';

export type JsonSchema = { [key: string]: unknown };

/** Keywords that every server with structured output understands; the others stay with zod. */
const KEPT = ['type', 'enum', 'const', 'description', '$ref'];

/**
 * The JSON schema of a zod schema as OpenAI's strict mode wants it: every property required, no
 * others allowed, an optional one nullable instead, no keyword outside the supported subset. What
 * is left out here (lengths, refinements) is still checked on the answer.
 * Source: https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */
export function toStrictSchema(schema: z.ZodType): JsonSchema {
  return strict(z.toJSONSchema(schema, { target: 'draft-7', io: 'input' }) as JsonSchema);
}

/**
 * Undoes what strict mode forces on an answer: a null in a property that the zod schema has as
 * optional, not as nullable, is removed.
 */
export function withoutForcedNulls(answer: unknown, schema: z.ZodType): unknown {
  const json = z.toJSONSchema(schema, { target: 'draft-7', io: 'input' }) as JsonSchema;
  return dropNulls(answer, json);
}

function strict(schema: JsonSchema): JsonSchema {
  const out: JsonSchema = {};
  for (const key of KEPT) if (key in schema) out[key] = schema[key];
  const options = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(options)) out.anyOf = options.map(strict);
  if (isSchema(schema.items)) out.items = strict(schema.items);
  const definitions = schema.definitions ?? schema.$defs;
  if (isSchema(definitions)) out.definitions = mapValues(definitions, strict);
  if (schema.type === 'object') {
    if (!isSchema(schema.properties)) {
      throw new AppError('internal', 'A record has no strict JSON schema: name its properties.');
    }
    const required = requiredOf(schema);
    out.properties = mapValues(schema.properties, (property, name) =>
      required.has(name) ? strict(property) : nullable(strict(property)),
    );
    out.required = Object.keys(schema.properties);
    out.additionalProperties = false;
  }
  return out;
}

function nullable(schema: JsonSchema): JsonSchema {
  if (acceptsNull(schema)) return schema;
  return { anyOf: [schema, { type: 'null' }] };
}

function dropNulls(value: unknown, schema: JsonSchema): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    return isSchema(items) ? value.map((item) => dropNulls(item, items)) : value;
  }
  const { properties } = schema;
  if (!isSchema(value) || !isSchema(properties)) return value;
  const required = requiredOf(schema);
  const out: JsonSchema = {};
  for (const [name, item] of Object.entries(value)) {
    const property = properties[name];
    if (item === null && isSchema(property) && !required.has(name) && !acceptsNull(property)) {
      continue;
    }
    out[name] = isSchema(property) ? dropNulls(item, property) : item;
  }
  return out;
}

function acceptsNull(schema: JsonSchema): boolean {
  if (Array.isArray(schema.type)) return schema.type.includes('null');
  return Array.isArray(schema.anyOf) && schema.anyOf.some(isNull);
}

function isNull(schema: unknown): boolean {
  return isSchema(schema) && schema.type === 'null';
}

function requiredOf(schema: JsonSchema): Set<unknown> {
  return new Set(Array.isArray(schema.required) ? schema.required : []);
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapValues(
  record: JsonSchema,
  change: (schema: JsonSchema, name: string) => JsonSchema,
): JsonSchema {
  return Object.fromEntries(
    Object.entries(record).map(([name, schema]) => [name, change(schema as JsonSchema, name)]),
  );
}
