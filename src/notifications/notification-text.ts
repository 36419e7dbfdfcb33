import { DateTime } from 'luxon';
import { apps } from '../model/apps/app.ts';
import { messages } from '../model/chat/message.ts';
import { GLOBAL } from '../model/collection.ts';
import { conversations } from '../model/conversations/conversation.ts';
import { dailySummaries } from '../model/conversations/daily-summary.ts';
import type { NotificationKind } from '../model/notifications/push.ts';
import { actionItems } from '../model/tasks/action-item.ts';
import type { DocumentReader } from '../store/document-store.ts';

/** What a notification shows, and which page of the console it opens. */
export interface NotificationText {
  title: string;
  body: string;
  path: string;
}

const MAX_TITLE = 120;
const MAX_BODY = 300;
/** A date without a time of day is stored as the beginning or the end of its day. */
const LATE_HOUR = 21;
const MORNING_HOUR = 9;

/**
 * Returns the words of a notification as its document has them now; null if there is nothing to tell
 * any more: it was deleted, discarded, locked or done.
 */
export async function notificationText(
  reader: DocumentReader,
  uid: string,
  kind: NotificationKind,
  id: string,
): Promise<NotificationText | null> {
  const found = await TEXTS[kind](reader, uid, id);
  return found && { ...found, title: cut(found.title, MAX_TITLE), body: cut(found.body, MAX_BODY) };
}

type Text = (reader: DocumentReader, uid: string, id: string) => Promise<NotificationText | null>;

const TEXTS: Record<NotificationKind, Text> = {
  conversation: async (reader, uid, id) => {
    const found = await reader.find(conversations, uid, id);
    if (!found || found.discarded || found.isLocked || found.status !== 'completed') return null;
    const { emoji, title, overview } = found.structured;
    return { title: `${emoji} ${title}`.trim(), body: overview, path: `timeline/${id}` };
  },
  daily_summary: async (reader, uid, id) => {
    const found = await reader.find(dailySummaries, uid, id);
    return found ? { title: found.headline, body: found.overview, path: 'timeline' } : null;
  },
  task: async (reader, uid, id) => {
    const found = await reader.find(actionItems, uid, id);
    if (!found || found.completed || found.isLocked) return null;
    return { title: found.description, body: '', path: 'tasks' };
  },
  app_message: async (reader, uid, id) => {
    const found = await reader.find(messages, uid, id);
    if (!found) return null;
    const app = found.appId === null ? undefined : await reader.find(apps, GLOBAL, found.appId);
    return { title: app?.name ?? 'Omi', body: found.text, path: 'ask' };
  },
};

/** Cut by code point, so that no character is halved. */
function cut(text: string, length: number): string {
  const start = text.slice(0, length * 2);
  const characters = Array.from(start);
  return characters.length > length ? `${characters.slice(0, length - 1).join('')}…` : start;
}

/** When the user is reminded of a task: when it is due, or on the morning of a day without a time. */
export function reminderAt(dueAt: number, zone: string): number {
  const local = DateTime.fromMillis(dueAt, { zone });
  const isDay = local.hour >= LATE_HOUR || (local.hour === 0 && local.minute === 0);
  return isDay ? local.startOf('day').set({ hour: MORNING_HOUR }).toMillis() : dueAt;
}
