import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, apiUrl, dataOf } from '../../api/client.ts';
import { conversationQuery } from '../../api/queries.ts';
import type { Conversation } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Button } from '../../ui/button.tsx';
import { say } from '../../ui/notice.ts';
import { CopyText } from '../../ui/secret.tsx';
import { Sheet } from '../../ui/sheet.tsx';

/** Makes the link by which others read a conversation, or ends it. */
export function ShareSheet({
  conversation,
  isOpen,
  close,
}: {
  conversation: Conversation;
  isOpen: boolean;
  close: () => void;
}) {
  const words = useStrings().share;
  const queries = useQueryClient();
  const { id, visibility } = conversation;
  const key = conversationQuery(id).queryKey;
  const isShared = visibility !== 'private';
  const set = useMutation({
    mutationFn: (value: 'shared' | 'private') =>
      dataOf(
        api.PATCH('/v1/conversations/{id}/visibility', {
          params: { path: { id }, query: { value } },
        }),
      ),
    onSuccess: (_, value) => {
      queries.setQueryData(key, (old) => old && { ...old, visibility: value });
      if (value === 'private') say(words.ended);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: key }),
  });
  return (
    <Sheet title={words.title} isOpen={isOpen} close={close}>
      <p className="text-soft">{isShared ? words.on : words.off}</p>
      {isShared && <CopyText text={apiUrl(`/shared/conversations/${encodeURIComponent(id)}`)} />}
      {set.isError && (
        <p role="alert" className="text-sm text-loss">
          {words.failed} {set.error.message}
        </p>
      )}
      <Button
        look={isShared ? 'loss' : 'primary'}
        className="self-start"
        disabled={set.isPending}
        onClick={() => set.mutate(isShared ? 'private' : 'shared')}
      >
        {isShared ? words.end : words.make}
      </Button>
    </Sheet>
  );
}
