import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { request } from '../../api/client.ts';
import type { ActionItem, Conversation } from '../../api/types.ts';
import { useLocale, useStrings } from '../../i18n/strings.ts';
import { Group, Page } from '../../ui/page.tsx';
import { Empty, Failed, Skeleton } from '../../ui/states.tsx';
import { exactTime } from '../../ui/time.ts';

type Found = Conversation & { matches: { segment_ids: string[] }[] };

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
        className="min-h-12 w-full rounded-control border border-line-strong bg-raised px-4 text-lg placeholder:text-base placeholder:text-faint"
      />
      {q === '' ? <Empty>{words.empty}</Empty> : <Results query={q} />}
    </Page>
  );
}

function Results({ query }: { query: string }) {
  const words = useStrings().search;
  const conversations = useQuery({
    queryKey: ['search', query],
    queryFn: ({ signal }) =>
      request<{ items: Found[] }>('/v1/conversations/search', {
        method: 'POST',
        signal,
        body: { query, per_page: 30 },
      }),
    placeholderData: (old) => old,
  });
  const tasks = useQuery({
    queryKey: ['search-tasks', query],
    queryFn: ({ signal }) =>
      request<{ action_items: ActionItem[] }>('/v1/action-items/search', {
        signal,
        query: { query, limit: 10 },
      }),
    placeholderData: (old) => old,
  });
  if (conversations.isPending) return <Skeleton rows={5} />;
  if (conversations.isError) {
    return <Failed error={conversations.error} retry={() => void conversations.refetch()} />;
  }
  const found = conversations.data.items;
  const items = tasks.data?.action_items ?? [];
  if (found.length + items.length === 0) return <Empty>{words.none(query)}</Empty>;
  return (
    <>
      {found.length > 0 && (
        <Group title={words.conversations}>
          {found.map((conversation) => (
            <Hit key={conversation.id} conversation={conversation} />
          ))}
        </Group>
      )}
      {items.length > 0 && (
        <Group title={words.tasks}>
          {items.map((item) => (
            <li key={item.id} dir="auto" className="py-2.5">
              {item.description}
            </li>
          ))}
        </Group>
      )}
    </>
  );
}

function Hit({ conversation }: { conversation: Found }) {
  const { timeline } = useStrings();
  const locale = useLocale();
  const { title, overview, emoji } = conversation.structured;
  return (
    <li>
      <Link
        to="/timeline/$id"
        params={{ id: conversation.id }}
        search={{ segment: conversation.matches[0]?.segment_ids[0] }}
        className="block rounded px-1 py-2.5 hover:bg-sunk"
      >
        <span className="flex items-baseline gap-2">
          <span aria-hidden>{emoji}</span>
          <bdi dir="auto" className="truncate font-medium">
            {title || timeline.untitled}
          </bdi>
        </span>
        <span className="tabular block text-xs text-faint">
          {exactTime(new Date(conversation.started_at ?? conversation.created_at), locale)}
        </span>
        <span dir="auto" className="mt-0.5 line-clamp-2 text-sm text-soft">
          {overview}
        </span>
      </Link>
    </li>
  );
}
