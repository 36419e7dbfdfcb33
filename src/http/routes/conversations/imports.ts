import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ImportService } from '../../../conversations/import-service.ts';
import { AppError } from '../../../kernel/errors.ts';
import { STATUS_OK, statusOkSchema } from '../../status-ok.ts';

const params = z.object({
  import_id: z
    .string()
    .regex(/^[0-9a-f]{64}$/u)
    .meta({ example: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' })
    .describe('SHA-256 of what a file says or holds'),
});

/** Which conversation was made of a file, so that the same file is not sent twice. */
export function importRoutes({ imports }: { imports: ImportService }): FastifyPluginAsyncZod {
  return async (app) => {
    const tags = ['conversations'];
    app.get(
      '/v1/imports/:import_id',
      {
        schema: {
          tags,
          summary: 'Get the conversation that was imported from a file',
          params,
          response: { 200: z.object({ conversation_id: z.string() }) },
        },
      },
      async ({ uid, params: { import_id: key } }) => {
        const found = await imports.findImported(uid, key);
        if (!found) throw new AppError('not-found', 'No conversation was created from this file.');
        return { conversation_id: found.id };
      },
    );

    app.put(
      '/v1/imports/:import_id',
      {
        schema: {
          tags,
          summary: 'Record that a file was imported as a conversation',
          params,
          body: z.object({ conversation_id: z.string() }),
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, params: { import_id: key }, body }) => {
        await imports.markImported(uid, key, body.conversation_id);
        return STATUS_OK;
      },
    );
  };
}
