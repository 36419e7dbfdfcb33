/** Longest that a session may have lasted, seconds: a larger number of seconds is none. */
const MAX_SECONDS = 200_000;
/** How fast and how slowly anybody speaks, milliseconds for each character. */
const LEAST_MS_PER_CHARACTER = 10;
const USUAL_MS_PER_CHARACTER = 60;
const MOST_MS_PER_CHARACTER = 3_000;
/** A segment of this length is possible whatever its text is. */
const POSSIBLE_SECONDS = 300;
const SHORTEST_MS = 300;
/** How far a time of day may lie from the session and still be one of it. */
const MAX_CLOCK_DIFFERENCE_MS = 24 * 3_600_000;
/** How far ahead of the clock a time may be by delays and rounding. */
const AHEAD_MS = 5_000;

/** From these numbers on, what a client sends is a time of day in this unit, as milliseconds each. */
const EPOCH_UNITS = [
  { from: 1e17, until: 1e20, perUnitMs: 1e-6 },
  { from: 1e14, until: 1e17, perUnitMs: 1e-3 },
  { from: 1e11, until: 1e14, perUnitMs: 1 },
  { from: 9e8, until: 1e11, perUnitMs: 1_000 },
] as const;

const PLAIN = /^([+-]?\d{1,20}(?:[.,]\d{1,20})?)\s?(s|sec|ms)?$/iu;
const CLOCK = /^(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2}(?:[.,]\d{1,9})?)$/u;
const DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:/u;
const MAX_TEXT_LENGTH = 50;

/** When something was, as a client has written it: an amount without a unit, or a length or time of day. */
type ReadTime =
  | { kind: 'amount'; amount: number }
  | { kind: 'offset'; ms: number }
  | { kind: 'epoch'; ms: number };

export interface SessionTime {
  /** Wall time that the session's times are counted from, epoch milliseconds. */
  startedAt: number;
  /** Epoch milliseconds. */
  now: number;
}

interface TimedText {
  text: string;
  start: unknown;
  end: unknown;
}

/**
 * Reads the times of segments that clients send. The protocol has seconds from the start of the
 * session. Clients also send milliseconds, times of day, or text. Seconds and milliseconds are told
 * apart by how long the words would then have been spoken, over all that the session has sent.
 */
export class SuggestedTimes {
  #votesForMs = 0;
  #votesForSeconds = 0;

  /** Looks at the segments of a message, before `read` is asked about each of them. */
  observe(segments: readonly TimedText[], session: SessionTime): void {
    for (const segment of segments) this.#vote(segment, session);
  }

  /**
   * Returns start and end in milliseconds from the session's start, neither negative, the end behind
   * the start. What is missing or cannot be read is estimated from the other time or, if there is
   * none, from the present, and from the length of the text.
   */
  read({ text, start, end }: TimedText, session: SessionTime): { startMs: number; endMs: number } {
    const lengthMs = Math.max(SHORTEST_MS, text.length * USUAL_MS_PER_CHARACTER);
    const from = this.#offsetOf(start, session);
    const to = this.#offsetOf(end, session);
    const startMs = Math.max(
      0,
      from ?? (to ?? Math.max(0, Math.round(session.now - session.startedAt))) - lengthMs,
    );
    const endMs = to === undefined || to <= startMs ? startMs + lengthMs : to;
    return { startMs, endMs };
  }

  get #isInMs(): boolean {
    return this.#votesForMs > this.#votesForSeconds;
  }

  #offsetOf(value: unknown, session: SessionTime): number | undefined {
    const time = readTime(value);
    if (!time) return undefined;
    if (time.kind === 'epoch') {
      const offset = time.ms - session.startedAt;
      return Math.abs(offset) <= MAX_CLOCK_DIFFERENCE_MS
        ? Math.round(Math.max(0, offset))
        : undefined;
    }
    if (time.kind === 'offset') return Math.round(Math.max(0, time.ms));
    const isMs = this.#isInMs || time.amount > MAX_SECONDS;
    return Math.round(Math.max(0, isMs ? time.amount : time.amount * 1000));
  }

  #vote({ text, start, end }: TimedText, session: SessionTime): void {
    const from = readTime(start);
    const to = readTime(end);
    if (from?.kind !== 'amount' || to?.kind !== 'amount') return;
    const length = to.amount - from.amount;
    if (length <= 0) return;
    const characters = text.length;
    const mayBeSeconds =
      to.amount <= MAX_SECONDS &&
      length <= Math.max(POSSIBLE_SECONDS, (characters * MOST_MS_PER_CHARACTER) / 1000);
    const mayBeMs = length >= characters * LEAST_MS_PER_CHARACTER;
    if (mayBeSeconds && !mayBeMs) this.#votesForSeconds += 1;
    else if (mayBeMs && !mayBeSeconds) this.#votesForMs += 1;
    else if (mayBeMs && mayBeSeconds && this.#votesForSeconds === 0) {
      // Either is possible: nobody has said yet what as seconds lies in the future.
      const elapsedMs = session.now - session.startedAt + AHEAD_MS;
      if (to.amount * 1000 > elapsedMs && to.amount <= elapsedMs) this.#votesForMs += 1;
    }
  }
}

function readTime(value: unknown): ReadTime | undefined {
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value !== 'string' || value.length > MAX_TEXT_LENGTH) return undefined;
  const text = value.trim();
  const plain = PLAIN.exec(text);
  if (plain?.[1] !== undefined) {
    const amount = Number(plain[1].replace(',', '.'));
    const unit = plain[2]?.toLowerCase();
    if (unit === undefined) return fromNumber(amount);
    return { kind: 'offset', ms: unit === 'ms' ? amount : amount * 1000 };
  }
  const clock = CLOCK.exec(text);
  if (clock?.[2] !== undefined && clock[3] !== undefined) {
    const minutes = Number(clock[1] ?? 0) * 60 + Number(clock[2]);
    return { kind: 'offset', ms: minutes * 60_000 + Number(clock[3].replace(',', '.')) * 1000 };
  }
  const ms = DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? undefined : { kind: 'epoch', ms };
}

function fromNumber(amount: number): ReadTime | undefined {
  if (!Number.isFinite(amount)) return undefined;
  if (amount < 9e8) return { kind: 'amount', amount };
  const unit = EPOCH_UNITS.find(({ from, until }) => amount >= from && amount < until);
  return unit && { kind: 'epoch', ms: amount * unit.perUnitMs };
}
