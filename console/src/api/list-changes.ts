import type { InfiniteData, QueryClient, QueryKey } from '@tanstack/react-query';
import type { ListPage } from './queries.ts';

/**
 * Changes one thing at once in all lists below a key that show it; null takes it out of them.
 * @param change the thing as it is now
 */
export function changeInLists<T extends { id: string }>(
  queries: QueryClient,
  queryKey: QueryKey,
  id: string,
  change: (item: T) => T | null,
): void {
  queries.setQueriesData<InfiniteData<ListPage<T>, number>>(
    { queryKey },
    (old) =>
      old && {
        ...old,
        pages: old.pages.map((page) => ({
          ...page,
          items: page.items.flatMap((item) => (item.id === id ? (change(item) ?? []) : item)),
        })),
      },
  );
}
