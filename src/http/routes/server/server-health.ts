import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type IsOwner, ownerOnly } from '../../../auth/owner-only.ts';
import { VERSION } from '../../../kernel/version.ts';
import { toIso } from '../../../model/timestamp.ts';

export interface ServerHealthDeps {
  isOwner: IsOwner;
  serverChecks: {
    uses(): { hears: string[]; understands: string | null };
    run(): Promise<{
      checkedAt: number;
      findings: { verdict: 'ok' | 'broken' | 'note'; subject: string; text: string }[];
    }>;
  };
}

const tags = ['server'];
/** All checks one after the other; each has its own limit. */
const CHECKS_TIMEOUT_MS = 180_000;

const serverSchema = z
  .object({
    version: z.string(),
    is_owner: z.boolean().describe('The caller may use the routes that are for the owner alone'),
    hears: z.array(z.string()).describe('Speech services in the order in which they are asked'),
    understands: z.string().nullable().describe('The language model; null: rules'),
  })
  .meta({ id: 'Server' });
const findingSchema = z
  .object({
    verdict: z
      .enum(['ok', 'broken', 'note'])
      .describe('`broken`: is configured and does not work; `note`: good to know'),
    subject: z.string(),
    text: z.string().describe('What was found, and what to do about it'),
  })
  .meta({ id: 'ServerFinding' });

/** What the server hears and understands with, and what its checks find. */
export function serverHealthRoutes(deps: ServerHealthDeps): FastifyPluginAsyncZod {
  const { isOwner, serverChecks } = deps;
  const assertOwner = ownerOnly(isOwner);
  return async (app) => {
    app.get(
      '/v1/server',
      {
        schema: {
          tags,
          summary: 'Get what the server hears and understands with',
          response: { 200: serverSchema },
        },
      },
      async ({ uid }) => ({
        version: VERSION,
        is_owner: await isOwner(uid),
        ...serverChecks.uses(),
      }),
    );

    app.get(
      '/v1/server/checks',
      {
        handlerTimeout: CHECKS_TIMEOUT_MS,
        schema: {
          tags,
          summary: 'Check the server and every service that is configured, for its owner',
          description:
            'What `omi-backend doctor` checks, without its questions to the language model. It asks each service over the network, at most 10 s each.',
          response: {
            200: z.object({ checked_at: z.string(), findings: z.array(findingSchema) }),
          },
        },
      },
      async ({ uid }) => {
        await assertOwner(uid);
        const { checkedAt, findings } = await serverChecks.run();
        return { checked_at: toIso(checkedAt), findings };
      },
    );
  };
}
