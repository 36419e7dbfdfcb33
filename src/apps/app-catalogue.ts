import type { App } from '../model/apps/app.ts';
import type { AppDirectory } from './app-directory.ts';

export const APP_ORDERS = [
  'installs_desc',
  'rating_desc',
  'rating_asc',
  'name_asc',
  'name_desc',
] as const;
export type AppOrder = (typeof APP_ORDERS)[number];

/** What a user looks for in the store of apps. */
export interface AppSearch {
  /** Part of a name; empty: any. */
  text: string;
  category: string | null;
  capability: string | null;
  /** Least average rating. */
  rating: number | null;
  order: AppOrder | null;
  /** The user's own apps only. */
  ownOnly: boolean;
  /** Enabled apps only. */
  enabledOnly: boolean;
}

/** Returns the average of the reviews, 0 to 5; null if there are none. */
export function ratingOf({ ratingSum, ratingCount }: App): number | null {
  return ratingCount === 0 ? null : ratingSum / ratingCount;
}

/** Returns what the store orders by, 4 decimals: Omi's formula of rating, reviews and installs. */
export function scoreOf(app: App): number {
  const rating = ((ratingOf(app) ?? 0) / 5) ** 2;
  const score =
    rating * Math.log(1 + app.ratingCount) * Math.sqrt(Math.log(1 + Math.max(0, app.installs)));
  return Math.round(score * 10_000) / 10_000;
}

/** Returns the one group of the store that an app stands in; null if it stands in none. */
export function groupOf(app: App): string | null {
  if (app.isPopular) return 'popular';
  const does = (capability: string) => app.capabilities.includes(capability);
  const steps = app.externalIntegration?.authSteps.length ?? 0;
  const isPlain = does('external_integration') && steps === 0 && !does('chat') && !does('memories');
  if (does('proactive_notification') || isPlain) return 'proactive_notification';
  if (does('external_integration') && steps > 0) return 'external_integration';
  if (does('chat')) return 'chat';
  return does('memories') ? 'memories' : null;
}

/** Returns apps by the groups of `order`, each ordered as in Omi's store; empty groups are left out. */
export function groupApps(
  all: readonly App[],
  order: readonly string[],
): { id: string; apps: App[] }[] {
  return order.flatMap((id) => {
    const members = all.filter((app) => groupOf(app) === id);
    const by = id === 'popular' ? (app: App) => app.installs : scoreOf;
    return members.length === 0 ? [] : [{ id, apps: members.sort((a, b) => by(b) - by(a)) }];
  });
}

/** Returns the master category that an app stands under within a group. */
export function masterCategoryOf(groupId: string, category: string): string {
  const isSocial = [
    'entertainment-and-fun',
    'social-and-relationships',
    'news-and-information',
    'travel-and-exploration',
  ].includes(category);
  if (isSocial) return 'social-entertainment';
  if (groupId === 'chat') {
    return category === 'personality-emulation' ? 'personality-clone' : 'productivity-lifestyle';
  }
  const isPersonal = [
    'health-and-wellness',
    'emotional-and-mental-support',
    'personality-emulation',
    'communication-improvement',
    'education-and-learning',
  ].includes(category);
  return isPersonal ? 'personal-wellness' : 'productivity-tools';
}

/** Returns the apps that fit, in the order that was asked for. */
export async function searchApps(
  directory: AppDirectory,
  uid: string,
  search: AppSearch,
): Promise<App[]> {
  const candidates = await candidatesOf(directory, uid, search);
  const text = search.text.trim().toLowerCase();
  const isIgnored = search.ownOnly;
  const found = candidates.filter(
    (app) =>
      (isIgnored || search.category === null || app.category === search.category) &&
      (isIgnored || search.capability === null || app.capabilities.includes(search.capability)) &&
      (search.rating === null || (ratingOf(app) ?? 0) >= search.rating) &&
      app.name.toLowerCase().includes(text),
  );
  return found.sort(comparison(search.order ?? (text === '' ? 'name_asc' : 'installs_desc')));
}

async function candidatesOf(
  directory: AppDirectory,
  uid: string,
  search: AppSearch,
): Promise<App[]> {
  const isPersona = (app: App) => app.capabilities.includes('persona');
  if (search.ownOnly) return (await directory.listOwned(uid)).filter((app) => !isPersona(app));
  if (search.enabledOnly) return (await directory.listEnabled(uid)).filter((a) => !isPersona(a));
  return await directory.listPublic();
}

function comparison(order: AppOrder): (a: App, b: App) => number {
  const byName = (a: App, b: App) => a.name.localeCompare(b.name);
  const byRating = (a: App, b: App) => (ratingOf(a) ?? 0) - (ratingOf(b) ?? 0);
  switch (order) {
    case 'installs_desc':
      return (a, b) => b.installs - a.installs || byName(a, b);
    case 'rating_desc':
      return (a, b) => byRating(b, a) || byName(a, b);
    case 'rating_asc':
      return (a, b) => byRating(a, b) || byName(a, b);
    case 'name_asc':
      return byName;
    case 'name_desc':
      return (a, b) => byName(b, a);
  }
}
