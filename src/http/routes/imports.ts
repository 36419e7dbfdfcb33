import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ImportService } from '../../conversations/import-service.ts';
import { AppError } from '../../kernel/errors.ts';
import { STATUS_OK, statusOkSchema } from '../status-ok.ts';

const params = z.object({
  import_key: z
    .string()
    .regex(/^[0-9a-f]{64}$/u)
    .describe('SHA-256 of what a file says or holds'),
});

/** Which conversation was made of a file, so that the same file is not sent twice. */
export function importRoutes({ imports }: { imports: ImportService }): FastifyPluginAsyncZod {
  return async (app) => {
    const tags = ['conversations'];
    app.get(
      '/v1/imports/:import_key',
      {
        schema: {
          tags,
          summary: 'The conversation that was made of a file',
          params,
          response: { 200: z.object({ conversation_id: z.string() }) },
        },
      },
      async ({ uid, params: { import_key: key } }) => {
        const found = await imports.findImported(uid, key);
        if (!found) throw new AppError('not-found', 'Nothing was made of this file.');
        return { conversation_id: found.id };
      },
    );

    app.put(
      '/v1/imports/:import_key',
      {
        schema: {
          tags,
          summary: 'Tell that a conversation was made of a file, once all of it was sent',
          params,
          body: z.object({ conversation_id: z.string() }),
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, params: { import_key: key }, body }) => {
        await imports.markImported(uid, key, body.conversation_id);
        return STATUS_OK;
      },
    );
  };
}
