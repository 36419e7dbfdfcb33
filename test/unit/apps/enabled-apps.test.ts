import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppDirectory } from '../../../src/apps/app-directory.ts';
import { EnabledApps } from '../../../src/apps/enabled-apps.ts';
import { appSchema, apps, enabledApps } from '../../../src/model/apps/app.ts';
import { appReviews } from '../../../src/model/apps/app-review.ts';
import { GLOBAL } from '../../../src/model/collection.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { breakableCache } from '../../fixtures/breakable-cache.ts';
import { HeldClock, NOW } from '../../harness/held-clock.ts';
import { openTestStore } from '../../harness/test-store.ts';

let store: DocumentStore;
let close: () => Promise<void>;
let clock: HeldClock;
let shared: ReturnType<typeof breakableCache>;
let enabled: EnabledApps;
let directory: AppDirectory;

beforeEach(async () => {
  ({ store, close } = await openTestStore());
  clock = new HeldClock();
  shared = breakableCache(clock);
  enabled = new EnabledApps({ store, cache: shared.cache, clock });
  directory = new AppDirectory({ store, enabled });
});
afterEach(() => close());

async function addApp(id: string, owner: string): Promise<void> {
  const app = { id, uid: owner, name: id, description: '', capabilities: [], createdAt: 1 };
  await store.transact((tx) => tx.put(apps, GLOBAL, appSchema.parse(app)));
}

describe('enabled apps', () => {
  it('are listed newest first, each once, and only those that the user may see', async () => {
    await addApp('one', 'ada');
    await addApp('two', 'ada');
    await addApp('hidden', 'eve');
    for (const id of ['one', 'two', 'one', 'hidden']) {
      clock.advance(1);
      await enabled.enableApp('ada', id);
    }
    expect((await directory.listEnabled('ada')).map(({ id }) => id)).toEqual(['two', 'one']);
    expect(await directory.listEnabled('eve')).toEqual([]);
  });

  it('are read from the cache until they change or a minute has passed', async () => {
    expect(await enabled.getEnabledApps('ada')).toEqual([]);
    // Another process that does not share the cache.
    await store.transact((tx) => tx.put(enabledApps, 'ada', { id: 'one', enabledAt: NOW }));
    expect(await enabled.getEnabledApps('ada')).toEqual([]);
    clock.advance(60_001);
    expect(await enabled.getEnabledApps('ada')).toEqual(['one']);
    await enabled.disableApp('ada', 'one');
    expect(await enabled.getEnabledApps('ada')).toEqual([]);
  });

  it('come from the store while the cache is out of reach or holds something else', async () => {
    await enabled.enableApp('ada', 'one');
    for (const foreign of ['{"value":"no list"}', 'no JSON']) {
      await shared.cache.set('users:ada:enabled_plugins', foreign, null);
      expect(await enabled.getEnabledApps('ada')).toEqual(['one']);
    }
    shared.state.out = true;
    expect(await enabled.getEnabledApps('ada')).toEqual(['one']);
    await enabled.disableApp('ada', 'one');
    expect(await enabled.getEnabledApps('ada')).toEqual([]);
  });
});

describe('the deletion of a user', () => {
  it('removes own apps and own reviews, and leaves those of others', async () => {
    await addApp('mine', 'ada');
    await addApp('theirs', 'eve');
    for (const uid of ['ada', 'eve']) {
      const review = {
        score: 5,
        review: 'good',
        response: '',
        username: '',
        updatedAt: null,
        respondedAt: null,
        ratedAt: NOW,
      };
      await store.transact((tx) =>
        tx.put(appReviews, GLOBAL, { id: `theirs:${uid}`, appId: 'theirs', uid, ...review }),
      );
    }
    await directory.eraseUser('ada');
    expect(await store.find(apps, GLOBAL, 'mine')).toBeUndefined();
    expect(await store.find(apps, GLOBAL, 'theirs')).toBeDefined();
    expect(await store.find(appReviews, GLOBAL, 'theirs:ada')).toBeUndefined();
    expect(await store.find(appReviews, GLOBAL, 'theirs:eve')).toBeDefined();
  });
});
