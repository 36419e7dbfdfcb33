import type { ChatFile } from '../model/chat-file.ts';
import { toIso } from '../model/timestamp.ts';

/** A file of a chat on Omi's wire. `readable` and `unread_reason` are ours. */
export interface ChatFileWire {
  id: string;
  name: string;
  /** Link to the image, empty for anything else. */
  thumbnail: string;
  mime_type: string;
  /** No file goes to OpenAI; the app needs a text here. */
  openai_file_id: string;
  created_at: string;
  readable: boolean;
  unread_reason: string | null;
}

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
