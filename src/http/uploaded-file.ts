import fastifyMultipart, { type Multipart } from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../kernel/errors.ts';
import { RequestValidationError } from './schema-compilers.ts';

/** What a form has besides its files: their heads and other fields, bytes. */
const FORM_BYTES = 8 * 1024 * 1024;

/** Lets the routes of a plugin read `multipart/form-data`; calling it twice is no error. */
export async function acceptUploads(app: FastifyInstance): Promise<void> {
  if (!app.hasRequestDecorator('isMultipart')) await app.register(fastifyMultipart);
}

/** A file of a form. */
export interface UploadedFile {
  /** As the client calls it; empty if it does not. */
  name: string;
  bytes: Uint8Array;
}

/**
 * The one file of a `multipart/form-data` body, whole in memory; other fields are passed over.
 * Answers 422 if there is no such file, `payload-too-large`, and `bad-request` for a body that
 * cannot be read.
 *
 * @param field name of the form's field
 */
export async function readUploadedFile(
  request: FastifyRequest,
  field: string,
  maxBytes: number,
): Promise<Uint8Array> {
  let found: Uint8Array | undefined;
  for await (const { bytes } of readUploadedFiles(request, field, { maxBytes, maxFiles: 4 })) {
    found ??= bytes;
  }
  if (!found) throw missingFile(field);
  return found;
}

/**
 * Returns the texts of a `multipart/form-data` body, and the file of a field; null if there is none.
 * Errors as of `readUploadedFile`, but that the file may be missing.
 */
export async function readUploadedForm(
  request: FastifyRequest,
  field: string,
  maxBytes: number,
): Promise<{ file: Uint8Array | null; texts: Map<string, string> }> {
  const texts = new Map<string, string>();
  let file: Uint8Array | null = null;
  const limits = { maxBytes, maxFiles: 4 };
  for await (const { bytes } of readUploadedFiles(request, field, limits, texts)) file ??= bytes;
  return { file, texts };
}

/**
 * The files of one field of a `multipart/form-data` body, one after the other: the next is read
 * when it is asked for. Errors as of `readUploadedFile`, but that a form without such a file gives none.
 *
 * @param texts takes the other fields that hold text
 */
export async function* readUploadedFiles(
  request: FastifyRequest,
  field: string,
  { maxBytes, maxFiles }: { maxBytes: number; maxFiles: number },
  texts: Map<string, string> = new Map(),
): AsyncGenerator<UploadedFile> {
  if (!request.isMultipart()) throw missingFile(field);
  refuseAnnounced(request, maxBytes * maxFiles);
  const limits = { fileSize: maxBytes, files: maxFiles, fields: 20, fieldSize: 200_000 };
  const parts = request.parts({ limits });
  try {
    for (;;) {
      const file = await nextPart(parts, field, maxBytes, texts);
      if (file === 'end') break;
      if (file === 'other') continue;
      yield file;
    }
  } finally {
    await parts.return?.();
  }
}

/** A file of a form that is read while it arrives. */
export interface StreamedFile {
  /** As the client calls it; empty if it does not. */
  name: string;
  /** Must be read to its end before the next file is asked for. */
  bytes: AsyncIterable<Uint8Array>;
}

/**
 * The files of one field of a `multipart/form-data` body, each as a stream. Answers 422 if there is none.
 *
 * @param limits.maxTotalBytes of all files together
 * @throws `payload-too-large` that says which limit was exceeded, `bad-request` if the body breaks off
 */
export async function* streamUploadedFiles(
  request: FastifyRequest,
  field: string,
  limits: { maxBytes: number; maxTotalBytes: number; maxFiles: number },
): AsyncGenerator<StreamedFile> {
  if (!request.isMultipart()) throw missingFile(field);
  refuseAnnounced(request, limits.maxTotalBytes);
  const { maxBytes, maxFiles } = limits;
  const parts = request.parts({
    limits: { fileSize: maxBytes, files: maxFiles, fields: 20, fieldSize: 10_000 },
  });
  const read = { total: 0, isFound: false };
  try {
    for await (const part of parts) {
      if (part.type !== 'file') continue;
      if (part.fieldname !== field) {
        part.file.resume();
        continue;
      }
      read.isFound = true;
      yield { name: part.filename, bytes: counted(part.file, limits, read) };
    }
  } catch (error) {
    throw uploadError(error, limits);
  } finally {
    await parts.return?.();
  }
  if (!read.isFound) throw missingFile(field);
}

/** Refuses a body that is too large by its own header, before a byte of it is read or stored. */
function refuseAnnounced(request: FastifyRequest, maxTotalBytes: number): void {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > maxTotalBytes + FORM_BYTES) throw tooLarge('The files', maxTotalBytes);
}

async function* counted(
  file: AsyncIterable<Uint8Array> & { truncated: boolean },
  limits: { maxBytes: number; maxTotalBytes: number; maxFiles: number },
  read: { total: number },
): AsyncGenerator<Uint8Array> {
  try {
    for await (const part of file) {
      read.total += part.length;
      if (read.total > limits.maxTotalBytes) throw tooLarge('The files', limits.maxTotalBytes);
      yield part;
    }
  } catch (error) {
    throw uploadError(error, limits);
  }
  if (file.truncated) throw tooLarge('A file', limits.maxBytes);
}

function tooLarge(what: string, bytes: number): AppError {
  const verb = what === 'A file' ? 'is' : 'are';
  const message = `${what} ${verb} larger than ${Math.floor(bytes / 2 ** 20)} MB; send less at once.`;
  return new AppError('payload-too-large', message);
}

function uploadError(
  error: unknown,
  { maxBytes, maxFiles }: { maxBytes: number; maxFiles: number },
): unknown {
  if (error instanceof AppError || error instanceof RequestValidationError) return error;
  const code = codeOf(error);
  if (code === 'FST_REQ_FILE_TOO_LARGE') return tooLarge('A file', maxBytes);
  if (code === 'FST_FILES_LIMIT') {
    const message = `There are more than ${maxFiles} files; send them in several requests.`;
    return new AppError('payload-too-large', message);
  }
  return new AppError('bad-request', 'There was an error parsing the body', { cause: error });
}

async function nextPart(
  parts: AsyncIterator<Multipart>,
  field: string,
  maxBytes: number,
  texts: Map<string, string>,
): Promise<UploadedFile | 'other' | 'end'> {
  try {
    const { value: part, done } = await parts.next();
    if (done) return 'end';
    if (part.type !== 'file') {
      if (typeof part.value === 'string') texts.set(part.fieldname, part.value);
      return 'other';
    }
    if (part.fieldname === field) return { name: part.filename, bytes: await part.toBuffer() };
    part.file.resume();
    return 'other';
  } catch (error) {
    const code = codeOf(error);
    if (code === 'FST_REQ_FILE_TOO_LARGE') {
      const message = `The file is larger than ${Math.floor(maxBytes / 2 ** 20)} MB.`;
      throw new AppError('payload-too-large', message);
    }
    if (code === 'FST_FILES_LIMIT') throw new AppError('payload-too-large', 'Too many files.');
    throw new AppError('bad-request', 'There was an error parsing the body', { cause: error });
  }
}

/** The error of a form that lacks a file. */
export function missingFile(field: string): RequestValidationError {
  return new RequestValidationError([
    { type: 'missing', loc: ['body', field], msg: 'Field required', input: null },
  ]);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
