import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { MessagesSquare } from 'lucide-react';
import { useState } from 'react';
import { chatsQuery, NEW_CHAT, renameChat } from '../../api/chats.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Button } from '../../ui/button.tsx';
import { LineField } from '../../ui/line-field.tsx';
import { say } from '../../ui/notice.ts';
import { Sheet } from '../../ui/sheet.tsx';
import { ChatList, titleOf } from './chat-list.tsx';

/** The name of the chat, edited in its place; on narrow screens the way to the others. */
export function ChatHeader({ chat }: { chat: string | undefined }) {
  const words = useStrings().ask;
  const queries = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  const session = useQuery(chatsQuery).data?.find(({ id }) => id === chat);
  const rename = useMutation({
    mutationFn: ({ id, title }: { id: string; title: string }) => renameChat(id, title),
    onMutate: ({ id, title }) =>
      queries.setQueryData(chatsQuery.queryKey, (old) =>
        old?.map((other) => (other.id === id ? { ...other, title } : other)),
      ),
    onError: (error) => say(error.message),
    onSettled: () => queries.invalidateQueries({ queryKey: chatsQuery.queryKey }),
  });
  return (
    <header className="mx-auto flex w-full max-w-(--width-reading) items-center gap-3 px-5 pt-3 md:px-8">
      {session ? (
        <LineField
          text={titleOf(session, words.unnamed)}
          label={words.chatName}
          maxLength={200}
          save={(title) => rename.mutate({ id: session.id, title })}
          className="min-h-9 min-w-0 flex-1 truncate rounded bg-transparent text-sm font-medium hover:bg-sunk"
        />
      ) : (
        <p className="min-w-0 flex-1 truncate text-sm font-medium">
          {chat === NEW_CHAT ? words.newChat : chat === undefined ? words.mainChat : ''}
        </p>
      )}
      <Button
        look="quiet"
        aria-haspopup="dialog"
        icon={<MessagesSquare size={16} aria-hidden />}
        onClick={() => setIsOpen(true)}
        className="xl:hidden"
      >
        {words.chats}
      </Button>
      <Sheet title={words.chats} isOpen={isOpen} close={() => setIsOpen(false)}>
        <ChatList chat={chat} leave={() => setIsOpen(false)} />
      </Sheet>
    </header>
  );
}
