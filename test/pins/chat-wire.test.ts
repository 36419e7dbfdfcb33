import { describe, expect, it } from 'vitest';
import { makeMessage } from '../../src/model/chat/message.ts';
import { makeConversation } from '../../src/model/conversations/conversation.ts';
import { chatSessionToWire } from '../../src/wire/chat-session-wire.ts';
import { desktopMessageToWire, messageToWire } from '../../src/wire/message-wire.ts';

const AT = Date.UTC(2026, 4, 4, 10);
const message = makeMessage({
  id: 'm1',
  text: 'You met Ana.',
  createdAt: AT,
  sender: 'ai',
  citations: [
    { conversationId: 'c1', segmentIds: ['s1'] },
    { conversationId: 'gone', segmentIds: [] },
  ],
});

describe('a message on the wire', () => {
  it('has every key of the contract', () => {
    const base = makeConversation({ id: 'c1', createdAt: AT });
    const c1 = { ...base, structured: { ...base.structured, title: 'Lunch', emoji: '🥗' } };
    expect(messageToWire(message, new Map([['c1', c1]]), new Map())).toEqual({
      id: 'm1',
      text: 'You met Ana.',
      created_at: '2026-05-04T10:00:00.000Z',
      sender: 'ai',
      app_id: null,
      plugin_id: null,
      from_external_integration: false,
      type: 'text',
      memories_id: ['c1', 'gone'],
      memories: [
        {
          id: 'c1',
          structured: { title: 'Lunch', emoji: '🥗' },
          created_at: '2026-05-04T10:00:00.000Z',
          segment_ids: ['s1'],
        },
      ],
      reported: false,
      report_reason: null,
      files_id: [],
      files: [],
      chat_session_id: null,
      data_protection_level: 'standard',
      rating: null,
      chart_data: null,
    });
  });

  it('shows five cited conversations at most', () => {
    const citations = Array.from({ length: 9 }, (_, i) => ({
      conversationId: `c${i}`,
      segmentIds: [],
    }));
    expect(messageToWire({ ...message, citations }, new Map(), new Map()).memories_id).toHaveLength(
      5,
    );
  });

  it("is another one on the desktop's routes", () => {
    expect(desktopMessageToWire(message)).toEqual({
      id: 'm1',
      text: 'You met Ana.',
      created_at: '2026-05-04T10:00:00.000Z',
      sender: 'ai',
      app_id: null,
      session_id: null,
      rating: null,
      reported: false,
      metadata: null,
    });
  });
});

it('a session on the wire', () => {
  const times = { createdAt: AT, updatedAt: AT + 1000 };
  const parts = { id: 's', title: 'New Chat', preview: null, appId: 'a', messageCount: 2 };
  expect(chatSessionToWire({ ...parts, ...times, starred: true })).toEqual({
    id: 's',
    title: 'New Chat',
    preview: null,
    app_id: 'a',
    plugin_id: 'a',
    created_at: '2026-05-04T10:00:00.000Z',
    updated_at: '2026-05-04T10:00:01.000Z',
    message_count: 2,
    starred: true,
  });
});
