import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type IsOwner, ownerOnly } from '../../../auth/owner-only.ts';
import { toIsoOrNull } from '../../../model/timestamp.ts';
import type { BackupState, BackupTask } from '../../../transfer/backup-task.ts';
import { contentResponse } from '../../openapi/body-kinds.ts';
import { STATUS_OK, statusOkSchema } from '../../status-ok.ts';

export interface ServerBackupDeps {
  isOwner: IsOwner;
  backupTask: BackupTask;
}

const tags = ['server'];
/** A large backup on a slow line takes longer than any other request. */
const DOWNLOAD_TIMEOUT_MS = 3_600_000;

const backupSchema = z
  .object({
    supported: z.boolean().describe('False: the data is not in the data directory'),
    state: z.enum(['none', 'running', 'done', 'failed']),
    done_files: z.number().int(),
    total_files: z.number().int(),
    file_name: z.string().nullable(),
    size_bytes: z.number().int().nullable(),
    made_at: z.string().nullable().describe('When it was started'),
    expires_at: z.string().nullable().describe('When the server removes it'),
    error: z.string().nullable(),
  })
  .meta({ id: 'ServerBackup' });

/** A backup of the whole server, for its owner: everybody's data, as `omi-backend backup` writes it. */
export function serverBackupRoutes({
  isOwner,
  backupTask,
}: ServerBackupDeps): FastifyPluginAsyncZod {
  const assertOwner = ownerOnly(isOwner);
  return async (app) => {
    app.get(
      '/v1/server/backup',
      {
        schema: {
          tags,
          summary: 'Get the progress of the backup that runs or was made last, for the owner',
          response: { 200: backupSchema },
        },
      },
      async ({ uid }) => {
        await assertOwner(uid);
        return backupToWire(backupTask.state, backupTask.isSupported);
      },
    );

    app.post(
      '/v1/server/backup',
      {
        schema: {
          tags,
          summary: 'Start a backup of the whole server, for its owner',
          description:
            'It replaces the one before. What is encrypted stays so; ENCRYPTION_SECRET is not in it. `omi-backend restore` reads it.',
          response: { 202: backupSchema },
        },
      },
      async ({ uid }, reply) => {
        await assertOwner(uid);
        return reply.code(202).send(backupToWire(backupTask.start(), true));
      },
    );

    app.delete(
      '/v1/server/backup',
      {
        schema: {
          tags,
          summary: 'Stop the backup that runs, or remove the one that was made',
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid }) => {
        await assertOwner(uid);
        await backupTask.clear();
        return STATUS_OK;
      },
    );

    app.get(
      '/v1/server/backup/file',
      {
        handlerTimeout: DOWNLOAD_TIMEOUT_MS,
        schema: {
          tags,
          summary: 'Download the finished backup, for the owner',
          response: { 200: contentResponse('A compressed tar file.', 'application/gzip') },
        },
      },
      async ({ uid }, reply) => {
        await assertOwner(uid);
        const { fileName, sizeBytes, stream } = backupTask.open();
        return reply
          .type('application/gzip')
          .header('content-length', sizeBytes)
          .header('content-disposition', `attachment; filename="${fileName}"`)
          .send(stream);
      },
    );
  };
}

function backupToWire(backup: BackupState, isSupported: boolean) {
  return {
    supported: isSupported,
    state: backup.state,
    done_files: backup.doneFiles,
    total_files: backup.totalFiles,
    file_name: backup.fileName,
    size_bytes: backup.sizeBytes,
    made_at: toIsoOrNull(backup.madeAt),
    expires_at: toIsoOrNull(backup.expiresAt),
    error: backup.error,
  };
}
