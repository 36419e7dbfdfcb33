import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { isAppError } from '../../../kernel/errors.ts';
import type { FileImport, ImportedFromFile } from '../../../recordings/file-import.ts';
import { type ServerSentEvent, sendEventStream } from '../../event-stream.ts';
import { goneSignal } from '../../gone-signal.ts';
import { queryTime } from '../../query-types.ts';
import { acceptUploads, missingFile, streamUploadedFiles } from '../../uploaded-file.ts';

/** Some ten hours of MP3. */
const MAX_BYTES = 512 * 1024 * 1024;
/** Sound is heard faster than it was spoken, but not at any speed. */
const TIMEOUT_MS = 4 * 60 * 60_000;
/** Between two messages of progress, milliseconds. */
const PROGRESS_MS = 500;

const query = z.object({
  language: z.string().min(2).max(35).optional(),
  started_at: queryTime().optional().describe('When it began; else as the file says or guessed'),
  changed_at: queryTime().optional().describe('When the file was last changed'),
  me: z.string().max(200).optional().describe('The name of the user in a transcript'),
});

const eventSchema = z
  .object({
    heard_seconds: z.number().optional(),
    total_seconds: z.number().nullable().optional(),
    conversations: z
      .array(z.object({ id: z.string(), status: z.enum(['added', 'updated', 'known']) }))
      .optional(),
    detail: z.string().optional(),
  })
  .meta({ id: 'FileImportEvent' });

/** Uploading a file that becomes conversations. */
export function fileImportRoutes({
  fileImport,
}: {
  fileImport: FileImport;
}): FastifyPluginAsyncZod {
  return async (app) => {
    await acceptUploads(app);
    app.post(
      '/v1/imports',
      {
        bodyLimit: MAX_BYTES + 1024 * 1024,
        handlerTimeout: TIMEOUT_MS,
        schema: {
          tags: ['conversations'],
          summary: 'Make conversations of a file: captions, a transcript, sound',
          description:
            'Field `file` of a form, at most 512 MB (a transcript: 64 MB). The answer is a stream of server-sent events: `progress` while sound is heard, then `done` with the conversations, or `failed` with the reason as `detail`. The conversations are processed in the background.',
          consumes: ['multipart/form-data'],
          querystring: query,
          response: {
            200: {
              description: 'A stream of events',
              content: { 'text/event-stream': { schema: eventSchema } },
            },
          },
        },
      },
      async (request, reply) => {
        const signal = goneSignal(reply);
        const stored = await storeFile(request);
        const events = importEvents(fileImport, request.uid, stored, request.query, signal);
        return sendEventStream(reply, events, { signal, mayGoOn: async () => true });
      },
    );
  };
}

interface StoredFile {
  folder: string;
  path: string;
  name: string;
}

/** Writes the uploaded file to a folder of its own. */
async function storeFile(request: FastifyRequest): Promise<StoredFile> {
  const folder = await mkdtemp(path.join(tmpdir(), 'omi-import-'));
  const target = path.join(folder, 'file');
  try {
    const limits = { maxBytes: MAX_BYTES, maxTotalBytes: MAX_BYTES, maxFiles: 1 };
    let name: string | undefined;
    for await (const file of streamUploadedFiles(request, 'file', limits)) {
      name = path.basename(file.name);
      await pipeline(file.bytes, createWriteStream(target, { mode: 0o600 }));
    }
    if (name === undefined) throw missingFile('file');
    return { folder, path: target, name };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function* importEvents(
  fileImport: FileImport,
  uid: string,
  file: StoredFile,
  options: z.output<typeof query>,
  signal: AbortSignal,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  let heard: { endMs: number; totalMs: number | null } | undefined;
  try {
    const importing = fileImport
      .import(uid, file, {
        me: options.me ?? null,
        language: options.language ?? null,
        startedAt: options.started_at ?? null,
        changedAt: options.changed_at ?? null,
        signal,
        onHeard: (endMs, totalMs) => {
          heard = { endMs, totalMs };
        },
      })
      .then(doneEvent, failedEvent);
    for (let number = 0; ; number += 1) {
      const ended = await Promise.race([importing, pause(PROGRESS_MS)]);
      if (ended) {
        yield ended;
        return;
      }
      if (!heard) continue;
      const data = {
        heard_seconds: heard.endMs / 1000,
        total_seconds: heard.totalMs === null ? null : heard.totalMs / 1000,
      };
      heard = undefined;
      yield { id: String(number), event: 'progress', data };
    }
  } finally {
    await rm(file.folder, { recursive: true, force: true });
  }
}

function pause(ms: number): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), ms));
}

function doneEvent(made: ImportedFromFile[]): ServerSentEvent {
  const conversations = made.map(({ conversationId: id, status }) => ({ id, status }));
  return { id: 'end', event: 'done', data: { conversations } };
}

/** What a client may know of a failure; any other is the server's fault and goes to its log. */
function failedEvent(error: unknown): ServerSentEvent {
  if (!isAppError(error)) throw error;
  return { id: 'end', event: 'failed', data: { detail: error.message, code: error.code } };
}
