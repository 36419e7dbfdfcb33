import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Check, X } from 'lucide-react';
import { request } from '../../api/client.ts';
import { memoriesQuery } from '../../api/queries.ts';
import type { Memory } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Button } from '../../ui/button.tsx';
import { focusNeighbour } from '../../ui/focus.ts';
import { LineForm } from '../../ui/line-form.tsx';
import { offerUndo } from '../../ui/notice.ts';
import { Group, Page } from '../../ui/page.tsx';
import { SourceLink } from '../../ui/source-link.tsx';
import { Empty, Failed, Skeleton } from '../../ui/states.tsx';

/** What is known about the user; what is only likely waits for their word. */
export function Memories() {
  const words = useStrings().memories;
  const queries = useQueryClient();
  const found = useQuery(memoriesQuery);
  const add = useMutation({
    mutationFn: (content: string) =>
      request('/v3/memories', { method: 'POST', body: { content, category: 'manual' } }),
    onSettled: () => queries.invalidateQueries({ queryKey: memoriesQuery.queryKey }),
  });
  const all = found.data ?? [];
  const isNew = (memory: Memory) =>
    !memory.reviewed && !memory.edited && !memory.manually_added && memory.user_review === null;
  const groups = [
    { title: words.review, memories: all.filter(isNew) },
    { title: words.known, memories: all.filter((memory) => !isNew(memory)) },
  ];
  return (
    <Page title={words.title} intro={words.intro}>
      <LineForm label={words.add} add={(text) => add.mutate(text)} />
      {found.isPending && <Skeleton />}
      {found.isError && <Failed error={found.error} retry={() => void found.refetch()} />}
      {found.isSuccess && all.length === 0 && <Empty>{words.empty}</Empty>}
      {groups.map(({ title, memories }) =>
        memories.length === 0 ? null : (
          <Group key={title} title={title}>
            {memories.map((memory) => (
              <MemoryRow key={memory.id} memory={memory} isNew={isNew(memory)} />
            ))}
          </Group>
        ),
      )}
    </Page>
  );
}

function MemoryRow({ memory, isNew }: { memory: Memory; isNew: boolean }) {
  const words = useStrings().memories;
  const queries = useQueryClient();
  const path = `/v3/memories/${encodeURIComponent(memory.id)}/review`;
  const refresh = () => queries.invalidateQueries({ queryKey: memoriesQuery.queryKey });
  const review = (value: boolean) => request(path, { method: 'POST', query: { value } });
  const keep = useMutation({ mutationFn: () => review(true), onSettled: refresh });
  const reject = useMutation({
    mutationFn: () => review(false),
    onMutate: () =>
      queries.setQueryData(memoriesQuery.queryKey, (old) =>
        old?.filter(({ id }) => id !== memory.id),
      ),
    onSuccess: () => offerUndo(words.rejected, () => void review(true).finally(refresh)),
    onSettled: refresh,
  });
  return (
    <li className="flex items-start gap-2 py-2.5">
      <p dir="auto" className="min-w-0 flex-1 pt-1 break-words">
        {memory.content}
      </p>
      {memory.conversation_id && (
        <SourceLink conversationId={memory.conversation_id} segmentIds={memory.segment_ids} />
      )}
      {isNew && (
        <Button
          look="quiet"
          icon={<Check size={15} aria-hidden />}
          data-action="keep"
          onClick={(event) => {
            focusNeighbour(event.currentTarget);
            keep.mutate();
          }}
        >
          {words.keep}
        </Button>
      )}
      <Button
        look="quiet"
        icon={<X size={15} aria-hidden />}
        data-action="reject"
        data-row
        onClick={(event) => {
          focusNeighbour(event.currentTarget);
          reject.mutate();
        }}
      >
        {words.reject}
      </Button>
    </li>
  );
}
