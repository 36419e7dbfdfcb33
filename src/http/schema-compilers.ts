import type { FastifySchemaCompiler, FastifySerializerCompiler, RouteOptions } from 'fastify';
import { z } from 'zod';
import type { ErrorLocation, ValidationErrorWire } from '../wire/error-wire.ts';
import { stringifyWire } from '../wire/json.ts';
import { issuesToWire } from './validation-issues.ts';

/** A request that does not fit its route's schema; answered with 422. */
export class RequestValidationError extends Error {
  readonly statusCode = 422;
  readonly detail: ValidationErrorWire[];

  constructor(detail: ValidationErrorWire[]) {
    super('The request does not fit the schema of its route.');
    this.name = 'RequestValidationError';
    this.detail = detail;
  }
}

/** An answer of ours that does not fit its route's schema: a fault of this server. */
export class ResponseShapeError extends Error {
  /** Paths that were wrong, never the values. */
  readonly paths: string[];

  constructor(issues: readonly z.core.$ZodIssue[]) {
    super('An answer does not fit the schema of its route.');
    this.name = 'ResponseShapeError';
    this.paths = issues.map((issue) => `${issue.path.map(String).join('.')}: ${issue.code}`);
  }
}

const PARTS: Record<string, ErrorLocation[0]> = {
  body: 'body',
  querystring: 'query',
  params: 'path',
  headers: 'header',
};

/** Checks a part of a request with its zod schema; a body that was not sent is `undefined`. */
export const zodValidatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  const part = PARTS[httpPart ?? 'body'] ?? 'body';
  return (data: unknown) => {
    const sent = data === null && part === 'body' ? undefined : data;
    const result = schema.safeParse(sent);
    if (result.success) return { value: result.data };
    return { error: new RequestValidationError(issuesToWire(part, result.error.issues, sent)) };
  };
};

/**
 * Writes an answer: only what the schema names leaves, and a wrong shape is our fault (500) rather
 * than the client's surprise.
 */
export const wireSerializerCompiler: FastifySerializerCompiler<z.ZodType> = ({ schema }) => {
  return (data: unknown) => {
    const result = z.safeEncode(schema, data);
    if (!result.success) throw new ResponseShapeError(result.error.issues);
    return stringifyWire(result.data);
  };
};

const anything = z.unknown();

/**
 * Gives a route without response schemas one that takes anything, so that its answers are written
 * by `wireSerializerCompiler` too: Fastify's own serializer knows nothing of the wire's doubles.
 */
export function answerAsWire(route: RouteOptions): void {
  if (route.schema?.response === undefined) {
    route.schema = { ...route.schema, response: { default: anything } };
  }
}
