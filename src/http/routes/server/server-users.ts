import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type IsOwner, ownerOnly } from '../../../auth/owner-only.ts';
import type { ListedUser, UserAdministration } from '../../../auth/user-administration.ts';
import { AppError } from '../../../kernel/errors.ts';
import { toIso, toIsoOrNull } from '../../../model/timestamp.ts';
import { publicOrigin } from '../../public-origin.ts';
import { queryInt } from '../../query-types.ts';

export interface ServerUserDeps {
  isOwner: IsOwner;
  userAdministration: UserAdministration;
  publicUrl: string | null;
}

const tags = ['server'];
const MAX_PAGE = 100;
const byId = z.object({ id: z.string().max(200) });

const userSchema = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    created_at: z.string(),
    is_owner: z.boolean(),
    sign_ins: z.number().int().describe('Browser sessions and tokens that are valid now'),
    last_used_at: z.string().nullable(),
  })
  .meta({ id: 'ServerUser' });
const linkSchema = z
  .object({ url: z.string(), expires_at: z.string() })
  .meta({ id: 'UserSignInLink' });

/** The users of the server, for its owner. Nothing that they have said can be read here. */
export function serverUserRoutes(deps: ServerUserDeps): FastifyPluginAsyncZod {
  const { userAdministration: administration, publicUrl } = deps;
  const assertOwner = ownerOnly(deps.isOwner);
  return async (app) => {
    app.get(
      '/v1/server/users',
      {
        schema: {
          tags,
          summary: 'List the users of the server, oldest first, for its owner',
          querystring: z.object({
            limit: queryInt({ min: 1, max: MAX_PAGE }).default(MAX_PAGE),
            cursor: z.string().max(1_000).optional(),
          }),
          response: {
            200: z.object({ users: z.array(userSchema), next_cursor: z.string().nullable() }),
          },
        },
      },
      async ({ uid, query: { limit, cursor = null } }) => {
        await assertOwner(uid);
        const { users, nextCursor } = await administration.page({ limit, cursor });
        return { users: users.map(userToWire), next_cursor: nextCursor };
      },
    );

    app.post(
      '/v1/server/users',
      {
        schema: {
          tags,
          summary: 'Add a user to the server, for its owner',
          body: z.object({ name: z.string().trim().min(1).max(100) }),
          response: { 200: userSchema },
        },
      },
      async ({ uid, body }) => {
        await assertOwner(uid);
        return userToWire(await administration.add(body.name));
      },
    );

    app.post(
      '/v1/server/users/:id/sign-in-link',
      {
        schema: {
          tags,
          summary: 'Make a link that signs a user in, once, within a day, for the owner',
          params: byId,
          response: { 200: linkSchema },
        },
      },
      async (request) => {
        await assertOwner(request.uid);
        const { code, expiresAt } = await administration.createLink(request.params.id);
        const origin = publicOrigin(request, publicUrl);
        return { url: `${origin}/welcome#code=${code}`, expires_at: toIso(expiresAt) };
      },
    );

    app.post(
      '/v1/server/users/:id/revoke',
      {
        schema: {
          tags,
          summary: 'Sign a user out everywhere, for the owner',
          description:
            'Ends every session, token, sign-in link, API key and connected program of the user. The data stays; a new link lets the user in again.',
          params: byId,
          response: { 200: z.object({ revoked: z.number().int() }) },
        },
      },
      async ({ uid, params }) => {
        await assertOwner(uid);
        if (params.id === uid) {
          throw new AppError(
            'bad-request',
            'You cannot sign yourself out everywhere here: revoke your own devices one by one.',
          );
        }
        return { revoked: await administration.revoke(params.id) };
      },
    );
  };
}

function userToWire({ id, name, createdAt, isOwner, signIns, lastUsedAt }: ListedUser) {
  return {
    id,
    name,
    created_at: toIso(createdAt),
    is_owner: isOwner,
    sign_ins: signIns,
    last_used_at: toIsoOrNull(lastUsedAt),
  };
}
