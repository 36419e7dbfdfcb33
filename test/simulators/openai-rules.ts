import type { JsonSchema } from './openai-answers.ts';

const SUPPORTED = new Set(
  `type enum const description properties required additionalProperties items anyOf definitions
  $defs $ref pattern format multipleOf maximum exclusiveMaximum minimum exclusiveMinimum minItems
  maxItems`.split(/\s+/),
);

/**
 * What OpenAI's strict mode objects to in a schema, null if it takes it.
 * Source: https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */
export function findStrictFault(schema: JsonSchema, path = 'root'): string | null {
  const unknown = Object.keys(schema).find((key) => !SUPPORTED.has(key));
  if (unknown) return `In ${path}, '${unknown}' is not permitted.`;
  if (path === 'root' && schema.type !== 'object') return "schema must be of type 'object'.";
  const nested: [string, unknown][] = [];
  if (schema.type === 'object') {
    if (schema.additionalProperties !== false) {
      return `In ${path}, 'additionalProperties' is required to be supplied and to be false.`;
    }
    const names = Object.keys((schema.properties ?? {}) as JsonSchema);
    const required = new Set(Array.isArray(schema.required) ? schema.required : []);
    const missing = names.find((name) => !required.has(name));
    if (missing || required.size !== names.length) {
      return `In ${path}, 'required' must include every key in properties. Missing '${missing}'.`;
    }
    nested.push(...Object.entries((schema.properties ?? {}) as JsonSchema));
  }
  if (schema.type === 'array') nested.push(['items', schema.items]);
  for (const [i, option] of (Array.isArray(schema.anyOf) ? schema.anyOf : []).entries()) {
    nested.push([String(i), option]);
  }
  for (const [name, value] of nested) {
    const fault = findStrictFault((value ?? {}) as JsonSchema, `${path}.${name}`);
    if (fault) return fault;
  }
  return null;
}
