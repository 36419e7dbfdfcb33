import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { AppWriter } from '../../../apps/app-writer.ts';
import { AppError } from '../../../kernel/errors.ts';
import { goneSignal } from '../../gone-signal.ts';
import { HttpError } from '../../http-error.ts';

const tags = ['apps'];
const text = z.string().max(20_000);

/** Texts for authors of apps, written by the language model; 503 without one. */
export function appGeneratorRoutes({ appWriter }: { appWriter: AppWriter }): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      '/v1/app/generate-description',
      {
        schema: {
          tags,
          summary: 'A better description of an app',
          body: z.object({ name: text, description: text }),
          response: { 200: z.object({ description: z.string() }) },
        },
      },
      async ({ uid, body }, reply) => {
        if (body.name.trim() === '') throw new HttpError(422, 'App Name is required');
        if (body.description.trim() === '') {
          throw new HttpError(422, 'App Description is required');
        }
        return { description: await appWriter.describe(uid, body, goneSignal(reply)) };
      },
    );
    app.post(
      '/v1/app/generate-description-emoji',
      {
        schema: {
          tags,
          summary: 'A description and an emoji for an app by its prompt',
          body: z.object({ name: text, prompt: text }),
          response: { 200: z.object({ description: z.string(), emoji: z.string() }) },
        },
      },
      async ({ uid, body }, reply) => appWriter.describePrompt(uid, body, goneSignal(reply)),
    );
    app.get(
      '/v1/app/generate-prompts',
      {
        schema: {
          tags,
          summary: 'Ideas for apps',
          response: { 200: z.object({ prompts: z.array(z.string()) }) },
        },
      },
      async ({ uid }, reply) => ({ prompts: await appWriter.ideas(uid, goneSignal(reply)) }),
    );
    app.post(
      '/v1/app/generate',
      {
        schema: {
          tags,
          summary: 'An app made from a sentence; nothing is stored',
          body: z.object({ prompt: z.string().min(10).max(2_000) }),
          response: {
            200: z.object({
              status: z.literal('ok'),
              app: z.object({
                name: z.string(),
                description: z.string(),
                category: z.string(),
                capabilities: z.array(z.string()),
                chat_prompt: z.string().nullable(),
                memory_prompt: z.string().nullable(),
              }),
            }),
          },
        },
      },
      async ({ uid, body }, reply) => {
        const made = await appWriter.make(uid, body.prompt, goneSignal(reply));
        return { status: 'ok' as const, app: made };
      },
    );
    app.post(
      '/v1/app/generate-icon',
      {
        schema: {
          tags,
          response: { 200: z.object({ icon_base64: z.string() }) },
          summary: 'A picture for an app: this server has no model that draws',
          body: z.object({ name: text, description: text, category: text }),
        },
      },
      async () => {
        throw new AppError(
          'not-configured',
          'This server has no model that draws: upload a picture instead.',
        );
      },
    );
  };
}
