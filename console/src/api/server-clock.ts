/** A clock that differs by less is right: the header has whole seconds, and the answer takes its time. */
const TOLERANCE_MS = 30_000;

/** How far the server's clock is ahead of this device's, milliseconds. */
let aheadMs = 0;

/** Learns the server's time from an answer, which has it in its header `date`. */
export function noteServerTime(response: Response): void {
  const sent = Date.parse(response.headers.get('date') ?? '');
  // What comes out of the browser's cache tells an old time.
  if (Number.isNaN(sent) || response.headers.has('age')) return;
  const ahead = sent - Date.now();
  aheadMs = Math.abs(ahead) < TOLERANCE_MS ? 0 : ahead;
}

/** The time, epoch milliseconds: the server's, if this device's clock is wrong. */
export function currentTime(): number {
  return Date.now() + aheadMs;
}
