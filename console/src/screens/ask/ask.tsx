import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { ArrowUp, Square, X } from 'lucide-react';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { api, askQuestion, dataOf } from '../../api/client.ts';
import { conversationQuery } from '../../api/queries.ts';
import type { Conversation } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Empty, Failed, Skeleton } from '../../ui/states.tsx';
import { Answer } from './answer.tsx';
import { Feedback } from './feedback.tsx';

interface Turn {
  question: string;
  text: string;
  status: string;
  problem: string | null;
}

const KEY = ['messages'];

/** The chat about one's own conversations; answers come as they are made. */
export function Ask() {
  const { ask: words, state } = useStrings();
  const queries = useQueryClient();
  const { about } = useSearch({ from: '/signed-in/ask' });
  const subject = useQuery({ ...conversationQuery(about ?? ''), enabled: about !== undefined });
  const messages = useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => (await dataOf(api.GET('/v2/messages', { signal }))).toReversed(),
  });
  const [turn, setTurn] = useState<Turn | null>(null);
  const running = useRef<AbortController | null>(null);
  const end = useRef<HTMLDivElement>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new words scroll, whatever they are
  useEffect(() => {
    end.current?.scrollIntoView({ block: 'end' });
  }, [messages.data, turn]);
  useEffect(() => () => running.current?.abort(), []);

  const ask = async (question: string) => {
    const controller = new AbortController();
    running.current = controller;
    // What was pressed goes away or changes: the keyboard goes on in the box.
    box.current?.focus();
    setTurn({ question, text: '', status: '', problem: null });
    const change = (part: (old: Turn) => Partial<Turn>) =>
      setTurn((old) => old && { ...old, ...part(old) });
    let done = false;
    try {
      const asked = {
        text: question,
        ...contextOf(about === undefined ? undefined : subject.data),
      };
      for await (const piece of askQuestion(asked, controller.signal)) {
        if (piece.type === 'text') change((old) => ({ text: old.text + piece.text }));
        else if (piece.type === 'status') change(() => ({ status: piece.text }));
        else done = true;
      }
      if (!done) change(() => ({ problem: words.broken }));
    } catch (error) {
      if (!controller.signal.aborted) {
        change(() => ({ problem: error instanceof Error ? error.message : words.broken }));
      }
    }
    running.current = null;
    await queries.invalidateQueries({ queryKey: KEY });
    if (done || controller.signal.aborted) setTurn(null);
  };

  const isBusy = turn !== null && turn.problem === null;
  const isEmpty = messages.isSuccess && messages.data.length === 0 && turn === null;
  return (
    <div className="flex h-full flex-col">
      <div className="min-h-0 flex-1 overflow-y-auto" role="log" aria-busy={isBusy}>
        <div className="mx-auto flex max-w-(--width-reading) flex-col gap-8 px-5 py-8 md:px-8">
          <h1 className="sr-only">{words.title}</h1>
          {messages.isPending && <Skeleton rows={5} />}
          {messages.isError && (
            <Failed error={messages.error} retry={() => void messages.refetch()} />
          )}
          {isEmpty && (
            <Empty
              action={
                <div className="flex flex-wrap justify-center gap-2">
                  {words.suggestions.map((text) => (
                    <Button key={text} onClick={() => void ask(text)}>
                      {text}
                    </Button>
                  ))}
                </div>
              }
            >
              {words.empty}
            </Empty>
          )}
          {messages.data?.map((message) =>
            message.sender === 'human' ? (
              <Question key={message.id} text={message.text} />
            ) : (
              <div key={message.id} className="flex flex-col gap-1">
                <Answer text={message.text} cited={message.memories} />
                <Feedback message={message} />
              </div>
            ),
          )}
          {turn && (
            <>
              <Question text={turn.question} />
              <Answer text={turn.text} cited={[]} status={isBusy ? turn.status : ''} />
              {turn.problem && (
                <p role="alert" className="flex flex-wrap items-center gap-3 text-sm text-loss">
                  {turn.problem}
                  <Button onClick={() => void ask(turn.question)}>{state.retry}</Button>
                </p>
              )}
            </>
          )}
          <div ref={end} />
        </div>
      </div>
      {about !== undefined && <Subject conversation={subject.data} />}
      <AskBox
        field={box}
        isBusy={isBusy}
        ask={ask}
        stop={() => {
          box.current?.focus();
          running.current?.abort();
        }}
      />
    </div>
  );
}

/** What the chat is told of the conversation that a question is about. */
function contextOf(conversation: Conversation | undefined) {
  if (!conversation) return {};
  const { id, structured } = conversation;
  return { context: { type: 'conversation' as const, id, title: structured.title } };
}

/** The conversation that the questions are about, and the way back to all of them. */
function Subject({ conversation }: { conversation: Conversation | undefined }) {
  const { ask: words, timeline } = useStrings();
  const navigate = useNavigate({ from: '/ask' });
  return (
    <p className="mx-auto flex w-full max-w-(--width-reading) items-center gap-1 px-5 text-sm text-soft md:px-8">
      <span className="shrink-0">{words.about}</span>
      <bdi dir="auto" className="truncate font-medium text-ink">
        {conversation?.structured.title || timeline.untitled}
      </bdi>
      <IconButton
        label={words.aboutAll}
        onClick={() => void navigate({ to: '.', search: {}, replace: true })}
      >
        <X size={15} aria-hidden />
      </IconButton>
    </p>
  );
}

function Question({ text }: { text: string }) {
  return (
    <p
      dir="auto"
      className="ms-auto max-w-[85%] rounded-2xl bg-sunk px-4 py-2.5 break-words whitespace-pre-wrap"
    >
      {text}
    </p>
  );
}

function AskBox({
  field,
  isBusy,
  ask,
  stop,
}: {
  field: RefObject<HTMLTextAreaElement | null>;
  isBusy: boolean;
  ask: (text: string) => Promise<void>;
  stop: () => void;
}) {
  const words = useStrings().ask;
  const [text, setText] = useState('');
  const submit = () => {
    const question = text.trim();
    if (question === '' || isBusy) return;
    setText('');
    void ask(question);
  };
  return (
    <form
      className="mx-auto flex w-full max-w-(--width-reading) items-end gap-2 px-5 pt-2 pb-4 md:px-8"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <textarea
        ref={field}
        rows={1}
        dir="auto"
        value={text}
        maxLength={10_000}
        placeholder={words.placeholder}
        aria-label={words.placeholder}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          submit();
        }}
        className="field-sizing-content max-h-48 min-h-11 flex-1 resize-none rounded-2xl border border-line-strong bg-raised px-4 py-2 text-base placeholder:text-faint"
      />
      {isBusy ? (
        <Button
          look="plain"
          onClick={stop}
          aria-label={words.stop}
          className="size-11 justify-center rounded-full p-0"
        >
          <Square size={16} className="fill-current" aria-hidden />
        </Button>
      ) : (
        <Button
          type="submit"
          look="primary"
          aria-label={words.send}
          disabled={text.trim() === ''}
          className="size-11 justify-center rounded-full p-0"
        >
          <ArrowUp size={20} aria-hidden />
        </Button>
      )}
    </form>
  );
}
