import type { FastifyRequest } from 'fastify';
import { ratingOf, scoreOf } from '../../apps/app-catalogue.ts';
import type { App } from '../../model/apps/app.ts';
import { type AppFacts, type AppWire, appToWire } from '../../wire/app-wire.ts';
import type { FileLinks } from '../file-links.ts';

/** Returns the address of an app's picture; empty if it has none. */
export async function imageOf(
  { imageKey, imageUrl }: Pick<App, 'imageKey' | 'imageUrl'>,
  request: FastifyRequest,
  links: FileLinks,
): Promise<string> {
  return imageKey ? await links.urlOf(imageKey, request) : (imageUrl ?? '');
}

/** What an app's entry shows to a user beside the app itself: links, reviews, whether it is enabled. */
export async function appFacts(
  app: App,
  request: FastifyRequest,
  links: FileLinks,
  enabledIds: ReadonlySet<string>,
): Promise<AppFacts> {
  // A key that an author could choose freely would be a link to anybody's file.
  const ofOwner = `apps/thumbnails/${app.uid}/`;
  const thumbnails = app.thumbnails.filter((key) =>
    /^apps\/thumbnails\/[\w.@-]+\/[\w-]+$/.test(key),
  );
  const own = thumbnails.filter((key) => app.uid !== null && key.startsWith(ofOwner));
  return {
    image: await imageOf(app, request, links),
    thumbnailUrls: await links.urlsOf(own, request),
    isEnabled: enabledIds.has(app.id),
    ratingAverage: ratingOf(app),
    score: scoreOf(app),
    isOwn: app.uid !== null && app.uid === request.uid,
  };
}

/** Apps as a list shows them. */
export async function appsToWire(
  apps: readonly App[],
  request: FastifyRequest,
  links: FileLinks,
  enabledIds: ReadonlySet<string>,
): Promise<AppWire[]> {
  return await Promise.all(
    apps.map(async (app) => appToWire(app, await appFacts(app, request, links, enabledIds))),
  );
}

const NOBODY: ReadonlySet<string> = new Set();

/** Apps as a list shows them to somebody who is not signed in. */
export function publicAppsToWire(
  apps: readonly App[],
  request: FastifyRequest,
  links: FileLinks,
): Promise<AppWire[]> {
  return appsToWire(apps, request, links, NOBODY);
}
