import { Readable } from 'node:stream';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { AccountSource } from '../../../transfer/account-export.ts';
import type { AccountDeletion } from '../../../users/account-deletion.ts';
import type { UserService } from '../../../users/user-service.ts';
import { profileSchema, profileToWire } from '../../../wire/user-wire.ts';
import { exportAccount } from '../../account-export.ts';
import { contentResponse } from '../../openapi/body-kinds.ts';

const tags = ['account'];
/** A large account on a slow line takes longer than any other request. */
const EXPORT_TIMEOUT_MS = 3_600_000;

export interface UserAccountDeps {
  users: UserService;
  deletion: AccountDeletion;
  accountExport: AccountSource;
}

function introduced(max: number) {
  return z.string().trim().min(1).max(max).nullish();
}

/** The account itself: profile, export, deletion. */
export function userAccountRoutes(deps: UserAccountDeps): FastifyPluginAsyncZod {
  const { users, deletion, accountExport } = deps;
  return async (app) => {
    app.get(
      '/v1/users/profile',
      {
        schema: {
          tags,
          response: { 200: profileSchema },
          summary: 'Get the user with all settings',
        },
      },
      async ({ uid }) => profileToWire(await users.getUser(uid)),
    );
    app.patch(
      '/v1/users/profile',
      {
        schema: {
          tags,
          response: { 200: profileSchema },
          summary: 'Set what the user says of themselves; null and absent fields stay',
          body: z.object({
            name: introduced(100),
            motivation: introduced(1_000),
            use_case: introduced(1_000),
            job: introduced(200),
            company: introduced(200),
            time_zone: introduced(100).describe('IANA name, such as Europe/Lisbon'),
          }),
        },
      },
      async ({ uid, body }) => {
        const { name, motivation, use_case: useCase, job, company, time_zone: zone } = body;
        if (typeof zone === 'string') await users.setTimeZone(uid, zone);
        const given = Object.entries({ name, motivation, useCase, job, company }).filter(
          ([, value]) => typeof value === 'string',
        );
        return profileToWire(await users.introduce(uid, Object.fromEntries(given)));
      },
    );
    app.get(
      '/v1/users/export',
      {
        handlerTimeout: EXPORT_TIMEOUT_MS,
        schema: {
          tags,
          response: {
            200: contentResponse(
              'Everything that is stored of the user, as one JSON object.',
              'application/json',
            ),
          },
          summary: 'Export all data of the user as one JSON file',
        },
      },
      async ({ uid }, reply) => {
        const pieces = exportAccount(accountExport, uid);
        return reply
          .type('application/json; charset=utf-8')
          .header('content-disposition', 'attachment; filename="omi-export.json"')
          .send(Readable.from(pieces, { objectMode: false }));
      },
    );
    app.delete(
      '/v1/users/delete-account',
      {
        schema: {
          tags,
          summary: 'Delete the user and all data',
          body: z
            .object({ reason: z.string().nullish(), reason_details: z.string().nullish() })
            .optional(),
          response: { 200: z.object({ status: z.literal('ok'), message: z.string() }) },
        },
      },
      async ({ uid }) => {
        await deletion.deleteAccount(uid);
        return { status: 'ok' as const, message: 'Account deleted successfully' };
      },
    );
  };
}
