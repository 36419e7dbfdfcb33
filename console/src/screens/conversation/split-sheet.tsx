import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import type { Conversation, Segment } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { say } from '../../ui/notice.ts';
import { Sheet } from '../../ui/sheet.tsx';
import { SheetActions } from '../../ui/sheet-actions.tsx';

/** Asks before a conversation becomes two: that cannot be undone. */
export function SplitSheet({
  conversation,
  segment,
  close,
}: {
  conversation: Conversation;
  /** The first part of the second conversation; null: nothing is asked. */
  segment: Segment | null;
  close: () => void;
}) {
  const { edit: words } = useStrings();
  const queries = useQueryClient();
  const split = useMutation({
    mutationFn: (segment_id: string) =>
      dataOf(
        api.POST('/v1/conversations/{id}/split', {
          params: { path: { id: conversation.id } },
          body: { segment_id },
        }),
      ),
    onSuccess: async () => {
      say(words.splitDone);
      close();
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['conversation', conversation.id] }),
        queries.invalidateQueries({ queryKey: ['conversations'] }),
      ]);
    },
  });
  return (
    <Sheet title={words.split} isOpen={segment !== null} close={close}>
      <p>{words.splitQuestion}</p>
      <p dir="auto" className="line-clamp-4 border-s-2 border-line-strong ps-3 text-soft">
        {segment?.text}
      </p>
      <SheetActions
        failure={split.isError ? `${words.splitFailed} ${split.error.message}` : null}
        label={words.splitHere}
        disabled={split.isPending}
        act={() => segment && split.mutate(segment.id)}
        close={close}
      />
    </Sheet>
  );
}
