import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import {
  type AskScope,
  chatsQuery,
  createChat,
  messagesQuery,
  NEW_CHAT,
  nameChat,
} from '../../api/chats.ts';
import { askQuestion } from '../../api/client.ts';
import { useStrings } from '../../i18n/strings.ts';

/** What is asked. */
export interface AskedQuestion {
  text: string;
  /** Files that were uploaded for it. */
  fileIds: string[];
  /** What is looked at for the answer; null: everything. */
  scope: AskScope | null;
}

/** A question that is being answered, or could not be. */
export interface Turn {
  asked: AskedQuestion;
  text: string;
  status: string;
  problem: string | null;
}

/**
 * Asks in a chat and shows the answer as it is made. The first question of a new chat makes its
 * session and names it; going to another chat stops the answer.
 */
export function useQuestion(chat: string | undefined) {
  const words = useStrings().ask;
  const queries = useQueryClient();
  const navigate = useNavigate({ from: '/ask' });
  const [turn, setTurn] = useState<Turn | null>(null);
  const running = useRef<{ chat: string | undefined; controller: AbortController } | null>(null);
  useEffect(() => {
    if (running.current && running.current.chat === chat) return;
    running.current?.controller.abort();
    running.current = null;
    setTurn(null);
  }, [chat]);
  useEffect(() => () => running.current?.controller.abort(), []);

  /** The chat to ask in; a new one is made and opened. */
  const openChat = async (run: { chat: string | undefined }) => {
    if (chat !== NEW_CHAT) return chat;
    const { id } = await createChat();
    run.chat = id;
    void navigate({ to: '.', search: (old) => ({ ...old, chat: id }), replace: true });
    return id;
  };

  const ask = async (asked: AskedQuestion) => {
    const controller = new AbortController();
    const { signal } = controller;
    const run = { chat, controller };
    running.current = run;
    const change = (part: (old: Turn) => Partial<Turn>) => {
      if (running.current === run) setTurn((old) => old && { ...old, ...part(old) });
    };
    setTurn({ asked, text: '', status: '', problem: null });
    let answer: string | null = null;
    try {
      const id = await openChat(run);
      const { text, fileIds, scope } = asked;
      const question = {
        text,
        fileIds,
        ...(scope === null ? {} : { scope }),
        ...(id === undefined ? {} : { sessionId: id }),
      };
      for await (const piece of askQuestion(question, signal)) {
        if (piece.type === 'text') change((old) => ({ text: old.text + piece.text }));
        else if (piece.type === 'status') change(() => ({ status: piece.text }));
        else if (piece.type === 'done') answer = piece.message.text;
      }
      if (answer === null) change(() => ({ problem: words.broken }));
      else if (chat === NEW_CHAT && id)
        await nameChat(id, asked.text, answer).catch(() => undefined);
    } catch (error) {
      if (!signal.aborted) {
        change(() => ({ problem: error instanceof Error ? error.message : words.broken }));
      }
    }
    await Promise.all([
      queries.invalidateQueries({ queryKey: messagesQuery(run.chat).queryKey }),
      queries.invalidateQueries({ queryKey: chatsQuery.queryKey }),
    ]);
    if (running.current === run && (answer !== null || signal.aborted)) setTurn(null);
  };
  return { turn, ask, stop: () => running.current?.controller.abort() };
}
