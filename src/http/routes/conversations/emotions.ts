import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { EMOTIONS } from '../../../model/conversations/emotion.ts';
import type { EmotionService } from '../../../understanding/emotion/emotion-service.ts';
import type { UserService } from '../../../users/user-service.ts';
import { emotionToWire } from '../../../wire/emotion-wire.ts';

const settingSchema = z.object({ enabled: z.boolean() });

/** What the user felt: asked for of one conversation, and whether it is heeded at all. */
export function emotionRoutes(deps: {
  emotions: EmotionService;
  users: UserService;
}): FastifyPluginAsyncZod {
  const { emotions, users } = deps;
  return async (app) => {
    app.post(
      '/v1/conversations/:id/emotion',
      {
        schema: {
          tags: ['conversations'],
          summary: "Get the user's emotion in a conversation with a response",
          description:
            "Reads the user's own segments, whatever the setting says, and keeps the result with the conversation. `emotion` is null if nothing is clear. Without a language model English words alone are understood, and the answer is English.",
          params: z.object({ id: z.string() }),
          response: {
            200: z.object({
              emotion: z.enum(EMOTIONS).nullable(),
              score: z.number().nullable(),
              segment_ids: z.array(z.string()),
              engine: z.enum(['model', 'rules']).nullable(),
              answer: z.string().nullable(),
            }),
          },
        },
      },
      async ({ uid, params }) => {
        const felt = await emotions.ofConversation(uid, params.id);
        if (!felt) {
          return { emotion: null, score: null, segment_ids: [], engine: null, answer: null };
        }
        return { ...emotionToWire(felt), emotion: felt.emotion, engine: felt.engine };
      },
    );

    app.get(
      '/v1/users/emotion',
      {
        schema: {
          tags: ['settings'],
          summary: 'Get whether emotion detection is on',
          response: { 200: settingSchema },
        },
      },
      async ({ uid }) => ({ enabled: (await users.getUser(uid)).emotionAware }),
    );

    app.patch(
      '/v1/users/emotion',
      {
        schema: {
          tags: ['settings'],
          summary: 'Turn emotion detection on or off',
          description:
            'Off at first. On: every conversation is read for it when it is processed, and chat answers in a fitting tone.',
          body: settingSchema,
          response: { 200: settingSchema },
        },
      },
      async ({ uid, body }) => ({
        enabled: (await users.setEmotionAware(uid, body.enabled)).emotionAware,
      }),
    );
  };
}
