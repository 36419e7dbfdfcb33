import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ApiKeys } from '../../../auth/api-keys.ts';
import type { ApiKeyKind } from '../../../model/accounts/api-key.ts';
import { apiKeySchema, apiKeyToWire, createdApiKeySchema } from '../../../wire/api-key-wire.ts';
import { HttpError } from '../../http-error.ts';
import { bodyTime } from '../../query-types.ts';
import { noContent } from '../../status-ok.ts';

const PLACES: Readonly<Record<ApiKeyKind, { path: string; of: string }>> = {
  dev: { path: '/v1/dev/keys', of: 'the developer API' },
  mcp: { path: '/v1/mcp/keys', of: 'MCP' },
};

/** Keys that a user gives to programs. A key cannot make keys: these routes need a sign-in. */
export function apiKeyRoutes({ apiKeys }: { apiKeys: ApiKeys }): FastifyPluginAsyncZod {
  return async (app) => {
    const tags = ['keys'];
    for (const kind of ['dev', 'mcp'] as const) {
      const { path, of } = PLACES[kind];
      app.get(
        path,
        {
          schema: {
            tags,
            summary: `Keys for ${of}, newest first`,
            response: { 200: z.array(apiKeySchema) },
          },
        },
        async ({ uid }) => (await apiKeys.list(uid, kind)).map(apiKeyToWire),
      );

      app.post(
        path,
        {
          schema: {
            tags,
            summary: `Make a key for ${of}; it is shown this once`,
            body: z.object({
              name: z.string().max(200),
              scopes: z.array(z.string().max(50)).max(50).nullish(),
              expires_at: bodyTime().nullish(),
            }),
            response: { 200: createdApiKeySchema },
          },
        },
        async ({ uid, body }) => {
          if (body.name.trim() === '') throw new HttpError(422, 'Key name cannot be empty');
          const { key, record } = await apiKeys.create(uid, kind, {
            name: body.name,
            scopes: body.scopes ?? null,
            expiresAt: body.expires_at ?? null,
          });
          return { ...apiKeyToWire(record), key };
        },
      );

      app.delete(
        `${path}/:key_id`,
        {
          config: { forgivesMissing: true },
          schema: {
            tags,
            summary: `Delete a key for ${of}; it is refused at once`,
            params: z.object({ key_id: z.string() }),
            response: { 204: noContent },
          },
        },
        async ({ uid, params }, reply) => {
          await apiKeys.delete(uid, kind, params.key_id);
          return reply.code(204).send(undefined);
        },
      );
    }
  };
}
