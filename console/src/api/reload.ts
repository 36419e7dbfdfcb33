import type { Query, QueryClient, QueryKey } from '@tanstack/react-query';

/**
 * Loads again what is shown of a key, and marks the rest as old. Resolves when all of it is there.
 *
 * A first load that is under way begins anew: what it reads may be from before the change, and
 * `invalidateQueries` alone would take its result for new.
 */
export async function reload(
  queries: QueryClient,
  queryKey: QueryKey,
  predicate: (query: Query) => boolean = () => true,
): Promise<void> {
  const isFirst = (query: Query) =>
    query.state.data === undefined && query.state.fetchStatus === 'fetching';
  await Promise.all([
    queries.resetQueries({ queryKey, predicate: (query) => predicate(query) && isFirst(query) }),
    queries.invalidateQueries({ queryKey, predicate }),
  ]);
}
