import { request } from './client.ts';

/** Kinds of things whose deletion can be taken back, by the path of their collection. */
export type RestorablePath =
  | '/v1/conversations'
  | '/v1/action-items'
  | '/v3/memories'
  | '/v1/users/people';

/** Takes a deletion back; the server keeps what was deleted for some minutes. @throws ApiError */
export async function restore(path: RestorablePath, id: string): Promise<void> {
  await request(`${path}/${encodeURIComponent(id)}/restore`, { method: 'POST' });
}
