import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { UserService } from '../../../users/user-service.ts';
import { jsonObjectSchema, jsonValueSchema } from '../../../wire/json.ts';

const tags = ['settings'];
const treeSchema = jsonObjectSchema;
/** Longest profile text, characters. */
const PROFILE_TEXT_LIMIT = 50_000;
const aiProfileSchema = z
  .object({ profile_text: z.string().max(PROFILE_TEXT_LIMIT).nullish() })
  .catchall(jsonValueSchema);

/** Free-form settings of clients; a PATCH is merged into the stored object. */
export function userAssistantRoutes({ users }: { users: UserService }): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/users/assistant-settings',
      { schema: { tags, summary: 'Get the assistant settings', response: { 200: treeSchema } } },
      async ({ uid }) => (await users.getUser(uid)).assistantSettings,
    );
    app.patch(
      '/v1/users/assistant-settings',
      {
        schema: {
          tags,
          summary: 'Update the assistant settings',
          body: treeSchema,
          response: { 200: treeSchema },
        },
      },
      async ({ uid, body }) => users.mergeAssistantSettings(uid, body),
    );
    app.get(
      '/v1/users/ai-profile',
      {
        schema: {
          tags,
          summary: "Get the assistant's profile of the user",
          response: { 200: treeSchema },
        },
      },
      async ({ uid }) => (await users.getUser(uid)).aiProfile,
    );
    app.patch(
      '/v1/users/ai-profile',
      {
        schema: {
          tags,
          summary: "Update the assistant's profile of the user",
          body: aiProfileSchema,
          response: { 200: treeSchema },
        },
      },
      async ({ uid, body }) => users.mergeAiProfile(uid, body),
    );
  };
}
