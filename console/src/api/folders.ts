import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from './client.ts';

export const foldersQuery = queryOptions({
  queryKey: ['folders'],
  queryFn: ({ signal }) => dataOf(api.GET('/v1/folders', { signal })),
  staleTime: 60_000,
});

/** Puts conversations into a folder, or out of any with null. @throws ApiError */
export async function moveToFolder(ids: string[], folderId: string | null): Promise<void> {
  if (folderId !== null) {
    await dataOf(
      api.POST('/v1/folders/{id}/conversations/bulk-move', {
        params: { path: { id: folderId } },
        body: { conversation_ids: ids },
      }),
    );
    return;
  }
  for (const id of ids) {
    await dataOf(
      api.PATCH('/v1/conversations/{id}/folder', {
        params: { path: { id } },
        body: { folder_id: null },
      }),
    );
  }
}
