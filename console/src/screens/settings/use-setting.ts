import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { request } from '../../api/client.ts';
import { say } from '../../ui/notice.ts';

/** Settings that stand at one address of the API, and what changes some of them; a change is seen at once. */
export function useSettings<T extends object>(path: string) {
  const queries = useQueryClient();
  const key = ['settings', path];
  const found = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => request<T>(path, { signal }),
  });
  const write = useMutation({
    mutationFn: (change: Partial<T>) => request(path, { method: 'PATCH', body: change }),
    onError: (error) => say(error.message),
    onSettled: () => queries.invalidateQueries({ queryKey: key }),
  });
  const values = found.data && { ...found.data, ...(write.isPending ? write.variables : {}) };
  return { values, change: write.mutate, isPending: found.isPending };
}
