import { setImmediate } from 'node:timers/promises';
import { AppError } from '../../kernel/errors.ts';

/** Time after which other work of the process gets its turn, milliseconds. */
const STEP_MS = 8;

/** Visits each item in order, letting others of the process run now and then. */
export type CooperativeLoop = <T>(
  items: readonly T[],
  visit: (item: T, index: number) => void,
) => Promise<void>;

/** Work on long talks without blocking the process; throws `aborted` if `signal` says so. */
export function cooperativeLoop(signal: AbortSignal): CooperativeLoop {
  return async (items, visit) => {
    let began = Number.NEGATIVE_INFINITY;
    for (const [index, item] of items.entries()) {
      if (performance.now() - began >= STEP_MS) {
        await pause(signal);
        began = performance.now();
      }
      visit(item, index);
    }
  };
}

/** Lets other work of the process run between two steps, and stops if that was asked for. */
export async function pause(signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw new AppError('aborted', 'Understanding was aborted');
  await setImmediate();
}
