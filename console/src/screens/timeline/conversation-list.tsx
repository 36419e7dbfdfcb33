import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useCallback, useMemo, useRef } from 'react';
import { conversationsQuery } from '../../api/queries.ts';
import type { Conversation } from '../../api/types.ts';
import { useLocale, useStrings } from '../../i18n/strings.ts';
import { keysAreOn } from '../../keyboard/keys.ts';
import { Button } from '../../ui/button.tsx';
import { useNextPage } from '../../ui/next-page.ts';
import { Empty, Failed, Skeleton } from '../../ui/states.tsx';
import { dayLabel, dayOf } from '../../ui/time.ts';
import { ConversationRow } from './conversation-row.tsx';
import { useSelection } from './selection.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { TimelineFilters } from './timeline-filters.tsx';

type Row =
  | { kind: 'day'; key: string; day: number }
  | { kind: 'conversation'; key: string; conversation: Conversation };

/** When a conversation took place: its beginning, or else when it was made. */
export function startOf(conversation: Conversation): Date {
  return new Date(conversation.started_at ?? conversation.created_at);
}

/** Kept, because all rows are made again with each page that comes. */
const days = new WeakMap<Conversation, number>();

function dayOfStart(conversation: Conversation): number {
  const known = days.get(conversation) ?? dayOf(startOf(conversation));
  days.set(conversation, known);
  return known;
}

/** Conversations with a heading per day, in the order in which they came; each once. */
export function rowsOf(conversations: readonly Conversation[]): Row[] {
  const rows: Row[] = [];
  const shown = new Set<string>();
  let day: number | null = null;
  for (const conversation of conversations) {
    if (shown.has(conversation.id)) continue;
    shown.add(conversation.id);
    const own = dayOfStart(conversation);
    if (own !== day) {
      day = own;
      rows.push({ kind: 'day', key: `day-${own}-${rows.length}`, day: own });
    }
    rows.push({ kind: 'conversation', key: conversation.id, conversation });
  }
  return rows;
}

export function ConversationList({ openId }: { openId: string | undefined }) {
  const strings = useStrings();
  const words = strings.timeline;
  const locale = useLocale();
  const filter = useSearch({ from: '/signed-in/timeline' });
  const navigate = useNavigate({ from: '/timeline' });
  const found = useInfiniteQuery(conversationsQuery(filter));
  const rows = useMemo(
    () => rowsOf(found.data?.pages.flatMap(({ items }) => items) ?? []),
    [found.data],
  );
  const scroller = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (rows[index]?.kind === 'day' ? 40 : 76),
    getItemKey: useCallback((index: number) => rows[index]?.key ?? index, [rows]),
    overscan: 8,
  });
  const items = list.getVirtualItems();
  useNextPage(found, items.at(-1)?.index ?? 0, rows.length);

  const selection = useSelection();
  /** `x` selects the row that has the focus, as in mail programs. */
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const row = (event.target as Element).closest<HTMLElement>('[data-conversation]');
    const id = row?.dataset.conversation;
    if (event.key !== 'x' || id === undefined || !keysAreOn()) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (selection.ids === null) selection.begin([id]);
    else selection.toggle(id);
    // The row has become another control.
    setTimeout(() => document.querySelector<HTMLElement>(rowSelector(id))?.focus());
  };

  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  return (
    <>
      <header className="flex flex-col gap-3 border-b border-line px-4 pt-4 pb-3">
        <div className="flex items-center justify-between">
          <h1 className="text-lg">{words.title}</h1>
          {selection.ids === null && rows.length > 0 && (
            <Button look="quiet" className="-me-2" onClick={() => selection.begin([])}>
              {strings.selection.select}
            </Button>
          )}
        </div>
        <TimelineFilters filter={filter} />
      </header>
      <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto" tabIndex={-1}>
        {found.isPending && <Skeleton rows={8} />}
        {found.isError && <Failed error={found.error} retry={() => void found.refetch()} />}
        {found.isSuccess && rows.length === 0 && (
          <Empty
            action={
              isFiltered ? (
                <Button onClick={() => void navigate({ to: '.', search: {} })}>
                  {words.clear}
                </Button>
              ) : (
                <Link to="/live" className="font-medium text-accent underline underline-offset-4">
                  {words.emptyAction}
                </Link>
              )
            }
          >
            {isFiltered ? words.noMatch : words.empty}
          </Empty>
        )}
        {rows.length > 0 && (
          <ul className="relative" style={{ height: list.getTotalSize() }} onKeyDown={onKeyDown}>
            {items.map((item) => {
              const row = rows[item.index];
              if (!row) return null;
              return (
                <li
                  key={item.key}
                  data-index={item.index}
                  ref={list.measureElement}
                  className="absolute inset-x-0 top-0"
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  {row.kind === 'day' ? (
                    <h2 className="px-4 pt-4 pb-1 text-xs font-semibold text-faint">
                      {dayLabel(row.day, locale, words)}
                    </h2>
                  ) : (
                    <ConversationRow
                      conversation={row.conversation}
                      isOpen={row.conversation.id === openId}
                    />
                  )}
                </li>
              );
            })}
          </ul>
        )}
      </div>
      <SelectionBar />
    </>
  );
}

function rowSelector(id: string): string {
  return `[data-conversation="${CSS.escape(id)}"] [data-row], a[data-conversation="${CSS.escape(id)}"]`;
}
