import type { FastifyInstance } from 'fastify';
import { HttpError } from './http-error.ts';
import { RequestValidationError } from './schema-compilers.ts';

/**
 * Objects and lists inside each other, at most. What lies deeper is no request of any client, and
 * whatever walks over it step by step (a schema, `JSON.stringify`) would run out of stack.
 */
const MAX_NESTING = 64;

/**
 * Reads JSON bodies. An empty body is no body, whatever its declared type: clients declare JSON and
 * send nothing. JSON that cannot be read is 422 `json_invalid`, other types are 415.
 */
export function addBodyParsers(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser<string>(
    /^application\/(?:json|[\w.+-]+\+json)(?:;|$)/i,
    { parseAs: 'string' },
    (request, body, done) => {
      if (body.trim() === '') {
        done(null, undefined);
        return;
      }
      if (isNestedDeeper(body, MAX_NESTING)) {
        done(jsonError(0, 'The body is nested too deeply'));
        return;
      }
      void parseJson(request, body, (error, value) => {
        if (error) done(invalidJson(error));
        else done(null, value);
      });
    },
  );
  app.addContentTypeParser<Buffer>('*', { parseAs: 'buffer' }, (_request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else done(new HttpError(415, 'Unsupported Media Type'));
  });
}

/** The parser's message may quote the body, so only the position is taken from it. */
function invalidJson(error: Error): RequestValidationError {
  const cause = error.cause instanceof Error ? error.cause : error;
  const position = Number(/position (\d+)/.exec(cause.message)?.[1] ?? 0);
  return jsonError(position, 'The body is not valid JSON');
}

function jsonError(position: number, error: string): RequestValidationError {
  return new RequestValidationError([
    {
      type: 'json_invalid',
      loc: ['body', position],
      msg: 'JSON decode error',
      input: {},
      ctx: { error },
    },
  ]);
}

/** Counts brackets outside of texts; says nothing about whether it is JSON. */
function isNestedDeeper(json: string, limit: number): boolean {
  let depth = 0;
  let inText = false;
  for (let i = 0; i < json.length; i += 1) {
    const character = json[i];
    if (inText) {
      if (character === '\\') i += 1;
      else if (character === '"') inText = false;
    } else if (character === '"') inText = true;
    else if (character === '[' || character === '{') {
      depth += 1;
      if (depth > limit) return true;
    } else if (character === ']' || character === '}') depth -= 1;
  }
  return false;
}
