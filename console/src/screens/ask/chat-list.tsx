import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { chatsQuery, deleteChat, messagesQuery, NEW_CHAT } from '../../api/chats.ts';
import { restore } from '../../api/restore.ts';
import type { ChatSession } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { DeleteButton } from '../../ui/delete-button.tsx';
import { offerUndo, say } from '../../ui/notice.ts';
import { Failed, Skeleton } from '../../ui/states.tsx';

const ROW =
  'flex min-h-11 min-w-0 flex-1 flex-col justify-center rounded-control px-3 py-1.5 hover:bg-sunk';

/** The chats, the main one first; the last changed comes first among the others. */
export function ChatList({ chat, leave }: { chat: string | undefined; leave?: () => void }) {
  const words = useStrings().ask;
  const found = useQuery(chatsQuery);
  const row = (id: string | undefined, title: string, preview: string) => (
    <Link
      to="/ask"
      search={(old) => ({ ...old, chat: id })}
      data-row
      aria-current={chat === id ? 'page' : undefined}
      {...(leave ? { onClick: leave } : {})}
      className={`${ROW} ${chat === id ? 'bg-accent-soft' : ''}`}
    >
      <bdi dir="auto" className="truncate text-sm font-medium">
        {title}
      </bdi>
      <bdi dir="auto" className="truncate text-xs text-soft">
        {preview}
      </bdi>
    </Link>
  );
  return (
    <nav aria-label={words.chats} className="flex flex-col gap-1">
      <Link
        to="/ask"
        search={(old) => ({ ...old, chat: NEW_CHAT })}
        {...(leave ? { onClick: leave } : {})}
        className="mb-2 inline-flex min-h-9 items-center gap-2 self-start rounded-control border border-line-strong px-3 text-sm font-medium hover:bg-sunk pointer-coarse:min-h-11"
      >
        <Plus size={16} aria-hidden />
        {words.newChat}
      </Link>
      <ul className="flex flex-col gap-0.5">
        <li className="flex">{row(undefined, words.mainChat, words.mainChatNote)}</li>
        {found.data?.map((session) => (
          <li key={session.id} className="flex items-center">
            {row(session.id, titleOf(session, words.unnamed), session.preview ?? '')}
            <Remove session={session} isOpen={chat === session.id} />
          </li>
        ))}
      </ul>
      {found.isPending && <Skeleton rows={4} className="h-11" />}
      {found.isError && <Failed error={found.error} retry={() => void found.refetch()} />}
    </nav>
  );
}

/** The title of a chat; the server's own name for one without stands for none. */
export function titleOf({ title }: ChatSession, unnamed: string): string {
  return title === '' || title === 'New Chat' ? unnamed : title;
}

function Remove({ session, isOpen }: { session: ChatSession; isOpen: boolean }) {
  const words = useStrings().ask;
  const queries = useQueryClient();
  const navigate = useNavigate({ from: '/ask' });
  const refresh = () => queries.invalidateQueries({ queryKey: chatsQuery.queryKey });
  const { id } = session;
  const remove = useMutation({
    mutationFn: () => deleteChat(id),
    onMutate: () =>
      queries.setQueryData(chatsQuery.queryKey, (old) => old?.filter((other) => other.id !== id)),
    onSuccess: () => {
      offerUndo(words.chatDeleted, () => {
        restore('chat_session', id)
          .catch((error: Error) => say(error.message))
          .finally(refresh);
      });
      queries.removeQueries({ queryKey: messagesQuery(id).queryKey });
      if (isOpen) void navigate({ to: '.', search: (old) => ({ ...old, chat: undefined }) });
    },
    onError: (error) => say(error.message),
    onSettled: refresh,
  });
  return (
    <DeleteButton
      label={words.deleteChat(titleOf(session, words.unnamed))}
      remove={() => remove.mutate()}
    />
  );
}
