import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { operations } from '../../../src/client/schema.ts';

type Content<R> = R extends { content: infer C } ? C[keyof C] : never;
type Responses = {
  [Id in keyof operations]: operations[Id] extends { responses: infer R }
    ? Content<R[keyof R]>
    : never;
};
type Bodies = {
  [Id in keyof operations]: operations[Id] extends { requestBody?: infer B } ? Content<B> : never;
};
/** Names of the operations whose type is `unknown` or `any`. */
type Untyped<T> = { [Id in keyof T]: unknown extends T[Id] ? Id : never }[keyof T];

// The compiler checks these: it refuses `true` if an operation without types is left.
const responsesAreTyped: [Untyped<Responses>] extends [never] ? true : never = true;
const bodiesAreTyped: [Untyped<Bodies>] extends [never] ? true : never = true;

it('knows the types of what every operation takes and returns', () => {
  expect([responsesAreTyped, bodiesAreTyped]).toEqual([true, true]);
  const types = readFileSync(new URL('../../../src/client/schema.ts', import.meta.url), 'utf8');
  // Other headers of a response, and objects whose members the caller chooses, as a JSON Schema.
  const open = /\[(?:name|key): string\]: unknown;/;
  const untyped = types
    .split('\n')
    .filter((line) => /\bunknown[;[\]|]/.test(line) && !open.test(line));
  expect(untyped).toEqual([]);
});
