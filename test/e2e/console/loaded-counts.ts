import type { Page, Response } from 'playwright-core';

/** How much a page loaded while it was watched. */
export interface LoadedCounts {
  /** The count of every answer that has come so far, in their order; waits for bodies under way. */
  counts(): Promise<number[]>;
  /** Watches no longer: a later navigation would throw bodies away that nobody asked for. */
  stop(): void;
}

/**
 * Counts what a page loads.
 * @param part - What the address of a request holds that counts.
 * @param count - How many things an answer's body (JSON) holds.
 */
export function loadedCounts(
  page: Page,
  part: string,
  count: (body: unknown) => number,
): LoadedCounts {
  const answers: Response[] = [];
  const watch = (response: Response) => {
    if (response.url().includes(part)) answers.push(response);
  };
  page.on('response', watch);
  return {
    counts: () => Promise.all(answers.map(async (answer) => count(await answer.json()))),
    stop: () => page.off('response', watch),
  };
}
