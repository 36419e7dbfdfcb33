import type { Cache } from '../cache/cache.ts';
import { describeError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { Logger } from '../kernel/logger.ts';
import type { JobWorker } from './job-worker.ts';

const CHANNEL = 'job-wake-ups';

export interface SharedWakeUps {
  /** Tells the other processes that there may be a job; never waited for. */
  wake(): void;
  close(): Promise<void>;
}

/**
 * Lets the workers of other processes look for jobs at once, rather than at their next look. Many
 * wake-ups within one round trip are one. Without a shared cache it does nothing.
 */
export async function shareWakeUps(
  cache: Cache,
  worker: JobWorker,
  logger: Logger,
): Promise<SharedWakeUps> {
  if (!cache.isShared) return { wake: () => undefined, close: async () => undefined };
  const origin = newId();
  const unsubscribe = await cache.subscribe(CHANNEL, (from) => {
    if (from !== origin) worker.wake();
  });
  let state: 'idle' | 'publishing' | 'again' = 'idle';
  const wake = (): void => {
    if (state !== 'idle') {
      state = 'again';
      return;
    }
    state = 'publishing';
    cache
      .publish(CHANNEL, origin)
      .catch((error) => logger.debug({ error: describeError(error) }, 'workers not woken'))
      .finally(() => {
        const again = state === 'again';
        state = 'idle';
        if (again) wake();
      });
  };
  const close = async () => {
    await unsubscribe().catch((error) =>
      logger.debug({ error: describeError(error) }, 'wake-ups not unsubscribed'),
    );
  };
  return { wake, close };
}
