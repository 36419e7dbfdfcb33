import { describeError } from '../kernel/errors.ts';
import { EventBus } from '../kernel/event-bus.ts';
import type { Logger } from '../kernel/logger.ts';
import type { DomainEvents } from '../model/domain-events.ts';

/** Returns the events of a store that is being opened. A listener that throws is logged. */
export function createStoreEvents(logger: Logger): EventBus<DomainEvents> {
  return new EventBus((error) =>
    logger.error({ error: describeError(error) }, 'event listener failed'),
  );
}
