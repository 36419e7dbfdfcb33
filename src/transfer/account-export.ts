import type { ChatService } from '../chat/chat-service.ts';
import type { User } from '../model/accounts/user.ts';
import { type ChatFile, chatFiles } from '../model/chat/chat-file.ts';
import { type Message, messages } from '../model/chat/message.ts';
import {
  type Conversation,
  conversations,
  liveSegments,
  transcriptChunks,
} from '../model/conversations/conversation.ts';
import {
  type ConversationPhoto,
  conversationPhotos,
} from '../model/conversations/conversation-photo.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import { transcriptVersionChunks } from '../model/conversations/transcript-version.ts';
import { knowledgeGraphs } from '../model/knowledge-graph.ts';
import { type Memory, memories } from '../model/memory.ts';
import { type Person, people } from '../model/people/person.ts';
import { type ActionItem, actionItems } from '../model/tasks/action-item.ts';
import { webhookSecrets } from '../model/webhooks/webhook-secret.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { loadPhotos } from '../transcripts/conversation-photos.ts';
import { loadTranscript } from '../transcripts/transcript.ts';
import type { UserService } from '../users/user-service.ts';
import { LEFT_OUT, OWNED_GLOBALS } from './archive-collections.ts';
import { findOwned } from './owned-globals.ts';

/** User collections that the export shows in a list of its own, by name of the collection. */
export const SHOWN_ELSEWHERE: Readonly<Record<string, string>> = {
  [conversations.name]: 'conversations',
  [transcriptChunks.name]: 'conversations',
  [liveSegments.name]: 'conversations',
  [conversationPhotos.name]: 'conversations',
  [memories.name]: 'memories',
  [people.name]: 'people',
  [actionItems.name]: 'action_items',
  [messages.name]: 'chat_messages',
  [chatFiles.name]: 'chat_files',
};

/** User collections that the export leaves out, and why. */
export const NOT_EXPORTED: Readonly<Record<string, string>> = {
  ...LEFT_OUT,
  [webhookSecrets.name]: 'secrets that only the receiver of a webhook may know',
  [transcriptVersionChunks.name]: 'packed words of older transcripts, which an archive holds',
  [knowledgeGraphs.name]: 'derived from memories, people and conversations',
};

/** Everything of a user that the account's export holds, each list newest first. */
export interface AccountSource {
  profile(uid: string): Promise<User>;
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
  /** `bytes` is undefined if the file is gone. */
  chatFiles(uid: string): AsyncIterable<{ file: ChatFile; bytes: Uint8Array | undefined }>;
  /** Documents of all other collections as they are stored, those of one collection in a row. */
  otherDocuments(uid: string): AsyncIterable<{ collection: string; document: { id: string } }>;
}

export interface AccountExportOptions {
  store: DocumentStore;
  users: UserService;
  chat: ChatService;
}

/** Reads an account for its export. Documents are read only as fast as they are taken. */
export class AccountExport implements AccountSource {
  readonly #o: AccountExportOptions;

  constructor(options: AccountExportOptions) {
    this.#o = options;
  }

  profile(uid: string): Promise<User> {
    return this.#o.users.getUser(uid);
  }

  async *conversations(uid: string) {
    const { store } = this.#o;
    for await (const conversation of queryAll(store, conversations, uid, { query: 'recent' })) {
      yield {
        conversation,
        segments: await loadTranscript(store, uid, conversation),
        photos: await loadPhotos(store, uid, conversation.id),
      };
    }
  }

  memories(uid: string) {
    return queryAll(this.#o.store, memories, uid, { query: 'byScoring' });
  }

  people(uid: string) {
    return queryAll(this.#o.store, people, uid, { query: 'byName' });
  }

  actionItems(uid: string) {
    return queryAll(this.#o.store, actionItems, uid, { query: 'recent' });
  }

  async *chatMessages(uid: string) {
    const { store, chat } = this.#o;
    for await (const message of queryAll(store, messages, uid, { query: 'recent' })) {
      const [cited, files] = await Promise.all([
        chat.messages.citedBy(uid, [message]),
        chat.files.findMany(uid, message.fileIds),
      ]);
      yield { message, cited, files };
    }
  }

  async *chatFiles(uid: string) {
    const { chat } = this.#o;
    for await (const file of chat.files.listAll(uid)) {
      yield { file, bytes: await chat.files.bytesOf(file) };
    }
  }

  async *otherDocuments(uid: string) {
    const { store } = this.#o;
    for await (const entry of store.exportOwner(uid)) {
      if (entry.collection in SHOWN_ELSEWHERE || entry.collection in NOT_EXPORTED) continue;
      yield entry;
    }
    for (const collection of OWNED_GLOBALS) {
      for (const document of await findOwned(store, collection, uid)) {
        yield { collection: collection.name, document };
      }
    }
  }
}
