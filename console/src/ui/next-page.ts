import { useEffect } from 'react';

/** Rows before the end of what is loaded at which the next page is asked for. */
const BEFORE_END = 15;

/** The next page of a list, as an infinite query has it. */
export interface NextPage {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

/** Loads the next page once a row near the end of the `count` rows that are loaded is shown. */
export function useNextPage(
  { hasNextPage, isFetchingNextPage, fetchNextPage }: NextPage,
  lastShown: number,
  count: number,
): void {
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && lastShown >= count - BEFORE_END) fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, lastShown, count]);
}
