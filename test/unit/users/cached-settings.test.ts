import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppReviews } from '../../../src/apps/app-reviews.ts';
import { EnabledApps } from '../../../src/apps/enabled-apps.ts';
import { RateLimiter } from '../../../src/cache/rate-limiter.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { GLOBAL } from '../../../src/model/collection.ts';
import { users } from '../../../src/model/user.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { CachedSettings } from '../../../src/users/cached-settings.ts';
import { UserDocuments } from '../../../src/users/user-documents.ts';
import { HeldClock, NOW, openTestStore } from '../../e2e/rest-app.ts';
import { breakableCache } from '../../fixtures/breakable-cache.ts';

let store: DocumentStore;
let close: () => Promise<void>;
let clock: HeldClock;
let shared: ReturnType<typeof breakableCache>;
let parts: {
  store: DocumentStore;
  cache: ReturnType<typeof breakableCache>['cache'];
  clock: HeldClock;
};
beforeEach(async () => {
  ({ store, close } = await openTestStore());
  clock = new HeldClock();
  shared = breakableCache(clock);
  parts = { store, cache: shared.cache, clock };
});
afterEach(() => close());

describe('settings of a user with a cache in front', () => {
  const rename = (name: string) =>
    new UserDocuments({ store, clock }).update('ada', () => ({ name }));

  it('are those of the store, after a change elsewhere within a minute', async () => {
    const settings = new CachedSettings(parts);
    await rename('Ada');
    expect(await settings.getCachedUserName('ada')).toBe('Ada');
    // By a process that does not share the cache.
    await rename('Ada L.');
    expect(await settings.getCachedUserName('ada')).toBe('Ada');
    clock.advance(60_001);
    expect(await settings.getCachedUserName('ada')).toBe('Ada L.');
  });

  it('are read and written while the cache is out of reach, and right when it is back', async () => {
    const settings = new CachedSettings(parts);
    expect(await settings.getUserPreferredApp('ada')).toBeNull();
    shared.state.out = true;
    await settings.setUserPreferredApp('ada', 'summary_assistant');
    expect(await settings.getUserPreferredApp('ada')).toBe('summary_assistant');
    expect(await settings.getSpeechProfileDuration('ada')).toBeNull();
    expect(await settings.getUserHasSonioxSpeechProfile('ada')).toBe(false);
    expect((await store.find(users, GLOBAL, 'ada'))?.preferredAppId).toBe('summary_assistant');
    await settings.forgetUser('ada');
    shared.state.out = false;
    clock.advance(60_001);
    expect(await settings.getUserPreferredApp('ada')).toBe('summary_assistant');
  });

  it('do not trust what somebody else has put under their key', async () => {
    const settings = new CachedSettings(parts);
    await rename('Ada');
    await shared.cache.set('users:ada:name', '{"value":["not a name"]}', null);
    expect(await settings.getCachedUserName('ada')).toBe('Ada');
    await shared.cache.set('users:ada:name', 'not even JSON', null);
    expect(await settings.getCachedUserName('ada')).toBe('Ada');
  });
});

describe('apps of a user with a cache in front', () => {
  it('are switched on once, off for good, newest first, also without the cache', async () => {
    const apps = new EnabledApps(parts);
    expect(await apps.getEnabledApps('ada')).toEqual([]);
    await apps.enableApp('ada', 'one');
    clock.advance(1);
    await apps.enableApp('ada', 'two');
    await apps.enableApp('ada', 'one');
    expect(await apps.getEnabledApps('ada')).toEqual(['two', 'one']);
    expect(await apps.getEnabledApps('eve')).toEqual([]);
    shared.state.out = true;
    await apps.disableApp('ada', 'two');
    expect(await apps.getEnabledApps('ada')).toEqual(['one']);
  });
});

describe('reviews of apps with a cache in front', () => {
  const review = (uid: string, score: number) => ({
    appId: 'app',
    uid,
    score,
    review: `${score} stars`,
    response: '',
    ratedAt: NOW + score,
  });

  it('are one a user, by app, and go with their user', async () => {
    const reviews = new AppReviews(parts);
    await reviews.setAppReview(review('ada', 2));
    await reviews.setAppReview(review('eve', 5));
    await reviews.setAppReview(review('ada', 4));
    expect((await reviews.getAppReviews('app')).map(({ uid, score }) => [uid, score])).toEqual([
      ['eve', 5],
      ['ada', 4],
    ]);
    expect(await reviews.getSpecificUserReview('app', 'ada')).toMatchObject({ score: 4 });
    const several = await reviews.getAppsReviews(['app', 'other', 'app']);
    expect([...several].map(([id, found]) => [id, found.length])).toEqual([
      ['app', 2],
      ['other', 0],
    ]);
    shared.state.out = true;
    await reviews.eraseUser('ada');
    expect(await reviews.getSpecificUserReview('app', 'ada')).toBeUndefined();
    expect(await reviews.getAppReviews('app')).toHaveLength(1);
  });
});

describe('counters of requests', () => {
  it('are forgotten with their user, and nobody else', async () => {
    const limiter = new RateLimiter({
      cache: shared.cache,
      boost: 1,
      shadow: false,
      logger: silentLogger,
    });
    const once = { max: 1, windowMs: 60_000 };
    for (const user of ['ada', 'eve']) await limiter.take('p', user, once);
    expect(await limiter.take('p', 'ada', once)).toMatchObject({ limit: 1 });
    await limiter.forget('ada', ['p', 'q']);
    expect(await limiter.take('p', 'ada', once)).toBeNull();
    expect(await limiter.take('p', 'eve', once)).toMatchObject({ limit: 1 });
    shared.state.out = true;
    await expect(limiter.forget('ada', ['p'])).resolves.toBeUndefined();
  });
});
