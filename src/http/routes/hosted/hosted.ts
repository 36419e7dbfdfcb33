import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { HttpError } from '../../http-error.ts';
import { queryInt } from '../../query-types.ts';
import { HOSTED_ANSWERS } from './hosted-answers.ts';

/** A feed without a version in it; Sparkle then finds the app up to date. https://sparkle-project.org */
const APPCAST = `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:sparkle="http://www.andymatuschak.org/xml-namespaces/sparkle">
<channel><title>Updates</title></channel>
</rss>
`;

/** Parts of Omi's hosted business that this server does not have: each client is told so in its own form. */
export function hostedRoutes(): FastifyPluginAsyncZod {
  return async (app) => {
    for (const { method, path, isPublic = false, status = 200, body } of HOSTED_ANSWERS) {
      app.route({
        method,
        url: path,
        config: isPublic ? { public: true } : {},
        schema: { hide: true },
        handler: async (_request, reply) => {
          if (status !== 200) throw new HttpError(status, String(body));
          return reply.type('application/json; charset=utf-8').send(JSON.stringify(body));
        },
      });
    }
    app.get(
      '/v1/wrapped/:year',
      { schema: { hide: true, params: z.object({ year: queryInt({ min: 2020, max: 2100 }) }) } },
      async ({ params }) => ({
        status: 'not_generated',
        year: params.year,
        result: null,
        error: null,
        progress: null,
      }),
    );
    app.get(
      '/v2/desktop/appcast.xml',
      { config: { public: true }, schema: { hide: true } },
      async (_request, reply) => reply.type('application/rss+xml; charset=utf-8').send(APPCAST),
    );
  };
}
