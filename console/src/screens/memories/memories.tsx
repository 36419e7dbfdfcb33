import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Ellipsis, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { memoriesQuery } from '../../api/queries.ts';
import { restore } from '../../api/restore.ts';
import type { Memory } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Chip } from '../../ui/chip.tsx';
import { LineForm } from '../../ui/line-form.tsx';
import { Menu } from '../../ui/menu.tsx';
import { offerUndo, say } from '../../ui/notice.ts';
import { Group, Page } from '../../ui/page.tsx';
import { Empty, Failed, Skeleton } from '../../ui/states.tsx';
import { MemoryHistory } from './memory-history.tsx';
import { MemoryRow } from './memory-row.tsx';

const KINDS = ['all', 'manual', 'system', 'interesting'] as const;

/** True for what is only likely, and waits for the word of the user. */
function awaitsReview(memory: Memory): boolean {
  return (
    !memory.reviewed && !memory.edited && !memory.manually_added && memory.user_review === null
  );
}

/** What is known about the user; what is only likely waits for their word. */
export function Memories() {
  const words = useStrings().memories;
  const queries = useQueryClient();
  const found = useQuery(memoriesQuery);
  const [kind, setKind] = useState<(typeof KINDS)[number]>('all');
  const [text, setText] = useState('');
  const [history, setHistory] = useState<Memory | null>(null);
  const refresh = () => queries.invalidateQueries({ queryKey: memoriesQuery.queryKey });
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
  const all = found.data ?? [];
  const wanted = text.trim().toLocaleLowerCase();
  const shown = all.filter(
    ({ category, content }) =>
      (kind === 'all' || category === kind) && content.toLocaleLowerCase().includes(wanted),
  );
  const groups = [
    { title: words.review, memories: shown.filter(awaitsReview), isNew: true },
    {
      title: words.known,
      memories: shown.filter((memory) => !awaitsReview(memory)),
      isNew: false,
    },
  ];
  return (
    <Page
      title={words.title}
      intro={words.intro}
      actions={
        all.length > 0 && (
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
      {all.length > 0 && (
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
      {found.isPending && <Skeleton />}
      {found.isError && <Failed error={found.error} retry={() => void found.refetch()} />}
      {found.isSuccess && shown.length === 0 && (
        <Empty>{all.length === 0 ? words.empty : words.noMatch}</Empty>
      )}
      {groups.map(({ title, memories, isNew }) =>
        memories.length === 0 ? null : (
          <Group key={title} title={isNew ? `${title} (${memories.length})` : title}>
            {memories.map((memory) => (
              <MemoryRow
                key={memory.id}
                memory={memory}
                isNew={isNew}
                showHistory={() => setHistory(memory)}
              />
            ))}
          </Group>
        ),
      )}
      <MemoryHistory memory={history} close={() => setHistory(null)} />
    </Page>
  );
}
