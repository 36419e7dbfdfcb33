import { z } from 'zod';
import { ERROR_RESPONSES, ERROR_SCHEMAS, errorResponses } from './error-responses.ts';
import { exampleOfSchema } from './example-of-schema.ts';
import type { ApiDocument, JsonSchema, MediaType, Operation } from './json-schema.ts';
import { TAG_DESCRIPTIONS } from './tags.ts';

/** A part of a form that a route reads itself. */
export type FormPart = 'file' | 'files' | 'text' | 'text?' | 'file?';

/** What the description of a route needs beside its schemas. */
export interface RouteFacts {
  isPublic: boolean;
  takesKeys: boolean;
  isLimited: boolean;
  /** It takes a body, and does without one. */
  mayLackBody: boolean;
  /** The parts of the form that it takes; null: it takes none. */
  form: Readonly<Record<string, FormPart>> | null;
  /** Other types of body that it takes as bytes. */
  bytes: readonly string[];
}

/** Facts of a route by `GET /v1/conversations/{id}`. */
export type FactsOf = (name: string) => RouteFacts | undefined;

/**
 * Returns the description of the API with what every operation has: an id, how it refuses, examples,
 * forms. Leaves out schemas that nothing refers to.
 */
export function completeDocument<T extends object>(document: T, factsOf: FactsOf): T {
  const api = withoutCopies(structuredClone(document) as unknown as ApiDocument);
  const schemas = { ...api.components.schemas, ...ERROR_SCHEMAS };
  for (const [path, operations] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const facts = factsOf(`${method.toUpperCase()} ${path}`);
      completeOperation(operation, { method, path, facts, schemas });
    }
  }
  api.components.responses = ERROR_RESPONSES;
  api.components.schemas = usedSchemas([api.paths, ERROR_RESPONSES], schemas);
  const names = new Set(
    Object.values(api.paths).flatMap((operations) =>
      Object.values(operations).flatMap(({ tags }) => tags ?? []),
    ),
  );
  api.tags = [...names].sort().map((name) => ({ name, description: TAG_DESCRIPTIONS[name] ?? '' }));
  return api as unknown as T;
}

function completeOperation(
  operation: Operation,
  {
    method,
    path,
    facts,
    schemas,
  }: {
    method: string;
    path: string;
    facts: RouteFacts | undefined;
    schemas: Record<string, JsonSchema>;
  },
): void {
  operation.operationId = operationId(method, path);
  if (facts?.form) operation.requestBody = { required: true, content: formContent(facts) };
  const { requestBody, parameters = [] } = operation;
  // `@fastify/swagger` calls every body required.
  if (requestBody && facts?.mayLackBody) requestBody.required = false;
  operation.responses = {
    ...operation.responses,
    ...errorResponses({
      isPublic: facts?.isPublic ?? false,
      takesKeys: facts?.takesKeys ?? false,
      isLimited: facts?.isLimited ?? false,
      hasId: path.includes('{'),
      hasBody: requestBody !== undefined,
      hasInput: requestBody !== undefined || parameters.some(({ in: place }) => place !== 'path'),
    }),
  };
  for (const response of Object.values(operation.responses)) {
    if ('$ref' in response) continue;
    if (response.description === 'Default Response') response.description = 'Done.';
    addExamples(response.content, schemas);
  }
  addExamples(requestBody?.content, schemas);
  for (const parameter of parameters) {
    parameter.example ??= exampleOfSchema(parameter.schema ?? {}, schemas, parameter.name);
  }
}

/** Returns `getV1ConversationsById` for `get /v1/conversations/{id}`: stable as long as the address. */
export function operationId(method: string, path: string): string {
  const words = path.split(/[/\-_.]/).filter((word) => word !== '');
  return words.reduce((id, word) => {
    const isParameter = word.startsWith('{');
    const plain = word.replaceAll(/[{}]/g, '');
    const capital = `${plain.charAt(0).toUpperCase()}${plain.slice(1)}`;
    return `${id}${isParameter ? 'By' : ''}${capital}`;
  }, method);
}

function formContent({ form, bytes }: RouteFacts): Record<string, MediaType> {
  const parts = Object.entries(form ?? {});
  const schema: JsonSchema = {
    type: 'object',
    properties: Object.fromEntries(parts.map(([name, kind]) => [name, partSchema(kind)])),
    required: parts.filter(([, kind]) => !kind.endsWith('?')).map(([name]) => name),
  };
  const raw = bytes.map((type) => [type, { schema: { type: 'string', format: 'binary' } }]);
  return { 'multipart/form-data': { schema }, ...Object.fromEntries(raw) };
}

function partSchema(kind: FormPart): JsonSchema {
  const file: JsonSchema = { type: 'string', format: 'binary' };
  if (kind === 'files') return { type: 'array', items: file };
  return kind.startsWith('file') ? file : { type: 'string' };
}

function addExamples(
  content: Record<string, MediaType> | undefined,
  schemas: Record<string, JsonSchema>,
): void {
  for (const media of Object.values(content ?? {})) {
    media.example ??= exampleOfSchema(media.schema ?? {}, schemas);
  }
}

/**
 * Returns the description with one schema for what is sent and what is received, if they are the same:
 * the generator writes `Goal` and `GoalInput` of every schema.
 */
function withoutCopies(api: ApiDocument): ApiDocument {
  const { schemas } = api.components;
  const copies = Object.keys(schemas).filter((name) => {
    const base = schemas[name.replace(/Input$/, '')];
    if (!name.endsWith('Input') || !base) return false;
    const plain = JSON.stringify(schemas[name]).replaceAll(/(schemas\/\w+?)Input"/g, '$1"');
    return plain === JSON.stringify(base);
  });
  const isCopy = new Set(copies);
  const text = JSON.stringify(api).replaceAll(/(schemas\/)(\w+)"/g, (all, path, name) =>
    isCopy.has(name) ? `${path}${name.replace(/Input$/, '')}"` : all,
  );
  return JSON.parse(text) as ApiDocument;
}

/** Returns the schemas that the operations refer to, themselves or through others. */
function usedSchemas(
  roots: readonly object[],
  schemas: Record<string, JsonSchema>,
): Record<string, JsonSchema> {
  const used = new Set<string>();
  const open: unknown[] = [...roots];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const name of refsIn(next)) {
      if (used.has(name)) continue;
      used.add(name);
      open.push(schemas[name] ?? {});
    }
  }
  return Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)));
}

const reference = z.object({ $ref: z.string() });

function refsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const ref = reference.safeParse(value);
  const own = ref.success ? [ref.data.$ref.split('/').at(-1) ?? ''] : [];
  return [...own, ...Object.values(value).flatMap(refsIn)];
}
