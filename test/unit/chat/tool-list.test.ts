import { describe, expect, it } from 'vitest';
import { createChatTools } from '../../../src/chat/tools/chat-tools.ts';
import { RecordTools } from '../../../src/chat/tools/record-tools.ts';
import { TOOLS } from '../../../src/chat/tools/registry.ts';
import type { ToolServices } from '../../../src/chat/tools/tool.ts';
import { systemClock } from '../../../src/kernel/clock.ts';
import { API_SCOPES } from '../../../src/model/accounts/api-key.ts';

/** No tool is run here, so no service is used. */
const services = {} as ToolServices;
const chat = createChatTools(services);
const records = new RecordTools({ services, clock: systemClock, defaultTimeZone: 'UTC' });

describe('the list of tools', () => {
  it('has each name once, and offers each tool to the chat, over MCP, or both', () => {
    const names = TOOLS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const tool of TOOLS) {
      expect(tool.name).toMatch(/^[a-z_]+$/);
      expect([tool.forChat(services), tool.forRecords(services)].some(Boolean)).toBe(true);
    }
  });

  it("gives the chat Omi's names of tools, and programs the same names without their end", () => {
    expect(chat.map(({ name }) => name).toSorted()).toEqual([
      'complete_action_item_tool',
      'create_action_item_tool',
      'create_chart_tool',
      'create_memory_tool',
      'get_action_items_tool',
      'get_apple_health_summary_tool',
      'get_connections_tool',
      'get_conversation_events_tool',
      'get_conversations_tool',
      'get_daily_summaries_tool',
      'get_memories_tool',
      'get_omi_product_info_tool',
      'get_people_tool',
      'get_screen_activity_tool',
      'manage_daily_summary_tool',
      'save_user_preference_tool',
      'search_conversations_tool',
      'search_files_tool',
      'search_memories_tool',
      'search_screen_activity_tool',
      'update_action_item_tool',
    ]);
    const names = new Set(TOOLS.map(({ name }) => name));
    for (const { name } of chat) expect(names).toContain(name.replace(/_tool$/, ''));
    expect(records.list).toHaveLength(24);
    for (const { name } of records.list) expect(names).toContain(name);
  });

  it('agrees on both sides about which tools only read', () => {
    for (const tool of TOOLS) {
      const [asked, served] = [tool.forChat(services), tool.forRecords(services)];
      if (asked && served)
        expect([tool.name, asked.writes.length === 0]).toEqual([
          tool.name,
          served.effect === 'read',
        ]);
    }
  });

  it('lets a tool read only with a scope of reading, and change only with one of writing', () => {
    for (const { name, scope, effect } of records.list) {
      expect(API_SCOPES).toContain(scope);
      expect([name, scope.endsWith(':read')]).toEqual([name, effect === 'read']);
    }
  });
});
