import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { components } from '../../../../src/client/schema.ts';
import { request } from '../../api/client.ts';
import { useLocale, useStrings } from '../../i18n/strings.ts';
import { moveRow } from '../../keyboard/keys.ts';
import { Page } from '../../ui/page.tsx';
import { Empty, Failed, Skeleton } from '../../ui/states.tsx';
import { exactTime } from '../../ui/time.ts';

type Match = components['schemas']['SearchMatch'];

const PAUSE_MS = 250;

/** One box over everything; what was typed stands in the address. */
export function Search() {
  const words = useStrings().search;
  const { q = '' } = useSearch({ from: '/signed-in/search' });
  const navigate = useNavigate({ from: '/search' });
  const [text, setText] = useState(q);
  useEffect(() => {
    if (text.trim() === q) return;
    const timer = setTimeout(
      () => void navigate({ to: '.', search: { q: text.trim() || undefined }, replace: true }),
      PAUSE_MS,
    );
    return () => clearTimeout(timer);
  }, [text, q, navigate]);
  return (
    <Page title={words.title}>
      <input
        type="search"
        dir="auto"
        // It is what this screen is for.
        // biome-ignore lint/a11y/noAutofocus: see above
        autoFocus
        value={text}
        maxLength={500}
        aria-label={words.placeholder}
        placeholder={words.placeholder}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          moveRow(1);
        }}
        className="min-h-12 w-full rounded-control border border-line-strong bg-raised px-4 text-lg placeholder:text-base placeholder:text-faint"
      />
      {q === '' ? <Empty>{words.empty}</Empty> : <Results query={q} />}
    </Page>
  );
}

function Results({ query }: { query: string }) {
  const words = useStrings().search;
  const found = useQuery({
    queryKey: ['search', query],
    queryFn: ({ signal }) =>
      request<{ matches: Match[] }>('/v1/conversations/search', {
        method: 'POST',
        signal,
        body: { query, per_page: 30 },
      }),
    placeholderData: (old) => old,
  });
  if (found.isPending) return <Skeleton rows={5} />;
  if (found.isError) return <Failed error={found.error} retry={() => void found.refetch()} />;
  const { matches } = found.data;
  if (matches.length === 0) return <Empty>{words.none(query)}</Empty>;
  return (
    <ul className="mt-4 divide-y divide-line">
      {matches.map((match) => (
        <li key={`${match.kind}:${match.id}:${match.segment_ids[0] ?? ''}`}>
          <Found match={match} />
        </li>
      ))}
    </ul>
  );
}

/** One match: what kind of thing it is and from when, and the sentence with its marks. */
function Found({ match }: { match: Match }) {
  const { search: words, timeline } = useStrings();
  const locale = useLocale();
  const heading =
    match.kind === 'transcript' || match.kind === 'conversation'
      ? match.title || timeline.untitled
      : words.kinds[match.kind];
  const body = (
    <>
      <span className="flex items-baseline justify-between gap-2 text-xs text-faint">
        <bdi dir="auto" className="truncate">
          {heading}
        </bdi>
        <span className="tabular shrink-0">{exactTime(new Date(match.happened_at), locale)}</span>
      </span>
      <span dir="auto" className="mt-0.5 block">
        <Marked text={match.text} marks={match.marks} />
      </span>
      {match.reply && (
        <span dir="auto" className="mt-0.5 block ps-4 text-sm text-soft">
          {match.reply.text}
        </span>
      )}
    </>
  );
  const shape = 'block rounded px-1 py-2.5';
  if (match.conversation_id === null) return <div className={shape}>{body}</div>;
  return (
    <Link
      to="/timeline/$id"
      params={{ id: match.conversation_id }}
      search={{ segment: match.segment_ids[0] }}
      data-row
      className={`${shape} hover:bg-sunk`}
    >
      {body}
    </Link>
  );
}

function Marked({ text, marks }: { text: string; marks: readonly number[][] }) {
  let end = 0;
  const parts = marks.flatMap(([from = 0, to = 0]) => {
    const before = text.slice(end, from);
    end = to;
    return [
      before,
      <mark key={from} className="rounded bg-sunk font-medium text-inherit">
        {text.slice(from, to)}
      </mark>,
    ];
  });
  return (
    <>
      {parts}
      {text.slice(end)}
    </>
  );
}
