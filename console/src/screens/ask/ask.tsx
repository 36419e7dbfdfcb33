import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { Paperclip } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { messagesQuery, NEW_CHAT } from '../../api/chats.ts';
import type { ChatMessage } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Button } from '../../ui/button.tsx';
import { Empty, Failed, Skeleton } from '../../ui/states.tsx';
import { Answer } from './answer.tsx';
import { AskBox } from './ask-box.tsx';
import { ScopeField, scopeOf } from './ask-scope.tsx';
import { ChatHeader } from './chat-header.tsx';
import { ChatList } from './chat-list.tsx';
import { Feedback } from './feedback.tsx';
import { type Turn, useQuestion } from './use-question.ts';

/** Chats about one's own conversations; answers come as they are made. */
export function Ask() {
  const { ask: words } = useStrings();
  const search = useSearch({ from: '/signed-in/ask' });
  const { chat } = search;
  const scope = scopeOf(search);
  const messages = useQuery(messagesQuery(chat));
  const { turn, ask, stop } = useQuestion(chat);
  const end = useRef<HTMLDivElement>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new words scroll, whatever they are
  useEffect(() => {
    end.current?.scrollIntoView({ block: 'end' });
  }, [messages.data, turn]);

  const askFor = (text: string, fileIds: string[] = []) => {
    // What was pressed goes away or changes: the keyboard goes on in the box.
    box.current?.focus();
    void ask({ text, fileIds, scope });
  };
  const isBusy = turn !== null && turn.problem === null;
  const isNew = chat === NEW_CHAT;
  const isEmpty = turn === null && (isNew || messages.data?.length === 0);
  return (
    <div className="flex h-full min-h-0">
      <aside className="hidden h-full w-72 shrink-0 overflow-y-auto border-r border-line p-4 xl:block">
        <ChatList chat={chat} />
      </aside>
      <div className="flex h-full min-w-0 flex-1 flex-col">
        <ChatHeader chat={chat} />
        <div className="min-h-0 flex-1 overflow-y-auto" role="log" aria-busy={isBusy}>
          <div className="mx-auto flex max-w-(--width-reading) flex-col gap-8 px-5 py-6 md:px-8">
            <h1 className="sr-only">{words.title}</h1>
            {messages.isPending && !isNew && <Skeleton rows={5} />}
            {messages.isError && (
              <Failed error={messages.error} retry={() => void messages.refetch()} />
            )}
            {isEmpty && <Suggestions ask={askFor} />}
            {messages.data?.map((message) => (
              <Message key={message.id} message={message} />
            ))}
            {turn && <Answering turn={turn} retry={() => void ask(turn.asked)} />}
            <div ref={end} />
          </div>
        </div>
        <ScopeField scope={scope} />
        <AskBox
          field={box}
          isBusy={isBusy}
          ask={askFor}
          stop={() => {
            box.current?.focus();
            stop();
          }}
        />
      </div>
    </div>
  );
}

function Suggestions({ ask }: { ask: (text: string) => void }) {
  const words = useStrings().ask;
  return (
    <Empty
      action={
        <div className="flex flex-wrap justify-center gap-2">
          {words.suggestions.map((text) => (
            <Button key={text} onClick={() => ask(text)}>
              {text}
            </Button>
          ))}
        </div>
      }
    >
      {words.empty}
    </Empty>
  );
}

function Message({ message }: { message: ChatMessage }) {
  if (message.sender === 'human') {
    return <Question text={message.text} files={message.files.map(({ name }) => name)} />;
  }
  return (
    <div className="flex flex-col gap-1">
      <Answer text={message.text} cited={message.memories} />
      <Feedback message={message} />
    </div>
  );
}

/** The question that is under way, with what there is of its answer. */
function Answering({ turn, retry }: { turn: Turn; retry: () => void }) {
  const { state } = useStrings();
  return (
    <>
      <Question text={turn.asked.text} files={[]} />
      <Answer text={turn.text} cited={[]} status={turn.problem === null ? turn.status : ''} />
      {turn.problem && (
        <p role="alert" className="flex flex-wrap items-center gap-3 text-sm text-loss">
          {turn.problem}
          <Button onClick={retry}>{state.retry}</Button>
        </p>
      )}
    </>
  );
}

function Question({ text, files }: { text: string; files: readonly string[] }) {
  return (
    <div className="ms-auto flex max-w-[85%] flex-col items-end gap-1">
      <p
        dir="auto"
        className="max-w-full rounded-2xl bg-sunk px-4 py-2.5 break-words whitespace-pre-wrap"
      >
        {text}
      </p>
      {files.map((name, index) => (
        <p
          // biome-ignore lint/suspicious/noArrayIndexKey: files of a question never change
          key={index}
          className="flex max-w-full items-center gap-1.5 text-sm text-soft"
        >
          <Paperclip size={14} className="shrink-0" aria-hidden />
          <bdi dir="auto" className="truncate">
            {name}
          </bdi>
        </p>
      ))}
    </div>
  );
}
