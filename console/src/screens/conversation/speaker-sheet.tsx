import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { conversationQuery, peopleQuery } from '../../api/queries.ts';
import { assignAsBefore, assignSegments, type Who, whoSpeaks } from '../../api/speakers.ts';
import type { Conversation, Person, Segment } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { offerUndo } from '../../ui/notice.ts';
import { Sheet } from '../../ui/sheet.tsx';
import { AskLink } from '../ask/ask-link.tsx';

const MIN_NAME = 2;
const MAX_NAME = 40;

/** Says who speaks in a segment: the user, a person, a new person, or nobody; for all of that speaker's words or these alone. */
export function SpeakerSheet({
  conversation,
  segment,
  close,
}: {
  conversation: Conversation;
  segment: Segment | null;
  close: () => void;
}) {
  const words = useStrings().speakers;
  return (
    <Sheet title={words.title} isOpen={segment !== null} close={close}>
      {segment && <Choices conversation={conversation} segment={segment} close={close} />}
    </Sheet>
  );
}

function Choices({
  conversation,
  segment,
  close,
}: {
  conversation: Conversation;
  segment: Segment;
  close: () => void;
}) {
  const { speakers: words, conversation: labels } = useStrings();
  const queries = useQueryClient();
  const people = useQuery(peopleQuery).data ?? [];
  const guesses = useGuesses(conversation, segment);
  const [text, setText] = useState('');
  const [isAll, setIsAll] = useState(true);
  const own = conversation.transcript_segments.filter(
    ({ speaker_id }) => speaker_id === segment.speaker_id,
  );
  const meant = isAll ? own : [segment];
  const key = conversationQuery(conversation.id).queryKey;
  const assign = useMutation({
    mutationFn: async (choice: Who | { kind: 'new'; name: string }) => {
      const who = choice.kind === 'new' ? await addPerson(choice.name) : choice;
      const ids = meant.map(({ id }) => id);
      return assignSegments(conversation.id, ids, who);
    },
    onSuccess: (changed, choice) => {
      queries.setQueryData(key, changed);
      const before = meant;
      offerUndo(words.named(nameOf(choice, people, labels.you, words.nobody)), () => {
        void assignAsBefore(conversation.id, before).finally(() =>
          queries.invalidateQueries({ queryKey: key }),
        );
      });
      close();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: peopleQuery.queryKey }),
  });
  const now = whoSpeaks(segment);
  const known = now.kind === 'person' ? people.find(({ id }) => id === now.id) : undefined;
  const wanted = text.trim();
  const shown = inOrder(people, conversation, guesses).filter(({ name }) =>
    name.toLowerCase().includes(wanted.toLowerCase()),
  );
  const isKnown = people.some(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  const canAdd = wanted.length >= MIN_NAME && !isKnown;
  const first = shown[0];
  const submit = () => {
    if (wanted === '' || assign.isPending) return;
    const exact = shown.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
    const only = exact ?? (shown.length === 1 ? first : undefined);
    if (only) assign.mutate({ kind: 'person', id: only.id });
    else if (canAdd) assign.mutate({ kind: 'new', name: wanted });
  };
  return (
    <>
      <p dir="auto" className="line-clamp-2 border-s-2 border-line-strong ps-3 text-sm text-soft">
        {segment.text}
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <input
          value={text}
          dir="auto"
          maxLength={MAX_NAME}
          aria-label={words.field}
          placeholder={words.field}
          onChange={({ target }) => setText(target.value)}
          className="min-h-11 w-full rounded-control border border-line-strong bg-paper px-3 text-base placeholder:text-faint"
        />
      </form>
      <ul className="-mx-2 flex flex-col">
        {wanted === '' && (
          <Choice
            name={words.me}
            note={now.kind === 'me' ? words.current : ''}
            choose={() => assign.mutate({ kind: 'me' })}
          />
        )}
        {canAdd && (
          <Choice
            name={words.add(wanted)}
            note=""
            choose={() => assign.mutate({ kind: 'new', name: wanted })}
          />
        )}
        {shown.map(({ id, name }) => (
          <Choice
            key={id}
            name={name}
            note={noteOf(id, now, guesses, conversation, words)}
            choose={() => assign.mutate({ kind: 'person', id })}
          />
        ))}
        {wanted === '' && now.kind !== 'nobody' && (
          <Choice name={words.nobody} note="" choose={() => assign.mutate({ kind: 'nobody' })} />
        )}
      </ul>
      {wanted.length > 0 && wanted.length < MIN_NAME && (
        <p className="text-sm text-soft">{words.tooShort}</p>
      )}
      {known && <AskLink look="words" type="person" id={known.id} name={known.name} />}
      <fieldset className="flex flex-col gap-1 border-t border-line pt-3">
        <legend className="sr-only">{words.scope}</legend>
        <Scope isOn={isAll} pick={() => setIsAll(true)}>
          {words.all(own.length)}
        </Scope>
        <Scope isOn={!isAll} pick={() => setIsAll(false)}>
          {words.one}
        </Scope>
      </fieldset>
      {assign.isError && (
        <p role="alert" className="text-sm text-loss">
          {words.failed} {assign.error.message}
        </p>
      )}
    </>
  );
}

function Choice({ name, note, choose }: { name: string; note: string; choose: () => void }) {
  return (
    <li>
      <button
        type="button"
        onClick={choose}
        className="flex min-h-10 w-full items-center gap-3 rounded-control px-2 text-start hover:bg-sunk pointer-coarse:min-h-11"
      >
        <bdi className="min-w-0 flex-1 truncate font-medium" dir="auto">
          {name}
        </bdi>
        {note && <span className="shrink-0 text-sm text-faint">{note}</span>}
      </button>
    </li>
  );
}

function Scope({ isOn, pick, children }: { isOn: boolean; pick: () => void; children: ReactNode }) {
  return (
    <label className="flex min-h-9 items-center gap-3 text-sm">
      <input
        type="radio"
        name="speaker-scope"
        checked={isOn}
        onChange={pick}
        className="size-4 accent-(--accent)"
      />
      {children}
    </label>
  );
}

/** Ids of people who sound like the speaker, the nearest first. */
function useGuesses({ id }: Conversation, { speaker_id }: Segment): readonly string[] {
  const found = useQuery({
    queryKey: ['speakers', id],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/v1/conversations/{id}/speakers', { params: { path: { id } }, signal })),
    staleTime: 60_000,
  });
  const own = found.data?.speakers.find((speaker) => speaker.speaker_id === speaker_id);
  return own?.suggested_person_ids ?? [];
}

/** Who sounds alike first, then who is in the conversation, then the others by name. */
function inOrder(
  people: readonly Person[],
  { transcript_segments }: Conversation,
  guesses: readonly string[],
): Person[] {
  const here = new Set(transcript_segments.map(({ person_id }) => person_id));
  const rank = ({ id }: Person) => {
    const guess = guesses.indexOf(id);
    if (guess >= 0) return guess;
    return guesses.length + (here.has(id) ? 0 : 1);
  };
  return [...people].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

function noteOf(
  id: string,
  now: Who,
  guesses: readonly string[],
  { transcript_segments }: Conversation,
  words: ReturnType<typeof useStrings>['speakers'],
): string {
  if (now.kind === 'person' && now.id === id) return words.current;
  if (guesses.includes(id)) return words.guess;
  return transcript_segments.some(({ person_id }) => person_id === id) ? words.here : '';
}

async function addPerson(name: string): Promise<Who> {
  const { id } = await dataOf(api.POST('/v1/users/people', { body: { name } }));
  return { kind: 'person', id };
}

function nameOf(
  choice: Who | { kind: 'new'; name: string },
  people: readonly Person[],
  me: string,
  nobody: string,
): string {
  if (choice.kind === 'me') return me;
  if (choice.kind === 'nobody') return nobody;
  if (choice.kind === 'new') return choice.name;
  return people.find(({ id }) => id === choice.id)?.name ?? '';
}
