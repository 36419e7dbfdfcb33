import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from './client.ts';
import type { ActionItem, ConversationEvent } from './types.ts';

/** A span of time, the end not included. */
export interface Span {
  from: Date;
  to: Date;
}

/** Something that stands at a time in the calendar. */
export type CalendarItem = { key: string; title: string; at: Date } & (
  | { kind: 'event'; event: ConversationEvent }
  | { kind: 'task'; task: ActionItem }
);

const MOST_TASKS = 500;

/** The events found in conversations and the tasks that are due, in the order of time. */
export function calendarQuery({ from, to }: Span) {
  // The routes take both ends as included.
  const end = new Date(to.getTime() - 1);
  const [start_date, end_date] = [from.toISOString(), end.toISOString()];
  return queryOptions({
    queryKey: ['calendar', start_date, end_date],
    queryFn: async ({ signal }): Promise<CalendarItem[]> => {
      const [found, due] = await Promise.all([
        dataOf(
          api.GET('/v1/calendar/events', { params: { query: { start_date, end_date } }, signal }),
        ),
        dataOf(
          api.GET('/v1/action-items', {
            params: {
              query: { due_start_date: start_date, due_end_date: end_date, limit: MOST_TASKS },
            },
            signal,
          }),
        ),
      ]);
      const events = found.events.map((event) => ({
        kind: 'event' as const,
        key: `event ${event.conversation_id} ${event.index}`,
        title: event.title,
        at: new Date(event.start),
        event,
      }));
      const tasks = due.action_items.flatMap((task) =>
        task.due_at === null
          ? []
          : {
              kind: 'task' as const,
              key: `task ${task.id}`,
              title: task.description,
              at: new Date(task.due_at),
              task,
            },
      );
      return [...events, ...tasks].sort((a, b) => a.at.getTime() - b.at.getTime());
    },
    placeholderData: (old) => old,
  });
}
