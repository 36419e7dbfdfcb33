import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { peopleQuery } from '../../api/queries.ts';
import type { Person, UnknownVoice } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Button } from '../../ui/button.tsx';
import { focusNeighbour } from '../../ui/focus.ts';
import { LineForm } from '../../ui/line-form.tsx';
import { NearTime } from '../../ui/near-time.tsx';
import { offerUndo } from '../../ui/notice.ts';
import { Group } from '../../ui/page.tsx';
import { clockTime } from '../../ui/time.ts';
import { Piece } from './piece.tsx';

const KEY = ['unknown-voices'];
/** Pieces of a voice that can be played. */
const PIECES = 3;

/** Voices that nobody has named yet: hear them, then name them, join them to a person, or ignore them. */
export function UnknownVoices({ people }: { people: readonly Person[] }) {
  const words = useStrings().people;
  const found = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => dataOf(api.GET('/v1/voices/unknown', { signal })),
  });
  const voices = found.data?.voices ?? [];
  if (voices.length === 0) return null;
  return (
    <Group title={words.unknown}>
      {voices.map((voice) => (
        <VoiceRow key={voice.id} voice={voice} people={people} />
      ))}
    </Group>
  );
}

function VoiceRow({ voice, people }: { voice: UnknownVoice; people: readonly Person[] }) {
  const words = useStrings().people;
  const queries = useQueryClient();
  const row = useRef<HTMLLIElement>(null);
  const params = { path: { voice_id: voice.id } };
  const refresh = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: KEY }),
      queries.invalidateQueries({ queryKey: peopleQuery.queryKey }),
    ]);
  const leave = () => focusNeighbour(row.current?.firstElementChild ?? null);
  const name = useMutation({
    mutationFn: (text: string) =>
      dataOf(
        api.POST('/v1/voices/unknown/{voice_id}/name', {
          params,
          body: { name: text, rename_earlier: true },
        }),
      ),
    onSuccess: leave,
    onSettled: refresh,
  });
  const join = useMutation({
    mutationFn: (person: string) =>
      dataOf(
        api.POST('/v1/voices/unknown/{voice_id}/join', {
          params,
          body: { person_id: person, rename_earlier: true },
        }),
      ),
    onSuccess: leave,
    onSettled: refresh,
  });
  const ignore = useMutation({
    mutationFn: (isIgnored: boolean) =>
      dataOf(
        isIgnored
          ? api.POST('/v1/voices/unknown/{voice_id}/ignore', { params })
          : api.DELETE('/v1/voices/unknown/{voice_id}/ignore', { params }),
      ),
    onSettled: refresh,
  });
  return (
    <li ref={row} className="flex flex-col gap-3 py-3">
      <p className="text-sm text-soft">
        {words.heard(clockTime(voice.talk_seconds))} <NearTime at={voice.last_heard_at} />
      </p>
      <div className="flex flex-wrap gap-2">
        {voice.heard_in.slice(0, PIECES).map((piece) => (
          <Piece key={`${piece.conversation_id}-${piece.speaker_id}`} piece={piece} />
        ))}
      </div>
      <LineForm label={words.nameVoice} add={(text) => name.mutate(text)} />
      <div className="flex flex-wrap items-center gap-2">
        {people.length > 0 && (
          <select
            aria-label={words.sameAs}
            value=""
            onChange={({ target }) => join.mutate(target.value)}
            className="min-h-9 rounded-control border border-line bg-raised px-2 text-sm pointer-coarse:min-h-11"
          >
            <option value="" disabled>
              {words.sameAs}
            </option>
            {people.map((person) => (
              <option key={person.id} value={person.id}>
                {person.name}
              </option>
            ))}
          </select>
        )}
        <Button
          look="quiet"
          data-action="ignore"
          onClick={(event) => {
            focusNeighbour(event.currentTarget);
            ignore.mutate(true);
            offerUndo(words.ignored, () => ignore.mutate(false));
          }}
        >
          {words.ignore}
        </Button>
      </div>
      {(name.error ?? join.error) && (
        <p role="alert" className="text-sm text-loss">
          {(name.error ?? join.error)?.message}
        </p>
      )}
    </li>
  );
}
