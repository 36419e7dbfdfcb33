import { z } from 'zod';
import { defineTool } from '../tool.ts';

/** Messages of the main chat. */
export const getChatMessagesTool = defineTool({
  name: 'get_chat_messages',
  records: {
    title: 'Messages of the chat',
    scope: 'conversations:read',
    effect: 'read',
    description: 'What the user and the assistant have written in the main chat, newest first.',
    schema: z.object({
      limit: z.number().int().min(1).max(100).default(20),
      offset: z.number().int().min(0).max(10_000).default(0),
    }),
    run: async ({ messages }, { uid }, args) => ({
      kind: 'messages',
      items: await messages.list(uid, { appId: null, sessionId: null }, args),
    }),
  },
});
