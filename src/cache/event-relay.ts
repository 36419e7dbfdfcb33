import { describeError } from '../kernel/errors.ts';
import type { EventBus } from '../kernel/event-bus.ts';
import { newId } from '../kernel/ids.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Cache } from './cache.ts';

export interface EventRelayOptions<Events extends Record<string, unknown>> {
  events: EventBus<Events>;
  cache: Cache;
  /** The events that other processes receive. */
  names: readonly (keyof Events & string)[];
  channel: string;
  logger: Logger;
}

/**
 * Relays events between processes: publishes each event of this process, and emits those of others
 * here. Without a shared cache it does nothing; while the cache is unreachable, events stay in their
 * process. Returns what ends the relay.
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
        logger.debug({ event: name, error: describeError(error) }, 'publishing an event failed');
      });
    }),
  );
  const receive = (message: string) => {
    const parsed = parse<Events>(message, names);
    if (!parsed || parsed.origin === origin) return;
    // `emit` is synchronous, so events that listeners emit later are not taken for foreign ones.
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
      logger.debug({ error: describeError(error) }, 'unsubscribing from events failed'),
    );
  };
}

interface Relayed<Events> {
  origin: string;
  name: keyof Events & string;
  event: Events[keyof Events];
}

/** Publishers in the operator's cache are trusted, but another release may send another form. */
function parse<Events>(message: string, names: readonly string[]): Relayed<Events> | undefined {
  try {
    const { origin, name, event } = JSON.parse(message) as Record<string, unknown>;
    if (typeof name !== 'string' || !names.includes(name)) return undefined;
    return { origin, name, event } as Relayed<Events>;
  } catch {
    return undefined;
  }
}
