import ICAL from 'ical.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conversations, makeConversation } from '../../src/model/conversations/conversation.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const HOSTILE = `Dinner; with\r\nBEGIN:VALARM\r\n"Ann", \\n 你好 \u0000 ${'x'.repeat(200)}`;

let server: TestServer;
let url: string;

beforeAll(async () => {
  server = await startTestServer();
  const createdAt = Date.parse('2026-05-04T10:00:00Z');
  const conversation = makeConversation({ id: 'talk', createdAt, status: 'completed' });
  const event = {
    title: HOSTILE,
    description: 'Bring\nwine, and; cheese',
    start: Date.parse('2026-05-08T18:00:00Z'),
    durationMinutes: 90,
    created: false,
    segmentIds: [],
  };
  const { structured } = conversation;
  await server.context.store.transact((tx) =>
    tx.create(conversations, server.uid, {
      ...conversation,
      structured: { ...structured, events: [event] },
    }),
  );
  const due_at = '2026-05-09T09:00:00Z';
  await server.api('POST', '/v1/action-items', { description: 'Pay the rent', due_at });
  await server.api('POST', '/v1/action-items', { description: 'Some day' });
  const made = await server.api('POST', '/v1/users/calendar-feed');
  url = (made.body as { url: string }).url;
});
afterAll(() => server.stop());

async function eventsAt(address: string) {
  const response = await fetch(address);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/calendar');
  const text = await response.text();
  const calendar = new ICAL.Component(ICAL.parse(text));
  return {
    text,
    events: calendar.getAllSubcomponents('vevent').map((part) => new ICAL.Event(part)),
  };
}

describe('the calendar', () => {
  it('is read by another parser, with hostile titles as plain text', async () => {
    const { text, events } = await eventsAt(url);
    expect(events).toHaveLength(2);
    const [dinner, rent] = events;
    expect(dinner?.summary).toBe(`Dinner; with BEGIN:VALARM "Ann", \\n 你好 ${'x'.repeat(200)}`);
    expect(dinner?.description).toBe('Bring wine, and; cheese');
    expect(dinner?.startDate.toJSDate().toISOString()).toBe('2026-05-08T18:00:00.000Z');
    expect(dinner?.endDate.toJSDate().toISOString()).toBe('2026-05-08T19:30:00.000Z');
    expect(rent?.summary).toBe('☐ Pay the rent');
    expect(rent?.endDate.toJSDate().toISOString()).toBe('2026-05-09T09:00:00.000Z');
    expect(text).not.toMatch(/^BEGIN:VALARM/m);
    for (const line of text.split('\r\n')) {
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    }
  });

  it('keeps its ids from one reading to the next', async () => {
    const ids = async () => (await eventsAt(url)).events.map(({ uid }) => uid);
    expect(await ids()).toEqual(await ids());
  });

  it('has one address, which ends with the next one and with the user', async () => {
    const before = url;
    const made = await server.api('POST', '/v1/users/calendar-feed');
    url = (made.body as { url: string }).url;
    expect((await fetch(before)).status).toBe(404);
    expect((await fetch(url)).status).toBe(200);
    const state = await server.api('GET', '/v1/users/calendar-feed');
    expect(state.body).toEqual({ created_at: expect.any(String) });
    expect(JSON.stringify(state.body)).not.toContain(url.slice(-20));
    expect((await server.api('DELETE', '/v1/users/calendar-feed')).status).toBe(204);
    expect((await fetch(url)).status).toBe(404);
    expect((await server.api('GET', '/v1/users/calendar-feed')).body).toEqual({ created_at: null });

    const gone = await server.context.accounts.createUser('gone');
    const secret = await server.context.calendarFeeds.create(gone.id);
    await server.context.deletion.deleteAccount(gone.id);
    expect((await fetch(`${server.url}/calendar/${secret}.ics`)).status).toBe(404);
  });

  it('holds nothing of another user', async () => {
    const other = await server.context.accounts.createUser('other');
    const secret = await server.context.calendarFeeds.create(other.id);
    const { events } = await eventsAt(`${server.url}/calendar/${secret}.ics`);
    expect(events).toEqual([]);
  });
});
