import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { request } from '../../api/client.ts';
import { peopleQuery } from '../../api/queries.ts';
import type { Person } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { IconButton } from '../../ui/button.tsx';
import { LineForm } from '../../ui/line-form.tsx';
import { Page } from '../../ui/page.tsx';
import { Empty, Failed, Skeleton } from '../../ui/states.tsx';
import { deleteLater } from '../../ui/undo.tsx';

/** The persons that are known, with the samples of their voices. */
export function People() {
  const words = useStrings().people;
  const queries = useQueryClient();
  const found = useQuery(peopleQuery);
  const add = useMutation({
    mutationFn: (name: string) => request('/v1/users/people', { method: 'POST', body: { name } }),
    onSettled: () => queries.invalidateQueries({ queryKey: peopleQuery.queryKey }),
  });
  return (
    <Page title={words.title}>
      <LineForm label={words.add} add={(name) => add.mutate(name)} />
      {add.isError && <Failed error={add.error} />}
      {found.isPending && <Skeleton />}
      {found.isError && <Failed error={found.error} retry={() => void found.refetch()} />}
      {found.data?.length === 0 && <Empty>{words.empty}</Empty>}
      {found.data && found.data.length > 0 && (
        <ul className="flex flex-col divide-y divide-line border-y border-line">
          {found.data.map((person) => (
            <PersonRow key={person.id} person={person} />
          ))}
        </ul>
      )}
    </Page>
  );
}

function PersonRow({ person }: { person: Person }) {
  const { people: words, state } = useStrings();
  const queries = useQueryClient();
  const path = `/v1/users/people/${encodeURIComponent(person.id)}`;
  const refresh = () => queries.invalidateQueries({ queryKey: peopleQuery.queryKey });
  const rename = useMutation({
    mutationFn: (value: string) => request(`${path}/name`, { method: 'PATCH', query: { value } }),
    onSettled: refresh,
  });
  const remove = () => {
    queries.setQueryData(peopleQuery.queryKey, (old) => old?.filter(({ id }) => id !== person.id));
    const commit = () => void request(path, { method: 'DELETE' }).finally(refresh);
    deleteLater(words.removed, commit, () => void refresh());
  };
  const count = person.speech_samples.length;
  return (
    <li className="flex flex-col gap-2 py-3">
      <div className="flex items-center gap-2">
        <input
          key={person.name}
          defaultValue={person.name}
          dir="auto"
          maxLength={200}
          aria-label={words.name}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.currentTarget.blur();
          }}
          onBlur={({ target }) => {
            const name = target.value.trim();
            if (name === '') target.value = person.name;
            else if (name !== person.name) rename.mutate(name);
          }}
          className="min-h-9 min-w-0 flex-1 rounded bg-transparent font-medium hover:bg-sunk"
        />
        <span className="shrink-0 text-sm text-faint">
          {count > 0 ? words.samples(count) : words.noSamples}
        </span>
        <IconButton label={state.delete} onClick={remove}>
          <Trash2 size={16} aria-hidden />
        </IconButton>
      </div>
      {person.speech_samples.map((url, index) => (
        <figure key={url} className="flex flex-col gap-1">
          {/* biome-ignore lint/a11y/useMediaCaption: the caption below says what is heard */}
          <audio controls preload="none" src={url} className="h-9 w-full max-w-sm" />
          <figcaption dir="auto" className="text-sm text-soft">
            {person.speech_sample_transcripts?.[index]}
          </figcaption>
        </figure>
      ))}
    </li>
  );
}
