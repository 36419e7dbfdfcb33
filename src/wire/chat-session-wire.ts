import type { ChatSession } from '../model/chat-session.ts';
import { toIso } from '../model/timestamp.ts';

/** A chat session on the wire; `plugin_id` mirrors `app_id`. */
export interface ChatSessionWire {
  id: string;
  title: string;
  preview: string | null;
  app_id: string | null;
  plugin_id: string | null;
  created_at: string;
  updated_at: string;
  message_count: number;
  starred: boolean;
}

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
