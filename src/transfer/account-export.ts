import type { ChatService } from '../chat/chat-service.ts';
import { type ActionItem, actionItems } from '../model/action-item.ts';
import type { ChatFile } from '../model/chat-file.ts';
import { type Conversation, conversations } from '../model/conversation.ts';
import type { ConversationPhoto } from '../model/conversation-photo.ts';
import { type Memory, memories } from '../model/memory.ts';
import { type Message, messages } from '../model/message.ts';
import { type Person, people } from '../model/person.ts';
import type { TranscriptSegment } from '../model/transcript-segment.ts';
import type { User } from '../model/user.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { loadPhotos } from '../transcripts/conversation-photos.ts';
import { loadTranscript } from '../transcripts/transcript.ts';
import type { UserService } from '../users/user-service.ts';

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
}
