import { setImmediate } from 'node:timers/promises';
import { AppError } from '../../kernel/errors.ts';

/** Items that are worked on before other work of the process gets its turn: some milliseconds. */
const STEP = 16;

/** Visits each item in order, letting others of the process run now and then. */
export type EachInSteps = <T>(
  items: readonly T[],
  visit: (item: T, index: number) => void,
) => Promise<void>;

/** Work on long talks without blocking the process; throws `aborted` where `signal` says so. */
export function inSteps(signal: AbortSignal): EachInSteps {
  return async (items, visit) => {
    for (const [index, item] of items.entries()) {
      if (index % STEP === 0) await pause(signal);
      visit(item, index);
    }
  };
}

/** Lets other work of the process run between two steps, and stops where that was asked for. */
export async function pause(signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw new AppError('aborted', 'Understanding was aborted');
  await setImmediate();
}
