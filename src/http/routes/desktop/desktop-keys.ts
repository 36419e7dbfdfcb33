/**
 * What the macOS app asks its second server for beyond chat and screen: keys of vendors, other models, messages
 * of the support, machines for agents, updates. This server has none of them, and says so in the form in
 * which the app goes on without.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { HttpError } from '../../http-error.ts';

const tags = ['desktop'];
const key = z.string().nullable();

export function desktopKeyRoutes(): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/config/api-keys',
      {
        schema: {
          tags,
          summary: 'Keys of vendors for the client: none; the server keeps its own',
          response: {
            200: z.object({
              deepgram_api_key: key,
              gemini_api_key: key,
              firebase_api_key: key,
              google_calendar_api_key: key,
            }),
          },
        },
      },
      async () => ({
        deepgram_api_key: null,
        gemini_api_key: null,
        firebase_api_key: null,
        google_calendar_api_key: null,
      }),
    );
    app.post('/v1/proxy/gemini/*', { schema: { hide: true } }, async () => {
      throw new HttpError(
        503,
        'This server has no Gemini. Chat works through /v2/chat/completions.',
      );
    });
    app.get(
      '/v1/crisp/unread',
      {
        schema: {
          tags,
          summary: 'Unread messages of the support: none',
          response: {
            200: z.object({ unread_count: z.number().int(), messages: z.array(z.unknown()) }),
          },
        },
      },
      async () => ({ unread_count: 0, messages: [] }),
    );
  };
}
