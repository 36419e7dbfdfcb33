import { describeError } from '../kernel/errors.ts';
import type { EventBus } from '../kernel/event-bus.ts';
import { newId } from '../kernel/ids.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Cache } from './cache.ts';

export interface EventRelayOptions<Events extends Record<string, unknown>> {
  events: EventBus<Events>;
  cache: Cache;
  /** The events that other processes are to hear of. */
  names: readonly (keyof Events & string)[];
  channel: string;
  logger: Logger;
}

/**
 * Lets what happens in one process be heard in all: each event is published, and what others publish
 * is emitted here as if it had happened here. Without a shared cache it does nothing; while the cache
 * is out of reach, events stay in their process. Answers what ends it.
 */
export async function relayEvents<Events extends Record<string, unknown>>(
  options: EventRelayOptions<Events>,
): Promise<() => Promise<void>> {
  const { events, cache, names, channel, logger } = options;
  if (!cache.isShared) return async () => undefined;
  const origin = newId();
  let isForeign = false;
  const stops = names.map((name) =>
    events.on(name, (event) => {
      if (isForeign) return;
      cache.publish(channel, JSON.stringify({ origin, name, event })).catch((error) => {
        logger.debug({ event: name, error: describeError(error) }, 'event stays in this process');
      });
    }),
  );
  const receive = (message: string) => {
    const parsed = parse<Events>(message, names);
    if (!parsed || parsed.origin === origin) return;
    // `emit` is synchronous: whoever emits anew in answer to this does so later, as its own.
    isForeign = true;
    try {
      events.emit(parsed.name, parsed.event);
    } finally {
      isForeign = false;
    }
  };
  const unsubscribe = await cache.subscribe(channel, receive);
  return async () => {
    for (const stop of stops) stop();
    await unsubscribe().catch((error) =>
      logger.debug({ error: describeError(error) }, 'event relay not unsubscribed'),
    );
  };
}

interface Relayed<Events> {
  origin: string;
  name: keyof Events & string;
  event: Events[keyof Events];
}

/** Whoever can publish in the operator's cache is trusted; another release may speak otherwise. */
function parse<Events>(message: string, names: readonly string[]): Relayed<Events> | undefined {
  try {
    const { origin, name, event } = JSON.parse(message) as Record<string, unknown>;
    if (typeof name !== 'string' || !names.includes(name)) return undefined;
    return { origin, name, event } as Relayed<Events>;
  } catch {
    return undefined;
  }
}
