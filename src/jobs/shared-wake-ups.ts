import type { Cache } from '../cache/cache.ts';
import { describeError } from '../kernel/errors.ts';
import type { EventBus } from '../kernel/event-bus.ts';
import { newId } from '../kernel/ids.ts';
import type { Logger } from '../kernel/logger.ts';
import type { DomainEvents } from '../model/domain-events.ts';
import type { JobWorker } from './job-worker.ts';

const CHANNEL = 'job-wake-ups';

/**
 * Lets the workers of all processes look for jobs as soon as one is enqueued, instead of at their
 * next poll. All wake-ups within one round trip to the cache are sent as one. Without a shared cache
 * it does nothing. Returns what ends it.
 */
export async function shareWakeUps({
  cache,
  events,
  worker,
  logger,
}: {
  cache: Cache;
  events: EventBus<DomainEvents>;
  worker: JobWorker;
  logger: Logger;
}): Promise<() => Promise<void>> {
  if (!cache.isShared) return async () => undefined;
  const origin = newId();
  const unsubscribe = await cache.subscribe(CHANNEL, (from) => {
    if (from !== origin) worker.wake();
  });
  let state: 'idle' | 'publishing' | 'again' = 'idle';
  const wakeOthers = (): void => {
    if (state !== 'idle') {
      state = 'again';
      return;
    }
    state = 'publishing';
    cache
      .publish(CHANNEL, origin)
      .catch((error) =>
        logger.debug({ error: describeError(error) }, 'waking other workers failed'),
      )
      .finally(() => {
        const again = state === 'again';
        state = 'idle';
        if (again) wakeOthers();
      });
  };
  const ignoreEnqueued = events.on('job-enqueued', wakeOthers);
  return async () => {
    ignoreEnqueued();
    await unsubscribe().catch((error) =>
      logger.debug({ error: describeError(error) }, 'unsubscribing from wake-ups failed'),
    );
  };
}
