import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import { Ellipsis, Trash2 } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { MEMORIES_KEY, type MemoryFilter, memoryListQuery } from '../../api/queries.ts';
import { restore } from '../../api/restore.ts';
import type { Memory } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Chip } from '../../ui/chip.tsx';
import { LineForm } from '../../ui/line-form.tsx';
import { Menu } from '../../ui/menu.tsx';
import { offerUndo, say } from '../../ui/notice.ts';
import { Page } from '../../ui/page.tsx';
import { type PagedRow, PagedRows } from '../../ui/paged-rows.tsx';
import { Empty, Failed, Skeleton } from '../../ui/states.tsx';
import { MemoryHistory } from './memory-history.tsx';
import { MemoryRow } from './memory-row.tsx';

const KINDS = ['all', 'manual', 'system', 'interesting'] as const;
/** Whoever types has the words looked for after this pause, milliseconds. */
const PAUSE_MS = 200;

interface Shown {
  memory: Memory;
  /** True for what is only likely, and waits for the word of the user. */
  isNew: boolean;
}

/** What is known about the user; what is only likely waits for their word. */
export function Memories() {
  const words = useStrings().memories;
  const queries = useQueryClient();
  const [kind, setKind] = useState<(typeof KINDS)[number]>('all');
  const [text, setText] = useState('');
  const wanted = useLater(text.trim());
  const narrowed = { category: kind === 'all' ? null : kind, text: wanted };
  const waiting = useMemories({ ...narrowed, awaitsReview: true });
  const known = useMemories({ ...narrowed, awaitsReview: false });
  const [history, setHistory] = useState<Memory | null>(null);
  const refresh = () => queries.invalidateQueries({ queryKey: MEMORIES_KEY });
  const add = useMutation({
    mutationFn: (content: string) => dataOf(api.POST('/v3/memories', { body: { content } })),
    onError: (error) => say(error.message),
    onSettled: refresh,
  });
  const forgetAll = useMutation({
    mutationFn: () => dataOf(api.DELETE('/v3/memories')),
    onSuccess: ({ deletion_id: id }) =>
      id === null
        ? say(words.allDeleted)
        : offerUndo(words.allDeleted, () => void restore('memories', id).finally(refresh)),
    onError: (error) => say(error.message),
    onSettled: refresh,
  });
  // What is known stands below everything that waits, so that nothing moves while pages come.
  const isAllWaiting = waiting.isSuccess && !waiting.hasNextPage;
  const rows = useMemo(
    () =>
      rowsOf(waiting.items, isAllWaiting ? known.items : [], {
        review: `${words.review} (${waiting.items.length}${isAllWaiting ? '' : '+'})`,
        known: words.known,
      }),
    [waiting.items, known.items, isAllWaiting, words],
  );
  const isNarrowed = kind !== 'all' || text !== '';
  const hasAny = isNarrowed || rows.length > 0;
  const failed = [waiting, known].find(({ isError }) => isError);
  return (
    <Page
      title={words.title}
      intro={words.intro}
      actions={
        hasAny && (
          <Menu
            label={words.more}
            icon={<Ellipsis size={18} aria-hidden />}
            items={[
              {
                label: words.deleteAll,
                icon: <Trash2 size={15} aria-hidden />,
                isLoss: true,
                act: () => forgetAll.mutate(),
              },
            ]}
          />
        )
      }
    >
      <LineForm label={words.add} add={(content) => add.mutate(content)} />
      {hasAny && (
        <search className="flex flex-wrap items-center gap-1.5">
          {KINDS.map((name) => (
            <Chip key={name} isOn={kind === name} turn={() => setKind(name)}>
              {words.kinds[name]}
            </Chip>
          ))}
          <input
            type="search"
            dir="auto"
            value={text}
            maxLength={200}
            aria-label={words.find}
            placeholder={words.find}
            onChange={({ target }) => setText(target.value)}
            className="min-h-9 min-w-32 flex-1 rounded-control border border-line bg-transparent px-2 text-sm placeholder:text-faint pointer-coarse:min-h-11"
          />
        </search>
      )}
      {(waiting.isPending || known.isPending) && <Skeleton />}
      {failed?.error && (
        <Failed
          error={failed.error}
          retry={() => {
            void waiting.refetch();
            void known.refetch();
          }}
        />
      )}
      {waiting.isSuccess && known.isSuccess && rows.length === 0 && (
        <Empty>{isNarrowed ? words.noMatch : words.empty}</Empty>
      )}
      {rows.length > 0 && (
        <PagedRows
          rows={rows}
          next={isAllWaiting ? known : waiting}
          draw={({ memory, isNew }) => (
            <MemoryRow memory={memory} isNew={isNew} showHistory={() => setHistory(memory)} />
          )}
        />
      )}
      <MemoryHistory memory={history} close={() => setHistory(null)} />
    </Page>
  );
}

/** What is narrowed so, as far as it was loaded, each once. */
function useMemories(filter: MemoryFilter) {
  const found = useInfiniteQuery({
    ...memoryListQuery(filter),
    placeholderData: keepPreviousData,
  });
  const { data } = found;
  const items = useMemo(() => {
    const loaded = data?.pages.flatMap((page) => page.items) ?? [];
    return [...new Map(loaded.map((memory) => [memory.id, memory])).values()];
  }, [data]);
  return { ...found, items };
}

function rowsOf(
  waiting: readonly Memory[],
  known: readonly Memory[],
  titles: { review: string; known: string },
): PagedRow<Shown>[] {
  const group = (key: 'review' | 'known', memories: readonly Memory[]): PagedRow<Shown>[] => {
    if (memories.length === 0) return [];
    const rows = memories.map((memory) => ({
      kind: 'item' as const,
      key: memory.id,
      item: { memory, isNew: key === 'review' },
    }));
    return [{ kind: 'heading', key, content: titles[key] }, ...rows];
  };
  return [...group('review', waiting), ...group('known', known)];
}

/** A text once it has not changed for a moment. */
function useLater(text: string): string {
  const [later, setLater] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setLater(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return later;
}
