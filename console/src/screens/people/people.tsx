import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Merge } from 'lucide-react';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { peopleQuery } from '../../api/queries.ts';
import { restore } from '../../api/restore.ts';
import type { Person } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { DeleteButton } from '../../ui/delete-button.tsx';
import { LineField } from '../../ui/line-field.tsx';
import { LineForm } from '../../ui/line-form.tsx';
import { offerUndo } from '../../ui/notice.ts';
import { Group, Page } from '../../ui/page.tsx';
import { Empty, Failed, Skeleton } from '../../ui/states.tsx';
import { AskLink } from '../ask/ask-link.tsx';
import { MergePersonSheet } from './merge-person-sheet.tsx';
import { SoundButton } from './sound-button.tsx';
import { UnknownVoices } from './unknown-voices.tsx';
import { VoiceMatches } from './voice-matches.tsx';

/** The persons that are known, with the samples of their voices. */
export function People() {
  const words = useStrings().people;
  const queries = useQueryClient();
  const found = useQuery(peopleQuery);
  const [merged, setMerged] = useState<Person | null>(null);
  const add = useMutation({
    mutationFn: (name: string) => dataOf(api.POST('/v1/users/people', { body: { name } })),
    onSettled: () => queries.invalidateQueries({ queryKey: peopleQuery.queryKey }),
  });
  return (
    <Page title={words.title}>
      <LineForm label={words.add} add={(name) => add.mutate(name)} />
      {add.isError && <Failed error={add.error} />}
      <UnknownVoices people={found.data ?? []} />
      {found.isPending && <Skeleton />}
      {found.isError && <Failed error={found.error} retry={() => void found.refetch()} />}
      {found.data?.length === 0 && <Empty>{words.empty}</Empty>}
      {found.data && found.data.length > 0 && (
        <Group title={words.known}>
          {found.data.map((person) => (
            <PersonRow key={person.id} person={person} merge={() => setMerged(person)} />
          ))}
        </Group>
      )}
      <MergePersonSheet
        person={merged}
        others={(found.data ?? []).filter(({ id }) => id !== merged?.id)}
        close={() => setMerged(null)}
      />
    </Page>
  );
}

function PersonRow({ person, merge }: { person: Person; merge: () => void }) {
  const { people: words } = useStrings();
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: peopleQuery.queryKey });
  const rename = useMutation({
    mutationFn: (name: string) =>
      dataOf(
        api.PATCH('/v1/users/people/{person_id}/name', {
          params: { path: { person_id: person.id } },
          body: { name },
        }),
      ),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: () =>
      dataOf(
        api.DELETE('/v1/users/people/{person_id}', { params: { path: { person_id: person.id } } }),
      ),
    onMutate: () =>
      queries.setQueryData(peopleQuery.queryKey, (old) =>
        old?.filter(({ id }) => id !== person.id),
      ),
    onSuccess: () =>
      offerUndo(words.removed, () => void restore('person', person.id).finally(refresh)),
    onSettled: refresh,
  });
  const [showsMatches, setShowsMatches] = useState(false);
  const count = person.speech_samples.length;
  return (
    <li className="flex flex-col gap-1 py-2">
      <div className="flex items-center gap-2">
        <LineField
          text={person.name}
          label={words.name}
          maxLength={200}
          save={(name) => rename.mutate(name)}
          className="min-h-9 min-w-0 flex-1 rounded bg-transparent font-medium hover:bg-sunk"
        />
        <AskLink look="icon" type="person" id={person.id} name={person.name} />
        <IconButton label={words.merge(person.name)} aria-haspopup="dialog" onClick={merge}>
          <Merge size={16} aria-hidden />
        </IconButton>
        <DeleteButton label={words.remove(person.name)} remove={() => remove.mutate()} />
      </div>
      {count > 0 && (
        <div className="flex flex-wrap gap-2">
          {person.speech_samples.map((url, index) => {
            const said = person.speech_sample_transcripts?.[index] || words.sample(index + 1);
            const label = words.playSample(person.name, said);
            return <SoundButton key={url} text={said} label={label} load={async () => url} />;
          })}
        </div>
      )}
      <div className="flex flex-wrap items-center justify-between gap-x-3">
        <span className="text-sm text-faint">
          {count > 0 ? words.samples(count) : words.noSamples}
        </span>
        <Button
          look="quiet"
          aria-expanded={showsMatches}
          aria-label={words.findMatches(person.name)}
          onClick={() => setShowsMatches(!showsMatches)}
        >
          {words.matches}
        </Button>
      </div>
      {showsMatches && <VoiceMatches person={person} />}
    </li>
  );
}
