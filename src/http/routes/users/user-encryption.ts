import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { AppError } from '../../../kernel/errors.ts';
import { toIso, toIsoOrNull } from '../../../model/timestamp.ts';
import type { ReEncryption } from '../../../users/re-encryption.ts';
import { STATUS_OK, statusOkSchema } from '../../status-ok.ts';

const tags = ['privacy'];
/** Levels as clients name them. A server that has a secret encrypts everything: there is no way back. */
const level = z.string().max(40);
const response = { 200: statusOkSchema };

/** Encryption of what is stored already, with the routes of Omi's app for it. */
export function userEncryptionRoutes(deps: { reEncryption: ReEncryption }): FastifyPluginAsyncZod {
  const { reEncryption } = deps;
  return async (app) => {
    app.get(
      '/v1/users/encryption',
      {
        schema: {
          tags,
          summary: 'Get the progress of the encryption of stored data',
          response: {
            200: z.object({
              status: z.enum(['none', 'running', 'done']),
              documents_done: z.int(),
              started_at: z.string().nullable(),
              finished_at: z.string().nullable(),
            }),
          },
        },
      },
      async ({ uid }) => {
        const state = await reEncryption.state(uid);
        if (!state) {
          return {
            status: 'none' as const,
            documents_done: 0,
            started_at: null,
            finished_at: null,
          };
        }
        return {
          status: state.finishedAt === null ? ('running' as const) : ('done' as const),
          documents_done: state.done,
          started_at: toIso(state.startedAt),
          finished_at: toIsoOrNull(state.finishedAt),
        };
      },
    );

    app.post(
      '/v1/users/migration/requests',
      {
        schema: {
          tags,
          summary: 'Encrypt what is stored of the user',
          body: z.object({ target_level: level }),
          response,
        },
      },
      async ({ uid, body }) => {
        assertEnhanced(body.target_level);
        await reEncryption.start(uid);
        return STATUS_OK;
      },
    );

    app.get(
      '/v1/users/migration/requests',
      {
        schema: {
          tags,
          summary: 'List what the client must migrate: nothing, the server does it',
          querystring: z.object({ target_level: level.default('enhanced') }),
          response: {
            200: z.object({
              needs_migration: z.array(z.object({ id: z.string(), type: z.string() })),
            }),
          },
        },
      },
      async () => ({ needs_migration: [] }),
    );

    app.post(
      '/v1/users/migration/batch-requests',
      {
        schema: {
          tags,
          summary: 'Encrypt single things; the server encrypts all of the user',
          body: z.object({
            requests: z
              .array(
                z.object({
                  type: z.string().max(40),
                  id: z.string().max(200),
                  target_level: level,
                }),
              )
              .max(1_000),
          }),
          response,
        },
      },
      async ({ uid, body }) => {
        for (const { target_level } of body.requests) assertEnhanced(target_level);
        if (body.requests.length > 0) await reEncryption.start(uid);
        return STATUS_OK;
      },
    );

    app.post(
      '/v1/users/migration/requests/data-protection-level/finalize',
      {
        schema: {
          tags,
          summary: 'End the migration; the server goes on until all is encrypted',
          body: z.object({ target_level: level }),
          response,
        },
      },
      async ({ uid, body }) => {
        assertEnhanced(body.target_level);
        if ((await reEncryption.state(uid)) === null) await reEncryption.start(uid);
        return STATUS_OK;
      },
    );
  };
}

function assertEnhanced(target: string): void {
  if (target === 'enhanced') return;
  throw new AppError(
    'bad-request',
    'Only the level "enhanced" can be chosen: what is encrypted is not stored in plain again.',
  );
}
