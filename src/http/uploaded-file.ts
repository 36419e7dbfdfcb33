import fastifyMultipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../kernel/errors.ts';
import { RequestValidationError } from './schema-compilers.ts';

/** Lets the routes of a plugin read `multipart/form-data`; calling it twice is no error. */
export async function acceptUploads(app: FastifyInstance): Promise<void> {
  if (!app.hasRequestDecorator('isMultipart')) await app.register(fastifyMultipart);
}

/**
 * The one file of a `multipart/form-data` body, whole in memory; other fields are passed over.
 * Answers 422 where there is no such file, `payload-too-large`, and `bad-request` for a body that
 * cannot be read.
 *
 * @param field name of the form's field
 */
export async function readUploadedFile(
  request: FastifyRequest,
  field: string,
  maxBytes: number,
): Promise<Uint8Array> {
  if (!request.isMultipart()) throw missing(field);
  const limits = { fileSize: maxBytes, files: 4, fields: 20, fieldSize: 10_000 };
  let found: Uint8Array | undefined;
  try {
    for await (const part of request.parts({ limits })) {
      if (part.type !== 'file') continue;
      if (part.fieldname === field && !found) found = await part.toBuffer();
      else part.file.resume();
    }
  } catch (error) {
    if (codeOf(error) === 'FST_REQ_FILE_TOO_LARGE') {
      const message = `The file is larger than ${Math.floor(maxBytes / 2 ** 20)} MB.`;
      throw new AppError('payload-too-large', message);
    }
    throw new AppError('bad-request', 'There was an error parsing the body', { cause: error });
  }
  if (!found) throw missing(field);
  return found;
}

function missing(field: string): RequestValidationError {
  return new RequestValidationError([
    { type: 'missing', loc: ['body', field], msg: 'Field required', input: null },
  ]);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
