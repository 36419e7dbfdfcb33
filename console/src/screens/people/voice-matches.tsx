import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { assignSegments } from '../../api/speakers.ts';
import type { Person, VoiceMatch } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Button } from '../../ui/button.tsx';
import { focusNeighbour } from '../../ui/focus.ts';
import { NearTime } from '../../ui/near-time.tsx';
import { offerUndo } from '../../ui/notice.ts';
import { Piece } from './piece.tsx';

/** Conversations of the last month in which a voice without a name sounds like a person. */
export function VoiceMatches({ person }: { person: Person }) {
  const words = useStrings().people;
  const queries = useQueryClient();
  const key = ['voice-matches', person.id];
  const found = useQuery({
    queryKey: key,
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/v1/users/people/{person_id}/voice-matches', {
          params: { path: { person_id: person.id } },
          signal,
        }),
      ),
  });
  const refresh = () => queries.invalidateQueries({ queryKey: key });
  if (found.isPending) return <p className="text-sm text-soft">{words.listening}</p>;
  if (found.isError) {
    return (
      <p role="alert" className="text-sm text-loss">
        {found.error.message}
      </p>
    );
  }
  if (found.data.matches.length === 0) {
    return <p className="text-sm text-soft">{words.noMatches(person.name)}</p>;
  }
  return (
    <ul
      aria-label={words.matchesOf(person.name)}
      className="flex flex-col gap-3 border-s-2 border-line ps-3"
    >
      {found.data.matches.map((match) => (
        <MatchRow
          key={`${match.conversation_id} ${match.speaker_id}`}
          person={person}
          match={match}
          refresh={refresh}
        />
      ))}
    </ul>
  );
}

function MatchRow({
  person,
  match,
  refresh,
}: {
  person: Person;
  match: VoiceMatch;
  refresh: () => Promise<void>;
}) {
  const { people: words, timeline } = useStrings();
  const row = useRef<HTMLLIElement>(null);
  const { conversation_id: id, segment_ids: segments } = match;
  const leave = () => focusNeighbour(row.current?.firstElementChild ?? null);
  const accept = useMutation({
    mutationFn: () => assignSegments(id, segments, { kind: 'person', id: person.id }),
    onSuccess: () => {
      leave();
      offerUndo(
        words.accepted(person.name),
        () => void assignSegments(id, segments, { kind: 'nobody' }).finally(refresh),
      );
    },
    onSettled: refresh,
  });
  const reject = useMutation({
    mutationFn: () =>
      dataOf(
        api.POST('/v1/conversations/{id}/speakers/{speaker_id}/reject', {
          params: { path: { id, speaker_id: match.speaker_id } },
          body: { kind: 'not_person', person_id: person.id },
        }),
      ),
    onSuccess: leave,
    onSettled: refresh,
  });
  const title = match.title || timeline.untitled;
  const problem = accept.error ?? reject.error;
  const isBusy = accept.isPending || reject.isPending;
  return (
    <li ref={row} className="flex flex-col gap-2">
      <p className="text-sm text-faint">
        <Link
          to="/timeline/$id"
          params={{ id }}
          className="text-ink underline decoration-line-strong underline-offset-4"
        >
          <bdi dir="auto">{title}</bdi>
        </Link>{' '}
        · <NearTime at={match.started_at} /> · {words.levels[match.match_level]}
      </p>
      <div className="flex flex-wrap items-center gap-2">
        <Piece piece={match} />
        <Button
          aria-label={words.acceptIn(person.name, title)}
          disabled={isBusy}
          onClick={() => accept.mutate()}
        >
          {words.accept}
        </Button>
        <Button
          look="quiet"
          data-action="reject"
          aria-label={words.rejectIn(person.name, title)}
          disabled={isBusy}
          onClick={() => reject.mutate()}
        >
          {words.reject}
        </Button>
      </div>
      {problem && (
        <p role="alert" className="text-sm text-loss">
          {problem.message}
        </p>
      )}
    </li>
  );
}
