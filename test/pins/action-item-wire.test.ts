import { describe, expect, it } from 'vitest';
import { makeActionItem } from '../../src/model/tasks/action-item.ts';
import { actionItemToWire } from '../../src/wire/action-item-wire.ts';

const AT = Date.UTC(2026, 4, 4, 10, 0, 0);

describe('an action item on the wire', () => {
  it('is literally this', () => {
    const item = makeActionItem({ id: 'a1', description: 'Buy seeds', createdAt: AT });
    expect(actionItemToWire(item)).toEqual({
      id: 'a1',
      description: 'Buy seeds',
      completed: false,
      created_at: '2026-05-04T10:00:00.000Z',
      updated_at: '2026-05-04T10:00:00.000Z',
      due_at: null,
      completed_at: null,
      conversation_id: null,
      is_locked: false,
      exported: false,
      export_date: null,
      export_platform: null,
      apple_reminder_id: null,
      sort_order: 0,
      indent_level: 0,
      owner: null,
      segment_ids: [],
      source: null,
      priority: null,
      category: null,
      metadata: null,
      relevance_score: null,
      from_staged: false,
    });
  });

  it('carries everything that it has', () => {
    const item = makeActionItem({
      id: 'a2',
      description: 'y'.repeat(71),
      createdAt: AT,
      completed: true,
      completedAt: AT + 5,
      dueAt: AT + 1000,
      conversationId: 'c1',
      owner: 'user',
      segmentIds: ['s1', 's2'],
      isLocked: true,
      exported: true,
      exportDate: AT + 2000,
      exportPlatform: 'apple_reminders',
      appleReminderId: 'r1',
      sortOrder: 4,
      indentLevel: 2,
    });
    expect(actionItemToWire(item)).toMatchObject({
      description: `${'y'.repeat(70)}...`,
      completed: true,
      completed_at: '2026-05-04T10:00:00.005Z',
      due_at: '2026-05-04T10:00:01.000Z',
      conversation_id: 'c1',
      is_locked: true,
      exported: true,
      export_date: '2026-05-04T10:00:02.000Z',
      export_platform: 'apple_reminders',
      apple_reminder_id: 'r1',
      sort_order: 4,
      indent_level: 2,
      owner: 'user',
      segment_ids: ['s1', 's2'],
    });
  });
});
