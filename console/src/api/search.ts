import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from './client.ts';
import { type Days, instantsOf } from './days.ts';
import type { SearchMatch } from './types.ts';

/** The kinds of things that a search can be narrowed to. */
export const SEARCH_KINDS = [
  'transcript',
  'conversation',
  'action_item',
  'memory',
  'person',
] as const satisfies readonly SearchMatch['kind'][];

/** What is searched for; it is the search part of the screen's address. */
export interface SearchFilter extends Days {
  q?: string | undefined;
  kind?: SearchMatch['kind'] | undefined;
}

const MOST = 40;

/** What answers a query, the best first, and how the query was understood. */
export function searchQuery(filter: SearchFilter) {
  return queryOptions({
    queryKey: ['search', filter],
    queryFn: ({ signal }) =>
      dataOf(
        api.POST('/v1/conversations/search', {
          body: {
            query: filter.q ?? '',
            per_page: MOST,
            ...(filter.kind ? { kinds: [filter.kind] } : {}),
            ...instantsOf(filter),
          },
          signal,
        }),
      ),
    placeholderData: (old) => old,
  });
}
