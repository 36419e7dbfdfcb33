import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { peopleQuery } from '../../api/queries.ts';
import type { Person } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { say } from '../../ui/notice.ts';
import { Sheet } from '../../ui/sheet.tsx';
import { SheetActions } from '../../ui/sheet-actions.tsx';

/** Says that a person is the same as another. It cannot be undone, so that it is asked for in two steps. */
export function MergePersonSheet({
  person,
  others,
  close,
}: {
  person: Person | null;
  others: readonly Person[];
  close: () => void;
}) {
  const { people: words } = useStrings();
  const queries = useQueryClient();
  const [into, setInto] = useState<string | null>(null);
  const id = person?.id ?? '';
  // biome-ignore lint/correctness/useExhaustiveDependencies: another person is asked about anew
  useEffect(() => setInto(null), [id]);
  const merge = useMutation({
    mutationFn: (target: string) =>
      dataOf(
        api.POST('/v1/users/people/{person_id}/merge', {
          params: { path: { person_id: id } },
          body: { into: target },
        }),
      ),
    onSuccess: () => {
      say(words.merging);
      close();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: peopleQuery.queryKey }),
  });
  return (
    <Sheet title={words.merge(person?.name ?? '')} isOpen={person !== null} close={close}>
      <p className="text-soft">{words.mergeHint(person?.name ?? '')}</p>
      {others.length === 0 && <p>{words.nobodyElse}</p>}
      <fieldset className="flex max-h-64 flex-col overflow-y-auto">
        <legend className="sr-only">{words.merge(person?.name ?? '')}</legend>
        {others.map((other) => (
          <label
            key={other.id}
            className="flex min-h-10 items-center gap-3 pointer-coarse:min-h-11"
          >
            <input
              type="radio"
              name="merge-into"
              checked={into === other.id}
              onChange={() => setInto(other.id)}
              className="size-4 accent-(--accent)"
            />
            <bdi dir="auto" className="truncate">
              {other.name}
            </bdi>
          </label>
        ))}
      </fieldset>
      <SheetActions
        failure={merge.isError ? merge.error.message : null}
        label={words.mergeDo}
        disabled={into === null || merge.isPending}
        act={() => into && merge.mutate(into)}
        close={close}
      />
    </Sheet>
  );
}
