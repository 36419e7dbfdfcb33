import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../src/kernel/errors.ts';
import { EventBus } from '../../../src/kernel/event-bus.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import type { ServerSettingsDocument } from '../../../src/model/server-settings.ts';
import { StoredSettings } from '../../../src/server-settings/stored-settings.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { withTransact } from '../../../src/store/with-transact.ts';
import { openTestStore } from '../../harness/test-store.ts';

const apply = ({ variables, order }: ServerSettingsDocument) => {
  if (variables.BROKEN) throw new AppError('invalid-configuration', 'BROKEN does not fit.');
  return `${JSON.stringify(variables)} ${order.join()}`;
};

describe('stored settings', () => {
  let opened: Awaited<ReturnType<typeof openTestStore>>;
  let store: DocumentStore;
  const all: StoredSettings<string>[] = [];

  beforeEach(async () => {
    opened = await openTestStore();
    store = opened.store;
  });
  afterEach(async () => {
    await Promise.all(all.splice(0).map((each) => each.close()));
    await opened.close();
  });

  function open(): StoredSettings<string> {
    const made = new StoredSettings({ store, apply, logger: silentLogger });
    all.push(made);
    return made;
  }

  it('are in force, and told to listeners, when a change returns', async () => {
    const settings = open();
    const heard: string[] = [];
    await settings.onChange(async (current) => void heard.push(current));
    await settings.update(() => ({ order: ['a'] }));
    await settings.update(({ order }) => ({ order: [...order, 'b'] }));
    expect(settings.current).toBe('{} a,b');
    expect(heard).toEqual(['{} ', '{} a', '{} a,b']);
  });

  it('lose no change of two that are made at once', async () => {
    const [one, other] = [open(), open()];
    await Promise.all([
      one.update(({ order }) => ({ order: [...order, 'a'] })),
      other.update(({ order }) => ({ order: [...order, 'b'] })),
    ]);
    await Promise.all([one.reload(), other.reload()]);
    expect([...(one.stored.order ?? [])].sort()).toEqual(['a', 'b']);
    expect(other.current).toBe(one.current);
  });

  it('are taken up by the event of another process', async () => {
    const [one, other] = [open(), open()];
    await one.update(() => ({ order: ['a'] }));
    store.events.emit('server-settings-changed', {});
    await expect.poll(() => other.current, { timeout: 30_000 }).toBe('{} a');
  });

  it('are taken up without any event, by polling', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const follower = new StoredSettings({
        // A process that shares the store and hears no events.
        store: {
          ...withTransact(store, (fn) => store.transact(fn)),
          events: new EventBus(() => undefined),
        },
        apply,
        logger: silentLogger,
      });
      all.push(follower);
      await follower.start();
      await open().update(() => ({ order: ['a'] }));
      expect(follower.current).toBe('{} ');
      vi.advanceTimersByTime(15_000);
      await expect.poll(() => follower.current, { timeout: 30_000 }).toBe('{} a');
    } finally {
      vi.useRealTimers();
    }
  });

  it('do not keep the server from its start if they do not fit the environment any more', async () => {
    await open().update(() => ({ variables: { BROKEN: 'yes' }, order: ['a'] }));
    const next = open();
    await next.reload();
    expect(next.current).toBe('{} ');
    expect(next.problem).toContain('BROKEN does not fit.');
    await next.update(() => ({ variables: {} }));
    expect(next).toMatchObject({ current: '{} a', problem: null });
  });
});
