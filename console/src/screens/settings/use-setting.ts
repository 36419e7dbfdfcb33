import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { say } from '../../ui/notice.ts';

/** How settings are read and how some of them are changed. */
export interface SettingsCalls<T> {
  read(signal: AbortSignal): Promise<T>;
  write(change: Partial<T>): Promise<unknown>;
}

/** Settings that belong together, and what changes some of them; a change is seen at once. */
export function useSettings<T extends object>(name: string, { read, write }: SettingsCalls<T>) {
  const queries = useQueryClient();
  const key = ['settings', name];
  const found = useQuery({ queryKey: key, queryFn: ({ signal }) => read(signal) });
  const edit = useMutation({
    mutationFn: write,
    onError: (error) => say(error.message),
    onSettled: () => queries.invalidateQueries({ queryKey: key }),
  });
  const values = found.data && { ...found.data, ...(edit.isPending ? edit.variables : {}) };
  return { values, change: edit.mutate, isPending: found.isPending };
}
