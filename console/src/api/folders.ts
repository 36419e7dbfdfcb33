import { queryOptions } from '@tanstack/react-query';
import { request } from './client.ts';
import type { Folder } from './types.ts';

export const foldersQuery = queryOptions({
  queryKey: ['folders'],
  queryFn: ({ signal }) => request<Folder[]>('/v1/folders', { signal }),
  staleTime: 60_000,
});

/** Puts conversations into a folder, or out of any with null. @throws ApiError */
export async function moveToFolder(ids: readonly string[], folderId: string | null): Promise<void> {
  if (folderId !== null) {
    const path = `/v1/folders/${encodeURIComponent(folderId)}/conversations/bulk-move`;
    await request(path, { method: 'POST', body: { conversation_ids: ids } });
    return;
  }
  for (const id of ids) {
    const path = `/v1/conversations/${encodeURIComponent(id)}/folder`;
    await request(path, { method: 'PATCH', body: { folder_id: null } });
  }
}
