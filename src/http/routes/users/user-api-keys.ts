import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { UserApiKeys } from '../../../users/user-api-keys.ts';

const tags = ['user'];
const fingerprint = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex')
  .meta({ example: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' });
const active = z.object({ active: z.boolean() });

/** Enrolment of the signed-in user with keys of their own; the keys come with later requests. */
export function userApiKeyRoutes({
  userApiKeys,
}: {
  userApiKeys: UserApiKeys;
}): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      '/v1/users/me/byok-active',
      {
        config: { anyKeys: true },
        schema: {
          tags,
          summary: 'Register your own API keys by fingerprint',
          body: z.object({
            fingerprints: z.object({
              openai: fingerprint.optional(),
              anthropic: fingerprint.optional(),
              gemini: fingerprint.optional(),
              deepgram: fingerprint.optional(),
            }),
          }),
          response: { 200: active },
        },
      },
      async ({ uid, body }) => {
        await userApiKeys.enrol(uid, body.fingerprints);
        return { active: true };
      },
    );
    app.delete(
      '/v1/users/me/byok-active',
      {
        config: { anyKeys: true },
        schema: { tags, summary: 'Stop using your own API keys', response: { 200: active } },
      },
      async ({ uid }) => {
        await userApiKeys.withdraw(uid);
        return { active: false };
      },
    );
  };
}
