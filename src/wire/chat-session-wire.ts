import { z } from 'zod';
import type { ChatSession } from '../model/chat/chat-session.ts';
import { toIso } from '../model/timestamp.ts';

/** A chat session on the wire; `plugin_id` mirrors `app_id`. */
export const chatSessionSchema = z
  .object({
    id: z.string(),
    title: z.string(),
    preview: z.string().nullable(),
    app_id: z.string().nullable(),
    plugin_id: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
    message_count: z.number(),
    starred: z.boolean(),
  })
  .meta({ id: 'ChatSession' });
export type ChatSessionWire = z.output<typeof chatSessionSchema>;

export function chatSessionToWire(session: ChatSession): ChatSessionWire {
  return {
    id: session.id,
    title: session.title,
    preview: session.preview,
    app_id: session.appId,
    plugin_id: session.appId,
    created_at: toIso(session.createdAt),
    updated_at: toIso(session.updatedAt),
    message_count: session.messageCount,
    starred: session.starred,
  };
}
