import { useNavigate } from '@tanstack/react-router';
import { CalendarClock, Circle, CircleCheck } from 'lucide-react';
import type { CalendarItem } from '../../api/calendar.ts';
import { useLocale, useStrings } from '../../i18n/strings.ts';
import { timeOfDay } from '../../ui/time.ts';
import { useShowPassage } from '../conversation/passage-context.tsx';

/** An event or a task; pressing it shows the words that it comes from, or the list of tasks. */
export function ItemButton({ item, isShort = false }: { item: CalendarItem; isShort?: boolean }) {
  const words = useStrings().calendar;
  const locale = useLocale();
  const show = useShowPassage();
  const navigate = useNavigate();
  const isDone = item.kind === 'task' && item.task.completed;
  const source = item.kind === 'event' ? item.event : item.task;
  const Icon = item.kind === 'event' ? CalendarClock : isDone ? CircleCheck : Circle;
  const time = timeOfDay(item.at, locale);
  return (
    <button
      type="button"
      data-row
      aria-label={`${item.kind === 'event' ? words.event : words.task}, ${time}: ${item.title}`}
      title={item.title}
      onClick={() => {
        const { conversation_id: conversationId, segment_ids: segmentIds } = source;
        if (conversationId === null) void navigate({ to: '/tasks' });
        else show({ conversationId, segmentIds });
      }}
      className={`flex min-w-0 items-center gap-1.5 rounded text-start hover:bg-sunk ${isShort ? 'px-1 text-xs' : 'min-h-10 w-full px-2 pointer-coarse:min-h-11'} ${isDone ? 'text-faint line-through' : ''}`}
    >
      <Icon
        size={isShort ? 12 : 16}
        aria-hidden
        className={`shrink-0 ${item.kind === 'event' ? 'text-accent' : 'text-amber'}`}
      />
      {!isShort && <span className="tabular w-16 shrink-0 text-sm text-soft">{time}</span>}
      <bdi dir="auto" className={isShort ? 'truncate' : 'break-words'}>
        {item.title || words.event}
      </bdi>
    </button>
  );
}
