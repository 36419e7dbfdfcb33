import { Link } from '@tanstack/react-router';
import { Star } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import type { Conversation } from '../../api/types.ts';
import { useLocale, useStrings } from '../../i18n/strings.ts';
import { exactTime, timeOfDay } from '../../ui/time.ts';
import { startOf } from './conversation-list.tsx';
import { useSelection } from './selection.tsx';

/** One conversation of a list: title, first line of the overview, when, and its state if it is not done. */
export const ConversationRow = memo(function ConversationRow({
  conversation,
  isOpen,
}: {
  conversation: Conversation;
  isOpen: boolean;
}) {
  const words = useStrings().timeline;
  const locale = useLocale();
  const { title, overview, emoji, action_items } = conversation.structured;
  const state = stateOf(conversation, words);
  const open = action_items.filter((item) => !item.completed).length;
  const start = startOf(conversation);
  return (
    <RowShell id={conversation.id} title={title || words.untitled} emoji={emoji} isOpen={isOpen}>
      <span className="min-w-0 flex-1">
        <span className="flex items-baseline gap-2">
          <bdi className="truncate font-medium" dir="auto">
            {title || words.untitled}
          </bdi>
          {conversation.starred && (
            <Star
              size={13}
              className="shrink-0 self-center fill-amber text-amber"
              aria-label={words.starred}
            />
          )}
          <time
            dateTime={start.toISOString()}
            title={exactTime(start, locale)}
            className="tabular ms-auto shrink-0 text-xs text-faint"
          >
            {timeOfDay(start, locale)}
          </time>
        </span>
        <span className="flex gap-2 text-sm text-soft">
          {state ? (
            <span className={state.look}>{state.text}</span>
          ) : (
            <bdi className="truncate" dir="auto">
              {overview}
            </bdi>
          )}
          {open > 0 && (
            <span className="ms-auto shrink-0 text-xs text-faint">{words.tasks(open)}</span>
          )}
        </span>
      </span>
    </RowShell>
  );
});

const SHAPE = 'mx-2 flex gap-3 rounded-control px-2 py-2.5 hover:bg-sunk';

/** A link that opens the conversation, or a check box while conversations are selected. */
function RowShell({
  id,
  title,
  emoji,
  isOpen,
  children,
}: {
  id: string;
  title: string;
  emoji: string;
  isOpen: boolean;
  children: ReactNode;
}) {
  const { selection: words } = useStrings();
  const { ids, toggle } = useSelection();
  if (ids === null) {
    return (
      <Link
        to="/timeline/$id"
        params={{ id }}
        search={(search) => ({ ...search, segment: undefined })}
        data-row
        data-conversation={id}
        aria-current={isOpen ? 'page' : undefined}
        className={`${SHAPE} aria-[current=page]:bg-accent-soft`}
      >
        <span aria-hidden className="w-6 shrink-0 pt-0.5 text-center text-base leading-6">
          {emoji}
        </span>
        {children}
      </Link>
    );
  }
  return (
    <label data-conversation={id} className={`${SHAPE} ${ids.has(id) ? 'bg-accent-soft' : ''}`}>
      <span className="flex w-6 shrink-0 justify-center pt-1">
        <input
          type="checkbox"
          data-row
          aria-label={words.choose(title)}
          checked={ids.has(id)}
          onChange={() => toggle(id)}
          className="size-4 accent-(--accent) pointer-coarse:size-5"
        />
      </span>
      {children}
    </label>
  );
}

function stateOf(
  { status, discarded, processing }: Conversation,
  words: ReturnType<typeof useStrings>['timeline'],
): { text: string; look: string } | null {
  if (status === 'in_progress') return { text: words.inProgress, look: 'text-accent' };
  if (status === 'processing') return { text: words.processing, look: 'text-soft italic' };
  if (status === 'failed') {
    const reason = processing.failure_reason;
    return {
      text: reason ? `${words.failed}: ${reason}` : words.failed,
      look: 'truncate text-amber',
    };
  }
  return discarded ? { text: words.discarded, look: 'text-faint italic' } : null;
}
