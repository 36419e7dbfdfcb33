import type { FastifyInstance } from 'fastify';
import { HttpError } from './http-error.ts';
import { RequestValidationError } from './schema-compilers.ts';

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
  return new RequestValidationError([
    {
      type: 'json_invalid',
      loc: ['body', position],
      msg: 'JSON decode error',
      input: {},
      ctx: { error: 'The body is not valid JSON' },
    },
  ]);
}
