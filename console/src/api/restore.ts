import { api, dataOf } from './client.ts';
import type { Deletion } from './types.ts';

/** Brings back what was deleted; the server keeps it for some minutes. @throws ApiError */
export async function restore(kind: Deletion['kind'], id: string): Promise<void> {
  await dataOf(api.POST('/v1/deletions/{kind}/{id}/restore', { params: { path: { kind, id } } }));
}
