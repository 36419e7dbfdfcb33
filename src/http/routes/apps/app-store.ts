import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  APP_ORDERS,
  groupApps,
  groupOf,
  masterCategoryOf,
  scoreOf,
  searchApps,
} from '../../../apps/app-catalogue.ts';
import type { AppDirectory } from '../../../apps/app-directory.ts';
import type { AppReviews } from '../../../apps/app-reviews.ts';
import type { EnabledApps } from '../../../apps/enabled-apps.ts';
import { NOTIFICATION_SCOPES } from '../../../model/apps/app.ts';
import {
  APP_CAPABILITIES,
  APP_CATEGORIES,
  APP_GROUPS,
  appCapabilitySchema,
  MASTER_CATEGORIES,
  namedKindSchema,
} from '../../../wire/app-kinds.ts';
import { appDetailSchema, appDetailToWire, appSchema } from '../../../wire/app-wire.ts';
import { appFacts, appsToWire, publicAppsToWire } from '../../apps/app-facts.ts';
import type { FileLinks } from '../../file-links.ts';
import { queryBoolean, queryInt, queryNumber } from '../../query-types.ts';

const tags = ['apps'];
const kind = z.object({ id: z.string(), title: z.string() });
const pagination = z.object({
  total: z.number().int(),
  count: z.number().int(),
  offset: z.number().int(),
  limit: z.number().int(),
  hasNext: z.boolean(),
  hasPrevious: z.boolean(),
});
const page = {
  offset: queryInt({ min: 0 }).default(0),
  limit: queryInt({ min: 1, max: 100 }).default(20),
};
const listQuery = z.object({
  capability: z.string().optional(),
  category: z.string().optional(),
  ...page,
  include_reviews: queryBoolean().default(false),
});
const searchQuery = z.object({
  q: z.string().max(200).optional(),
  category: z.string().optional(),
  rating: queryNumber({ min: 0, max: 5 }).optional(),
  capability: z.string().optional(),
  sort: z
    .enum(APP_ORDERS)
    .or(z.literal('').transform(() => undefined))
    .optional(),
  my_apps: queryBoolean().optional(),
  installed_apps: queryBoolean().optional(),
  ...page,
});
const isPublic = { config: { public: true } };

export interface AppStoreDeps {
  appDirectory: AppDirectory;
  enabledApps: EnabledApps;
  appReviews: AppReviews;
  links: FileLinks;
}

/** The store of apps: what there is, by groups, and what the user has. */
export function appStoreRoutes(deps: AppStoreDeps): FastifyPluginAsyncZod {
  return async (app) => {
    kindRoutes(app);
    storeRoutes(app, deps);
    userRoutes(app, deps);
  };
}

type App = Parameters<FastifyPluginAsyncZod>[0];

function named(kinds: readonly z.output<typeof kind>[], id: string): z.output<typeof kind> {
  return kinds.find((one) => one.id === id) ?? { id, title: id };
}

function pageOf<T>(all: readonly T[], { offset, limit }: { offset: number; limit: number }) {
  const items = all.slice(offset, offset + limit);
  const total = all.length;
  return {
    items,
    pagination: {
      total,
      count: items.length,
      offset,
      limit,
      hasNext: offset + items.length < total,
      hasPrevious: offset > 0,
    },
  };
}

function kindRoutes(app: App): void {
  app.get(
    '/v1/app-categories',
    {
      ...isPublic,
      schema: {
        tags,
        response: { 200: z.array(namedKindSchema) },
        summary: 'Categories that an app can have',
        security: [],
      },
    },
    async () => APP_CATEGORIES,
  );
  app.get(
    '/v1/app-capabilities',
    {
      ...isPublic,
      schema: {
        tags,
        response: { 200: z.array(appCapabilitySchema) },
        summary: 'What an app can do',
        security: [],
      },
    },
    async () => APP_CAPABILITIES,
  );
  for (const path of [
    '/v1/app/proactive-notification-scopes',
    '/v1/apps/proactive-notification-scopes',
  ]) {
    app.get(
      path,
      {
        ...isPublic,
        schema: {
          tags,
          summary: 'What the prompt of a notification may be filled with',
          security: [],
          response: { 200: z.array(kind) },
        },
      },
      async () =>
        NOTIFICATION_SCOPES.map((id) => ({
          id,
          title: id.replace(
            /(^|_)([a-z])/g,
            (_, gap: string, letter: string) => `${gap && ' '}${letter.toUpperCase()}`,
          ),
        })),
    );
  }
  app.get(
    '/v1/app/plans',
    {
      schema: {
        tags,
        summary: 'How an app can be paid for; this server sells none',
        response: { 200: z.array(kind) },
      },
    },
    async () => [{ title: 'Monthly Recurring', id: 'monthly_recurring' }],
  );
}

function storeRoutes(app: App, { appDirectory, links }: AppStoreDeps): void {
  app.get(
    '/v2/apps',
    {
      ...isPublic,
      schema: {
        tags,
        summary: 'The store of apps, by groups, or one group or category',
        security: [],
        querystring: listQuery,
        response: {
          200: z.union([
            z.object({
              groups: z.array(z.object({ capability: kind, data: z.array(appSchema), pagination })),
              meta: z.object({
                capabilities: z.array(kind),
                groupCount: z.number().int(),
                limit: z.number().int(),
                offset: z.number().int(),
              }),
            }),
            z.object({
              data: z.array(appSchema),
              pagination,
              capability: kind.optional(),
              category: kind.optional(),
            }),
          ]),
        },
      },
    },
    async (request) => {
      const { query } = request;
      const all = await appDirectory.listPublic();
      const { capability, category } = query;
      if (capability !== undefined || category !== undefined) {
        const members = all
          .filter((one) => capability === undefined || groupOf(one) === capability)
          .filter((one) => category === undefined || one.category === category)
          .sort((a, b) => scoreOf(b) - scoreOf(a));
        const { items, pagination: of } = pageOf(members, query);
        return {
          data: await publicAppsToWire(items, request, links),
          pagination: of,
          ...(capability === undefined ? {} : { capability: named(APP_GROUPS, capability) }),
          ...(category === undefined ? {} : { category: named(APP_CATEGORIES, category) }),
        };
      }
      const grouped = groupApps(
        all,
        APP_GROUPS.map(({ id }) => id),
      );
      const groups = await Promise.all(
        grouped.map(async ({ id, apps }) => {
          const { items, pagination: of } = pageOf(apps, query);
          const data = await publicAppsToWire(items, request, links);
          return { capability: named(APP_GROUPS, id), data, pagination: of };
        }),
      );
      const { limit, offset } = query;
      return {
        groups,
        meta: { capabilities: [...APP_GROUPS], groupCount: groups.length, limit, offset },
      };
    },
  );
  app.get(
    '/v2/apps/capability/:capability_id/grouped',
    {
      ...isPublic,
      schema: {
        tags,
        summary: 'One group of the store, by categories',
        security: [],
        params: z.object({ capability_id: z.string() }),
        querystring: z.object({ include_reviews: queryBoolean().default(true) }),
        response: {
          200: z.object({
            groups: z.array(
              z.object({ category: kind, data: z.array(appSchema), count: z.number().int() }),
            ),
            capability: kind,
            meta: z.object({ totalApps: z.number().int(), groupCount: z.number().int() }),
          }),
        },
      },
    },
    async (request) => {
      const id = request.params.capability_id;
      const members = (await appDirectory.listPublic()).filter((one) => groupOf(one) === id);
      const groups = await Promise.all(
        MASTER_CATEGORIES.map(async (category) => {
          const of = members.filter((one) => masterCategoryOf(id, one.category) === category.id);
          of.sort((a, b) => scoreOf(b) - scoreOf(a));
          return {
            category,
            data: await publicAppsToWire(of, request, links),
            count: of.length,
          };
        }),
      );
      const filled = groups.filter(({ count }) => count > 0);
      return {
        groups: filled,
        capability: named(APP_GROUPS, id),
        meta: { totalApps: members.length, groupCount: filled.length },
      };
    },
  );
  app.get(
    '/v1/approved-apps',
    {
      ...isPublic,
      schema: {
        tags,
        summary: 'Every app that everybody may see',
        security: [],
        querystring: z.object({ include_reviews: queryBoolean().default(false) }),
        response: { 200: z.array(appSchema) },
      },
    },
    async (request) => publicAppsToWire(await appDirectory.listPublic(), request, links),
  );
}

function userRoutes(app: App, deps: AppStoreDeps): void {
  const { appDirectory, enabledApps, appReviews, links } = deps;
  const enabledOf = async (uid: string) => new Set(await enabledApps.getEnabledApps(uid));
  app.get(
    '/v1/apps',
    {
      schema: {
        tags,
        summary: "The user's own apps and those of the store",
        querystring: z.object({ include_reviews: queryBoolean().default(true) }),
        response: { 200: z.array(appSchema) },
      },
    },
    async (request) => {
      const own = await appDirectory.listOwned(request.uid);
      const ids = new Set(own.map(({ id }) => id));
      const others = (await appDirectory.listPublic()).filter(({ id }) => !ids.has(id));
      const enabled = await enabledOf(request.uid);
      return appsToWire([...own, ...others], request, links, enabled);
    },
  );
  app.get(
    '/v2/apps/search',
    {
      schema: {
        tags,
        summary: 'Find apps by name, category, rating',
        querystring: searchQuery,
        response: {
          200: z.object({
            data: z.array(appSchema),
            pagination,
            filters: z.object({
              query: z.string().nullable(),
              category: z.string().nullable(),
              rating: z.number().nullable(),
              capability: z.string().nullable(),
              sort: z.string(),
              my_apps: z.boolean().nullable(),
              installed_apps: z.boolean().nullable(),
            }),
          }),
        },
      },
    },
    async (request) => {
      const { query, uid } = request;
      const found = await searchApps(appDirectory, uid, {
        text: query.q ?? '',
        category: query.category || null,
        capability: query.capability || null,
        rating: query.rating ?? null,
        order: query.sort ?? null,
        ownOnly: query.my_apps ?? false,
        enabledOnly: query.installed_apps ?? false,
      });
      const { items, pagination: of } = pageOf(found, query);
      return {
        data: await appsToWire(items, request, links, await enabledOf(uid)),
        pagination: of,
        filters: {
          query: query.q ?? null,
          category: query.category ?? null,
          rating: query.rating ?? null,
          capability: query.capability ?? null,
          sort: query.sort ?? 'name',
          my_apps: query.my_apps ?? null,
          installed_apps: query.installed_apps ?? null,
        },
      };
    },
  );
  app.get(
    '/v1/apps/popular',
    {
      schema: { tags, summary: 'Apps by how many use them', response: { 200: z.array(appSchema) } },
    },
    async (request) => {
      const all = await appDirectory.listPublic();
      const popular = all.sort((a, b) => b.installs - a.installs).slice(0, 20);
      return appsToWire(popular, request, links, await enabledOf(request.uid));
    },
  );
  app.get(
    '/v1/apps/enabled',
    {
      schema: {
        tags,
        summary: 'Ids of the apps that the user has enabled',
        response: { 200: z.array(z.string()) },
      },
    },
    async ({ uid }) => (await appDirectory.listEnabled(uid)).map(({ id }) => id),
  );
  app.get(
    '/v1/apps/:app_id',
    {
      schema: {
        tags,
        summary: 'An app with its reviews',
        params: z.object({ app_id: z.string() }),
        response: { 200: appDetailSchema },
      },
    },
    async (request) => {
      const { uid, params } = request;
      const found = await appDirectory.get(uid, params.app_id);
      const facts = await appFacts(found, request, links, await enabledOf(uid));
      const [reviews, own] = await Promise.all([
        appReviews.list(found.id),
        appReviews.find(found.id, uid),
      ]);
      return appDetailToWire(found, facts, reviews, own);
    },
  );
}
