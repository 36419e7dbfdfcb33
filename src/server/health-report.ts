import { AppError, describeError, isAppError } from '../kernel/errors.ts';

const CHECK_TIMEOUT_MS = 10_000;

/** `ok`: works. `broken`: is wanted and does not work. `note`: nothing is wrong, but good to know. */
export type Verdict = 'ok' | 'broken' | 'note';

/** What one check has found, in a sentence that says what to do if something is wrong. */
export interface Finding {
  verdict: Verdict;
  subject: string;
  text: string;
}

/** Runs checks in bounded time and passes each finding on as soon as it is made. */
export class HealthReport {
  broken = false;
  timedOut = false;
  readonly #onFinding: (finding: Finding) => void;

  constructor(onFinding: (finding: Finding) => void) {
    this.#onFinding = onFinding;
  }

  add(verdict: Verdict, subject: string, text: string): void {
    if (verdict === 'broken') this.broken = true;
    this.#onFinding({ verdict, subject, text });
  }

  /** Runs a check in bounded time. Returns its value, undefined if it failed. */
  async check<T>(
    subject: string,
    run: (signal: AbortSignal) => Promise<{ text: string; value?: T }>,
    timeoutMs = CHECK_TIMEOUT_MS,
  ): Promise<T | undefined> {
    const abort = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.timedOut = true;
        abort.abort();
        reject(new AppError('timeout', `no answer within ${timeoutMs / 1000} s.`));
      }, timeoutMs);
    });
    try {
      const { text, value } = await Promise.race([run(abort.signal), late]);
      this.add('ok', subject, text);
      return value;
    } catch (error) {
      this.add('broken', subject, isAppError(error) ? error.message : describeError(error));
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }
}
