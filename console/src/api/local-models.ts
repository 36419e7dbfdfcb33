import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from './client.ts';
import type { LocalModelList } from './types.ts';

/** A model that the server itself can run. */
export type LocalModel = LocalModelList['models'][number];

export const localModelsQuery = queryOptions({
  queryKey: ['local-models'],
  queryFn: ({ signal }) => dataOf(api.GET('/v1/local-models', { signal })),
});
