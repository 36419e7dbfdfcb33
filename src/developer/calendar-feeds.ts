import type { ICalCalendar } from 'ical-generator';
import { type ActionItemService, ANY_ACTION_ITEM } from '../action-items/action-item-service.ts';
import { listEvents } from '../conversations/conversation-events.ts';
import type { ConversationService } from '../conversations/conversation-service.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { randomToken, sha256Hex } from '../kernel/ids.ts';
import { calendarFeeds } from '../model/accounts/calendar-feed.ts';
import { GLOBAL } from '../model/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';

const SECRET_BYTES = 24;
/** What a calendar holds at most: calendar programs read all of it each time. */
const MAX_TASKS = 1_000;
const MAX_TEXT = 2_000;
const MINUTE_MS = 60_000;
/** How long a task takes in a calendar, up to when it is due. */
const TASK_MS = 30 * MINUTE_MS;
/** How often programs should read it again, seconds. */
const REFRESH_S = 3_600;

export interface CalendarFeedOptions {
  store: DocumentStore;
  clock: Clock;
  conversations: Pick<ConversationService, 'page'>;
  actionItems: Pick<ActionItemService, 'page'>;
}

/**
 * Calendars of users for other programs (iCalendar, RFC 5545): the events that were found in
 * conversations, and tasks that are due. Programs cannot sign in, so that the address itself is the
 * secret; it is stored as a hash and can be taken back.
 */
export class CalendarFeeds {
  readonly #o: CalendarFeedOptions;

  constructor(options: CalendarFeedOptions) {
    this.#o = options;
  }

  /** Makes the secret of a user's calendar; the one before it ends. It is returned this once. */
  async create(uid: string): Promise<string> {
    const secret = randomToken(SECRET_BYTES);
    const { store, clock } = this.#o;
    await store.transact(async (tx) => {
      const filters = { uid };
      const before = await tx.query(calendarFeeds, GLOBAL, {
        query: 'ofUser',
        filters,
        limit: 100,
      });
      for (const { id } of before.items) tx.delete(calendarFeeds, GLOBAL, id);
      const id = sha256Hex(secret);
      tx.create(calendarFeeds, GLOBAL, { id, uid, createdAt: clock.now() });
    });
    return secret;
  }

  /** When the user's calendar got its secret, epoch milliseconds; null if it has none. */
  async createdAt(uid: string): Promise<number | null> {
    const { items } = await this.#o.store.query(calendarFeeds, GLOBAL, {
      query: 'ofUser',
      filters: { uid },
      limit: 1,
    });
    return items[0]?.createdAt ?? null;
  }

  /** Ends the address of a user's calendar; without one nothing happens. */
  async revoke(uid: string): Promise<void> {
    await this.#o.store.transact(async (tx) => {
      const filters = { uid };
      const found = await tx.query(calendarFeeds, GLOBAL, { query: 'ofUser', filters, limit: 100 });
      for (const { id } of found.items) tx.delete(calendarFeeds, GLOBAL, id);
    });
  }

  /** Returns the calendar of a secret. @throws AppError `not-found` */
  async read(secret: string): Promise<string> {
    const feed = await this.#o.store.find(calendarFeeds, GLOBAL, sha256Hex(secret));
    if (!feed) throw new AppError('not-found', 'There is no such calendar.');
    const { default: ical, ICalCalendarMethod } = await import('ical-generator');
    const calendar = ical({
      name: 'Omi',
      prodId: { company: 'omi-backend', product: 'calendar', language: 'EN' },
      method: ICalCalendarMethod.PUBLISH,
      ttl: REFRESH_S,
    });
    await this.#addEvents(calendar, feed.uid);
    await this.#addTasks(calendar, feed.uid);
    return calendar.toString();
  }

  async #addEvents(calendar: ICalCalendar, uid: string): Promise<void> {
    const found = await listEvents(this.#o.conversations, uid, { from: null, to: null });
    for (const { conversation, index, event } of found) {
      calendar.createEvent({
        id: `event-${conversation.id}-${index}@omi-backend`,
        stamp: new Date(conversation.updatedAt),
        start: new Date(event.start),
        end: new Date(event.start + Math.max(1, event.durationMinutes) * MINUTE_MS),
        summary: plain(event.title) || 'Event',
        description: plain(event.description),
      });
    }
  }

  /** Tasks are events here: most calendar programs do not show what iCalendar calls a to-do. */
  async #addTasks(calendar: ICalCalendar, uid: string): Promise<void> {
    const page = { cursor: null, offset: 0, limit: MAX_TASKS };
    // From the beginning of time: only what has a date.
    const filter = { ...ANY_ACTION_ITEM, dueFrom: 0 };
    const { items } = await this.#o.actionItems.page(uid, filter, page);
    for (const { id, dueAt, updatedAt, completed, description } of items) {
      if (dueAt === null) continue;
      calendar.createEvent({
        id: `task-${id}@omi-backend`,
        stamp: new Date(updatedAt),
        start: new Date(dueAt - TASK_MS),
        end: new Date(dueAt),
        summary: `${completed ? '☑' : '☐'} ${plain(description) || 'Task'}`,
      });
    }
  }
}

/** A text as one line without control characters, which iCalendar has no place for. */
function plain(text: string): string {
  return text
    .slice(0, MAX_TEXT)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
}
