import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';

/** One server-sent event. https://html.spec.whatwg.org/multipage/server-sent-events.html */
export interface ServerSentEvent {
  id: string;
  event: string;
  data: object;
}

export interface EventStreamOptions {
  /** Ends the stream. */
  signal: AbortSignal;
  /** Asked at each heartbeat; the stream ends if it may not go on. */
  mayGoOn: () => Promise<boolean>;
  heartbeatMs?: number;
}

/** Proxies commonly close a connection that is silent for 30 or 60 seconds. */
const HEARTBEAT_MS = 15_000;
/** How long a browser waits before it connects again, milliseconds. */
const RETRY_MS = 2_000;

/** Sends events as they come, and a comment line while none come. A slow client slows the source. */
export function sendEventStream(
  reply: FastifyReply,
  events: AsyncGenerator<ServerSentEvent, void, undefined>,
  options: EventStreamOptions,
): FastifyReply {
  return reply
    .type('text/event-stream; charset=utf-8')
    .header('cache-control', 'no-cache, no-transform')
    .header('x-accel-buffering', 'no')
    .send(Readable.from(eventLines(events, options), { objectMode: true, highWaterMark: 16 }));
}

/** Yields the lines of events and heartbeats until the events or `signal` end. */
export async function* eventLines(
  events: AsyncGenerator<ServerSentEvent, void, undefined>,
  { signal, mayGoOn, heartbeatMs = HEARTBEAT_MS }: EventStreamOptions,
): AsyncGenerator<string, void, undefined> {
  let next = events.next();
  try {
    yield `retry: ${RETRY_MS}\n\n`;
    while (!signal.aborted) {
      const waited = new AbortController();
      const beat = sleep(heartbeatMs, 'beat' as const, {
        signal: AbortSignal.any([signal, waited.signal]),
      }).catch(() => 'stopped' as const);
      const first = await Promise.race([next, beat]);
      waited.abort();
      if (first === 'beat') {
        if (!(await mayGoOn())) return;
        yield ': still here\n\n';
      } else if (first === 'stopped' || first.done) return;
      else {
        const { id, event, data } = first.value;
        yield `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
        next = events.next();
      }
    }
  } finally {
    // Not awaited: the source may wait for something that never happens. It ends with the connection.
    next.catch(() => undefined);
    void events.return();
  }
}
