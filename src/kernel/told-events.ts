import { AsyncQueue } from './async-queue.ts';

/**
 * Runs `work`, and returns what it tells as an async iterable, in order; then it ends, or fails as `work` does.
 * If the reader leaves the iterable, or `signal` is aborted, the signal that `work` gets is aborted.
 */
export async function* toldEvents<T>(
  signal: AbortSignal,
  work: (tell: (event: T) => void, stop: AbortSignal) => Promise<void>,
): AsyncGenerator<T, void, undefined> {
  const events = new AsyncQueue<T>();
  const left = new AbortController();
  work((event) => void events.push(event), AbortSignal.any([signal, left.signal])).then(
    () => events.end(),
    (error: unknown) => events.fail(error),
  );
  try {
    yield* events;
  } finally {
    left.abort();
  }
}
