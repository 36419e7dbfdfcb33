import { z } from 'zod';
import type { ChatFile } from '../model/chat/chat-file.ts';
import { toIso } from '../model/timestamp.ts';

/** A file of a chat on Omi's wire. `readable` and `unread_reason` are ours. */
export const chatFileSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    /** Link to the image, empty for anything else. */
    thumbnail: z.string(),
    mime_type: z.string(),
    /** No file goes to OpenAI; the app needs a text here. */
    openai_file_id: z.string(),
    created_at: z.string(),
    readable: z.boolean(),
    unread_reason: z.string().nullable(),
  })
  .meta({ id: 'ChatFile' });
export type ChatFileWire = z.output<typeof chatFileSchema>;

export function chatFileToWire(file: ChatFile, thumbnail: string): ChatFileWire {
  return {
    id: file.id,
    name: file.name,
    thumbnail,
    mime_type: file.mimeType,
    openai_file_id: file.id,
    created_at: toIso(file.createdAt),
    readable: file.kind === 'image' || file.passagesKey !== null,
    unread_reason: file.unread,
  };
}
