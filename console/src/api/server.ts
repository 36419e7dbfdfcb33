import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from './client.ts';

/** What the server hears and understands with, and whether the user owns it. */
export const serverQuery = queryOptions({
  queryKey: ['server'],
  queryFn: ({ signal }) => dataOf(api.GET('/v1/server', { signal })),
});
