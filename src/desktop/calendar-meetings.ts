import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { idFromText } from '../kernel/ids.ts';
import { type CalendarMeeting, calendarMeetings } from '../model/conversations/calendar-meeting.ts';
import { getDocument } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';

export type NewCalendarMeeting = Omit<CalendarMeeting, 'id' | 'updatedAt'>;

export interface CalendarMeetingsOptions {
  store: DocumentStore;
  clock: Clock;
}

/** Meetings of the calendar on the user's computer. Every id is looked up under its user. */
export class CalendarMeetings {
  readonly #store: DocumentStore;
  readonly #clock: Clock;

  constructor(options: CalendarMeetingsOptions) {
    this.#store = options.store;
    this.#clock = options.clock;
  }

  /**
   * Stores a meeting, or its new state if the event is known.
   *
   * @throws AppError `bad-request` if it ends before it starts
   */
  async store(uid: string, meeting: NewCalendarMeeting): Promise<CalendarMeeting> {
    if (meeting.endAt < meeting.startAt) {
      throw new AppError('bad-request', 'end_time must not be before start_time');
    }
    const id = idFromText(`meeting:${uid}:${meeting.calendarSource}:${meeting.eventId}`);
    const stored = { ...meeting, id, updatedAt: this.#clock.now() };
    await this.#store.transact((tx) => tx.put(calendarMeetings, uid, stored));
    return stored;
  }

  /** Returns one meeting. @throws AppError `not-found` */
  async get(uid: string, id: string): Promise<CalendarMeeting> {
    return await getDocument(this.#store, calendarMeetings, uid, id, 'Meeting not found');
  }

  /** Returns the meetings that start in a time, the latest first. */
  async list(
    uid: string,
    span: { from: number | null; to: number | null },
    limit: number,
  ): Promise<CalendarMeeting[]> {
    const { from, to } = span;
    const bounds = { ...(from === null ? {} : { from }), ...(to === null ? {} : { to }) };
    const request = { query: 'byStart', ...bounds, limit } as const;
    return (await this.#store.query(calendarMeetings, uid, request)).items;
  }
}
