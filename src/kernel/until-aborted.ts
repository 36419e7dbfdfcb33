/**
 * Passes on the values of `source` until it ends or `signal` is aborted. An abort ends the stream
 * at once even while the source is waiting for its next value; the source is told to return, and
 * is not waited for. What the source throws is thrown, unless the abort came first.
 *
 * One listener per wait, removed after it: racing against one long-lived promise would keep a
 * reaction for every value that ever passed.
 */
export async function* untilAborted<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  let exhausted = false;
  try {
    while (!signal.aborted) {
      const result = await nextUnlessAborted(iterator, signal);
      if (result === undefined) return;
      if (result.done) {
        exhausted = true;
        return;
      }
      yield result.value;
    }
  } finally {
    // Not awaited: a generator that is blocked in its own wait answers only when that is over.
    if (!exhausted) iterator.return?.().then(ignoreLateEnd, ignoreLateEnd);
  }
}

function nextUnlessAborted<T>(
  iterator: AsyncIterator<T>,
  signal: AbortSignal,
): Promise<IteratorResult<T> | undefined> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => resolve(undefined);
    signal.addEventListener('abort', onAbort, { once: true });
    iterator.next().then(
      (result) => {
        signal.removeEventListener('abort', onAbort);
        resolve(result);
      },
      (error: unknown) => {
        signal.removeEventListener('abort', onAbort);
        reject(error);
      },
    );
  });
}

function ignoreLateEnd(): void {
  // The reader has gone; how the source ends is nobody's business any more.
}
