/**
 * Apps are not built yet. What is answered here is the true state: there are none, in the lists of
 * kinds that the store of apps knows. The app reads these when it starts.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { APP_CAPABILITIES, APP_CATEGORIES, APP_GROUPS } from '../../../wire/app-kinds.ts';
import { queryBoolean, queryInt } from '../../query-types.ts';

const tags = ['apps'];
const listQuery = z.object({
  capability: z.string().optional(),
  category: z.string().optional(),
  offset: queryInt({ min: 0 }).default(0),
  limit: queryInt({ min: 1, max: 100 }).default(20),
  include_reviews: queryBoolean().default(false),
});

export function startupAppRoutes(): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v2/apps',
      {
        config: { public: true },
        schema: {
          tags,
          summary: 'List the apps of the store (always empty)',
          security: [],
          querystring: listQuery,
        },
      },
      async ({ query }) => {
        const { offset, limit } = query;
        const pagination = {
          total: 0,
          count: 0,
          offset,
          limit,
          hasNext: false,
          hasPrevious: offset > 0,
        };
        if (query.capability !== undefined) {
          const capability = APP_GROUPS.find(({ id }) => id === query.capability);
          const id = query.capability;
          return { data: [], pagination, capability: capability ?? { id, title: id } };
        }
        if (query.category !== undefined) {
          const category = APP_CATEGORIES.find(({ id }) => id === query.category);
          const id = query.category;
          return { data: [], pagination, category: category ?? { id, title: id } };
        }
        return {
          groups: [],
          meta: { capabilities: APP_GROUPS, groupCount: 0, limit, offset },
        };
      },
    );
    app.get(
      '/v1/apps/enabled',
      { schema: { tags, summary: 'List enabled apps (always empty)' } },
      async () => [],
    );
    app.get(
      '/v1/apps/popular',
      { schema: { tags, summary: 'List popular apps (always empty)' } },
      async () => [],
    );
    app.get(
      '/v1/app-categories',
      {
        config: { public: true },
        schema: { tags, summary: 'List app categories', security: [] },
      },
      async () => APP_CATEGORIES,
    );
    app.get(
      '/v1/app-capabilities',
      {
        config: { public: true },
        schema: { tags, summary: 'List app capabilities', security: [] },
      },
      async () => APP_CAPABILITIES,
    );
  };
}
