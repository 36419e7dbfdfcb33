import { APIError } from 'openai';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseJsonAnswer } from '../../../src/llm/adapters/openai/json-answer.ts';
import { isOpenAi } from '../../../src/llm/adapters/openai/openai-client.ts';
import { retryDelayMs, toModelError } from '../../../src/llm/adapters/openai/openai-errors.ts';
import {
  toStrictSchema,
  withoutForcedNulls,
} from '../../../src/llm/adapters/openai/strict-schema.ts';
import { findStrictFault } from '../../simulators/openai-rules.ts';

function apiError(status: number, headers: Record<string, string>, error: object = {}): APIError {
  return APIError.generate(status, { error }, undefined, new Headers(headers));
}

describe('how long to wait', () => {
  const now = Date.parse('2027-03-01T10:00:00Z');
  it.each([
    [429, { 'retry-after': '2' }, 2_000],
    [503, { 'retry-after': 'Mon, 01 Mar 2027 10:00:03 GMT' }, 3_000],
    [503, { 'retry-after': 'Mon, 01 Mar 2027 09:00:00 GMT' }, 0],
    [429, { 'retry-after-ms': '150', 'retry-after': '1' }, 150],
    [429, { 'retry-after': '60' }, null],
    [429, { 'retry-after': 'soon' }, null],
    [429, {}, null],
    [500, { 'retry-after': '1' }, null],
  ] as const)('%i with %o: %s', (status, headers, delay) => {
    expect(retryDelayMs(apiError(status, headers), now)).toBe(delay);
  });
});

describe('errors of other servers', () => {
  it.each([
    [402, {}, 'provider-quota'],
    [404, {}, 'provider-rejected'],
    [408, {}, 'timeout'],
    [502, {}, 'provider-unavailable'],
    [400, { message: 'the request exceeds the available context size' }, 'provider-rejected'],
    [422, { message: 'unexpected' }, 'provider-rejected'],
  ] as const)('%i is %o → %s', (status, error, code) => {
    expect(toModelError(apiError(status, {}, error), 'm', 'http://x/v1').code).toBe(code);
  });

  it('keeps the code of the vendor, not its words', () => {
    const error = apiError(400, {}, { code: 'bad_thing', message: 'you said elephant' });
    expect(toModelError(error, 'm', 'http://x/v1').message).toContain('400 (bad_thing)');
    const spoken = apiError(400, {}, { code: 'you said elephant' });
    expect(toModelError(spoken, 'm', 'http://x/v1').message).not.toContain('elephant');
  });
});

describe('strict schemas', () => {
  const inner = z.object({
    a: z.string().max(3).optional(),
    b: z.number().nullable(),
    c: z.boolean().nullish(),
  });
  const schema = z.object({
    list: z.array(inner).min(1),
    kind: z.enum(['x', 'y']),
    either: z.union([z.string(), z.number()]),
    maybe: inner.nullish(),
  });

  it("fit OpenAI's rules", () => {
    expect(findStrictFault(toStrictSchema(schema))).toBeNull();
    expect(toStrictSchema(inner)).toEqual({
      type: 'object',
      properties: {
        a: { anyOf: [{ type: 'string' }, { type: 'null' }] },
        b: { type: ['number', 'null'] },
        c: { type: ['boolean', 'null'] },
      },
      required: ['a', 'b', 'c'],
      additionalProperties: false,
    });
  });

  it('are answered with nulls, which go where the property is optional', () => {
    const answer = { list: [{ a: null, b: null, c: null }], kind: 'x', either: 1, maybe: null };
    const plain = withoutForcedNulls(answer, schema);
    expect(plain).toEqual({ list: [{ b: null, c: null }], kind: 'x', either: 1, maybe: null });
    expect(schema.safeParse(plain).success).toBe(true);
  });

  it('refuse what they cannot say', () => {
    expect(() => toStrictSchema(z.object({ r: z.record(z.string(), z.string()) }))).toThrow(
      'A record has no strict JSON schema',
    );
  });
});

describe('JSON in a text', () => {
  it.each([
    ['{"a":1}', { a: 1 }],
    ['```json\n{"a":1}\n```', { a: 1 }],
    ['<think>{"a":0}</think>\n{"a":1}', { a: 1 }],
    ['Here you are: {"a":1}. Anything else?', { a: 1 }],
    ['{"a":', undefined],
    ['nothing', undefined],
    ['', undefined],
  ])('%s', (text, value) => {
    expect(parseJsonAnswer(text)).toEqual(value);
  });
});

it('only OpenAI itself is told not to store', () => {
  expect(isOpenAi('https://api.openai.com/v1')).toBe(true);
  expect(isOpenAi('https://eu.api.openai.com/v1')).toBe(true);
  expect(isOpenAi('http://127.0.0.1:11434/v1')).toBe(false);
  expect(isOpenAi('https://api.openai.com.evil.example/v1')).toBe(false);
});
