import { describe, expect, it } from 'vitest';
import { makeMemory } from '../../src/model/memory.ts';
import { memoryToWire } from '../../src/wire/memory-wire.ts';

const AT = Date.UTC(2026, 4, 4, 10, 0, 0);

describe('a memory on the wire', () => {
  it('is literally this', () => {
    const memory = makeMemory({
      uid: 'u1',
      content: 'Plays the cello',
      category: 'system',
      createdAt: AT,
      conversationId: 'c1',
      segmentIds: ['s1'],
    });
    expect(memoryToWire(memory)).toEqual({
      id: 'bab8fcfc-4878-4ce6-a28f-be489add5755',
      uid: 'u1',
      content: 'Plays the cello',
      category: 'system',
      visibility: 'private',
      tags: [],
      headline: null,
      created_at: '2026-05-04T10:00:00.000Z',
      updated_at: '2026-05-04T10:00:00.000Z',
      memory_id: 'c1',
      conversation_id: 'c1',
      reviewed: true,
      user_review: null,
      manually_added: false,
      edited: false,
      scoring: '00_999_1777888800',
      app_id: null,
      data_protection_level: 'standard',
      is_dismissed: false,
      is_locked: false,
      is_read: false,
      kg_extracted: false,
      layer: null,
      segment_ids: ['s1'],
    });
  });

  it('shows 70 characters of a locked one', () => {
    const memory = makeMemory({ uid: 'u1', content: 'x'.repeat(80), createdAt: AT });
    expect(memoryToWire({ ...memory, isLocked: true }).content).toBe(`${'x'.repeat(70)}...`);
    expect(memoryToWire(memory).content).toHaveLength(80);
  });
});
