import { AppError, describeError, toAppError } from '../kernel/errors.ts';
import type { ServiceCheck } from '../model/server-settings.ts';

/** Longest time for one question to a vendor, milliseconds. */
export const CHECK_TIMEOUT_MS = 10_000;

type Verdict = ServiceCheck['verdict'];

/** What an error of a check says about the key: `unclear` if it says nothing. */
const VERDICTS: Partial<Record<AppError['code'], Verdict>> = {
  'provider-unauthorized': 'refused',
  'provider-quota': 'no_credit',
};

/**
 * Asks a vendor whether it takes a key. A vendor that cannot be reached is not a wrong key.
 *
 * @param title the vendor, as the subject of a sentence
 * @param ask throws what is wrong
 */
export async function checkService(
  title: string,
  ask: (signal: AbortSignal) => Promise<void>,
): Promise<Omit<ServiceCheck, 'at'>> {
  const signal = AbortSignal.timeout(CHECK_TIMEOUT_MS);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  try {
    await Promise.race([ask(signal), late]);
    return { verdict: 'good', text: `${title} accepts the key.` };
  } catch (error) {
    if (signal.aborted) {
      const seconds = CHECK_TIMEOUT_MS / 1000;
      return { verdict: 'unclear', text: `${title} did not answer within ${seconds} seconds.` };
    }
    const known = toAppError(error);
    const verdict = VERDICTS[known.code] ?? 'unclear';
    const text = known.code === 'internal' ? describeError(error) : known.message;
    return { verdict, text };
  }
}

/**
 * Throws if a check does not allow to store what was checked.
 *
 * @param isUnchecked true: it is stored even if the vendor cannot be asked
 * @throws AppError `bad-request` for a wrong key, `provider-unavailable`
 */
export function assertAccepted(check: Omit<ServiceCheck, 'at'>, isUnchecked: boolean): void {
  const { verdict, text } = check;
  if (verdict === 'refused') throw new AppError('bad-request', text);
  if (verdict !== 'unclear' || isUnchecked) return;
  throw new AppError(
    'provider-unavailable',
    `It could not be checked: ${text} It can be stored all the same.`,
  );
}
