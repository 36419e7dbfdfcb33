import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { SEARCH_KINDS, type SearchFilter, searchQuery } from '../../api/search.ts';
import type { SearchMatch, UnderstoodQuery } from '../../api/types.ts';
import { useLocale, useStrings } from '../../i18n/strings.ts';
import { moveRow } from '../../keyboard/keys.ts';
import { Chip } from '../../ui/chip.tsx';
import { DayFields, DayPresets } from '../../ui/date-range.tsx';
import { NearTime } from '../../ui/near-time.tsx';
import { Page } from '../../ui/page.tsx';
import { Empty, Failed, Skeleton } from '../../ui/states.tsx';
import { dateRange } from '../../ui/time.ts';

const PAUSE_MS = 250;

/** One box over everything; what was typed and chosen stands in the address. */
export function Search() {
  const words = useStrings().search;
  const filter = useSearch({ from: '/signed-in/search' });
  const { q = '' } = filter;
  const navigate = useNavigate({ from: '/search' });
  const [text, setText] = useState(q);
  const set = (change: SearchFilter) =>
    void navigate({ to: '.', search: (old) => ({ ...old, ...change }), replace: true });
  useEffect(() => {
    if (text.trim() === q) return;
    const timer = setTimeout(() => set({ q: text.trim() || undefined }), PAUSE_MS);
    return () => clearTimeout(timer);
  });
  const change = (wanted: string) => {
    setText(wanted);
    set({ q: wanted.trim() || undefined });
  };
  return (
    <Page title={words.title}>
      <search className="flex flex-col gap-3">
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
        {q !== '' && (
          <>
            <div className="flex flex-wrap gap-1.5">
              <Chip isOn={filter.kind === undefined} turn={() => set({ kind: undefined })}>
                {words.all}
              </Chip>
              {SEARCH_KINDS.map((kind) => (
                <Chip
                  key={kind}
                  isOn={filter.kind === kind}
                  turn={() => set({ kind: filter.kind === kind ? undefined : kind })}
                >
                  {words.filters[kind]}
                </Chip>
              ))}
            </div>
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
              <DayPresets days={filter} set={({ from, to }) => set({ from, to })} />
              <DayFields days={filter} set={({ from, to }) => set({ from, to })} />
            </div>
          </>
        )}
      </search>
      {q === '' ? (
        <Empty>{words.empty}</Empty>
      ) : (
        <Results filter={filter} text={text} change={change} />
      )}
    </Page>
  );
}

function Results({
  filter,
  text,
  change,
}: {
  filter: SearchFilter;
  text: string;
  change: (text: string) => void;
}) {
  const words = useStrings().search;
  const found = useQuery(searchQuery(filter));
  if (found.isPending) return <Skeleton rows={5} />;
  if (found.isError) return <Failed error={found.error} retry={() => void found.refetch()} />;
  const { matches, understood } = found.data;
  return (
    <>
      <UnderstoodAs understood={understood} text={text} change={change} />
      {matches.length === 0 ? (
        <Empty>{words.none(filter.q ?? '')}</Empty>
      ) : (
        <ul className="divide-y divide-line">
          {matches.map((match) => (
            <li key={`${match.kind}:${match.id}:${match.segment_ids[0] ?? ''}`}>
              <Found match={match} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** The time and the people that the query was taken to name; each can be taken out of it. */
function UnderstoodAs({
  understood: { time, people },
  text,
  change,
}: {
  understood: UnderstoodQuery;
  text: string;
  change: (text: string) => void;
}) {
  const words = useStrings().search;
  const locale = useLocale();
  const named = people.filter((person) => person.words.length > 0);
  if (time === null && named.length === 0) return null;
  return (
    <p className="flex flex-wrap items-center gap-2 text-sm text-soft">
      {words.understood}
      {time && (
        <Part
          label={dateRange(new Date(time.from), new Date(time.to), locale)}
          remove={() => change(withoutWords(text, [time.text]))}
        />
      )}
      {named.map((person) => (
        <Part
          key={person.name}
          label={person.name}
          remove={() => change(withoutWords(text, person.words))}
        />
      ))}
    </p>
  );
}

function Part({ label, remove }: { label: string; remove: () => void }) {
  const words = useStrings().search;
  return (
    <button
      type="button"
      aria-label={words.without(label)}
      onClick={remove}
      className="inline-flex min-h-8 items-center gap-1.5 rounded-full bg-accent-soft px-3 text-xs text-accent pointer-coarse:min-h-9"
    >
      <bdi dir="auto">{label}</bdi>
      <X size={13} aria-hidden />
    </button>
  );
}

/** A query without some of its words; whole words alone are meant, whatever their case. */
function withoutWords(query: string, words: readonly string[]): string {
  let rest = ` ${query.replaceAll(/\s+/g, ' ').trim()} `;
  for (const word of words) {
    const at = rest.toLowerCase().indexOf(` ${word.toLowerCase()}`);
    if (at >= 0) rest = `${rest.slice(0, at)} ${rest.slice(at + 1 + word.length)}`;
  }
  return rest.replaceAll(/\s+/g, ' ').trim();
}

/** One match: what kind of thing it is and from when, and the sentence with its marks. */
function Found({ match }: { match: SearchMatch }) {
  const { search: words, timeline } = useStrings();
  const title = match.title || timeline.untitled;
  const heading =
    match.kind === 'transcript' || match.kind === 'conversation'
      ? title
      : [words.kinds[match.kind], match.title].filter(Boolean).join(' · ');
  const body = (
    <>
      <span className="flex items-baseline justify-between gap-2 text-xs text-faint">
        <bdi dir="auto" className="truncate">
          {heading}
        </bdi>
        <NearTime at={match.happened_at} className="shrink-0" />
      </span>
      <span dir="auto" className="mt-0.5 block break-words">
        <Marked text={match.text} marks={match.marks} />
      </span>
      {match.reply && (
        <span dir="auto" className="mt-0.5 block ps-4 text-sm break-words text-soft">
          {match.reply.text}
        </span>
      )}
    </>
  );
  const shape = 'block rounded px-1 py-2.5 hover:bg-sunk';
  if (match.conversation_id === null) {
    return (
      <Link to={PLACES[match.kind]} data-row className={shape}>
        {body}
      </Link>
    );
  }
  return (
    <Link
      to="/timeline/$id"
      params={{ id: match.conversation_id }}
      search={{ segment: match.segment_ids[0] }}
      data-row
      className={shape}
    >
      {body}
    </Link>
  );
}

/** Where what comes from no conversation is found. */
const PLACES: Record<SearchMatch['kind'], string> = {
  transcript: '/timeline',
  conversation: '/timeline',
  memory: '/memories',
  action_item: '/tasks',
  person: '/people',
};

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
