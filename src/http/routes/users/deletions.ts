import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Deletions } from '../../../deletions/deletions.ts';
import { DELETABLE_KINDS } from '../../../model/deletion.ts';
import { toIso } from '../../../model/timestamp.ts';
import { noContent, STATUS_OK, statusOkSchema } from '../../status-ok.ts';

const tags = ['deletions'];
const subject = z.object({ kind: z.enum(DELETABLE_KINDS), id: z.string().max(200) });
const deletionSchema = z
  .object({
    kind: z.enum(DELETABLE_KINDS),
    id: z.string(),
    deleted_at: z.string(),
    erases_at: z.string(),
  })
  .meta({ id: 'Deletion' });

/** What a user has deleted and can still bring back. */
export function deletionRoutes({ deletions }: { deletions: Deletions }): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/deletions',
      {
        schema: {
          tags,
          summary: 'List what was deleted and can still be brought back, the latest first',
          description:
            'Deleted things are in no list, search or export any more. Until `erases_at` (UNDO_DELETE_MINUTES after the deletion) they can be brought back; then they are erased with their audio.',
          response: { 200: z.object({ deletions: z.array(deletionSchema) }) },
        },
      },
      async ({ uid }) => {
        const found = await deletions.list(uid);
        return {
          deletions: found.map(({ kind, subjectId, deletedAt, erasesAt }) => ({
            kind,
            id: subjectId,
            deleted_at: toIso(deletedAt),
            erases_at: toIso(erasesAt),
          })),
        };
      },
    );
    app.post(
      '/v1/deletions/:kind/:id/restore',
      {
        schema: {
          tags,
          summary: 'Bring back what was deleted, as it was',
          params: subject,
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, params }) => {
        await deletions.restore(uid, params.kind, params.id);
        return STATUS_OK;
      },
    );
    app.delete(
      '/v1/deletions/:kind/:id',
      {
        schema: {
          tags,
          summary: 'Erase at once what could still be brought back',
          params: subject,
          response: { 204: noContent },
        },
      },
      async ({ uid, params }, reply) => {
        await deletions.erase(uid, params.kind, params.id);
        return reply.code(204).send(undefined);
      },
    );
  };
}
