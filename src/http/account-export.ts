import type { ActionItem } from '../model/action-item.ts';
import type { ChatFile } from '../model/chat-file.ts';
import type { Conversation } from '../model/conversation.ts';
import type { ConversationPhoto } from '../model/conversation-photo.ts';
import type { Memory } from '../model/memory.ts';
import type { Message } from '../model/message.ts';
import type { Person } from '../model/person.ts';
import type { TranscriptSegment } from '../model/transcript-segment.ts';
import type { ExportSection } from '../users/user-export.ts';
import { actionItemToWire } from '../wire/action-item-wire.ts';
import { chatFileToWire } from '../wire/chat-file-wire.ts';
import { conversationToWire } from '../wire/conversation-wire.ts';
import { memoryToWire } from '../wire/memory-wire.ts';
import { messageToWire } from '../wire/message-wire.ts';
import { personToWire } from '../wire/person-wire.ts';

/** Where an export reads a user's things from, each newest first. */
export interface ExportSources {
  conversations(uid: string): AsyncIterable<{
    conversation: Conversation;
    segments: readonly TranscriptSegment[];
    photos: readonly ConversationPhoto[];
  }>;
  memories(uid: string): AsyncIterable<Memory>;
  people(uid: string): AsyncIterable<Person>;
  actionItems(uid: string): AsyncIterable<ActionItem>;
  chatMessages(uid: string): AsyncIterable<{
    message: Message;
    cited: ReadonlyMap<string, Conversation>;
    files: readonly ChatFile[];
  }>;
  /** `bytes` undefined where they are gone. */
  chatFiles(uid: string): AsyncIterable<{ file: ChatFile; bytes: Uint8Array | undefined }>;
}

/** The lists of an exported account in Omi's order and form. */
export function exportSections(sources: ExportSources): ExportSection[] {
  return [
    {
      name: 'conversations',
      entries: (uid) =>
        mapped(sources.conversations(uid), ({ conversation, segments, photos }) =>
          conversationToWire(conversation, segments, photos),
        ),
    },
    { name: 'memories', entries: (uid) => mapped(sources.memories(uid), memoryToWire) },
    {
      name: 'people',
      entries: (uid) => mapped(sources.people(uid), (person) => personToWire(person)),
    },
    { name: 'action_items', entries: (uid) => mapped(sources.actionItems(uid), actionItemToWire) },
    {
      name: 'chat_messages',
      entries: (uid) =>
        mapped(sources.chatMessages(uid), ({ message, cited, files }) =>
          messageToWire(
            message,
            cited,
            new Map(files.map((file) => [file.id, chatFileToWire(file, '')])),
          ),
        ),
    },
    {
      // Not in Omi's export: what was given to a chat is the user's own too.
      name: 'chat_files',
      entries: (uid) =>
        mapped(sources.chatFiles(uid), ({ file, bytes }) => ({
          ...chatFileToWire(file, ''),
          content_base64: bytes ? Buffer.from(bytes).toString('base64') : null,
        })),
    },
  ];
}

async function* mapped<T, R>(items: AsyncIterable<T>, map: (item: T) => R): AsyncGenerator<R> {
  for await (const item of items) yield map(item);
}
