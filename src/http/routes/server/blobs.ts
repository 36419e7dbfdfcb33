import type { Readable } from 'node:stream';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type ByteRange, parseByteRange } from '../../byte-range.ts';
import { HttpError } from '../../http-error.ts';
import { contentResponse } from '../../openapi/body-kinds.ts';

/** Returns the file of a signed link; throws if the link is invalid. */
export interface LinkedFiles {
  open(token: string): Promise<{
    info: { key: string; size: number };
    read(range: ByteRange | null): Promise<{ body: Readable }>;
  }>;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  wav: 'audio/wav',
  ogg: 'audio/ogg',
  opus: 'audio/ogg',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  png: 'image/png',
};

const fileResponse = contentResponse(
  'The file.',
  ...new Set(Object.values(CONTENT_TYPES)),
  'application/octet-stream',
);

/** Where links to files lead that this server signs itself. The link is the permission. */
export function blobRoutes({
  blobLinks: files,
}: {
  blobLinks: LinkedFiles;
}): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/blobs/:token',
      {
        config: { public: true },
        schema: {
          tags: ['files'],
          response: { 200: fileResponse, 206: fileResponse },
          summary: 'Get the file of a signed link (supports byte ranges)',
          params: z.object({ token: z.string() }),
          security: [],
        },
      },
      async (request, reply) => {
        const { info, read } = await files.open(request.params.token);
        const range = parseByteRange(request.headers.range, info.size);
        reply.header('accept-ranges', 'bytes');
        if (range === 'unsatisfiable') {
          reply.header('content-range', `bytes */${info.size}`);
          throw new HttpError(416, 'Range Not Satisfiable');
        }
        const extension = info.key.split('.').at(-1) ?? '';
        reply.type(CONTENT_TYPES[extension] ?? 'application/octet-stream');
        reply.header('cache-control', 'private, max-age=300');
        reply.header('content-length', range ? range.end - range.start + 1 : info.size);
        if (range) {
          reply.code(206);
          reply.header('content-range', `bytes ${range.start}-${range.end}/${info.size}`);
        }
        const { body } = await read(range);
        return reply.send(body);
      },
    );
  };
}
