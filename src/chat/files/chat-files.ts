import { z } from 'zod';
import { type BlobStore, readBlob } from '../../blob/blob-store.ts';
import type { Clock } from '../../kernel/clock.ts';
import { AppError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { type ChatFile, chatFiles } from '../../model/chat/chat-file.ts';
import { queryAll } from '../../store/collection.ts';
import type { DocumentStore } from '../../store/document-store.ts';
import type { ChatId } from '../chat-messages.ts';
import { fileKindOf } from './file-kind.ts';
import { filePassageSchema } from './file-passages.ts';
import { FileReader } from './read-file.ts';
import type { FilePassage } from './split-passages.ts';

/** Largest file, bytes. */
export const MAX_FILE_BYTES = 20 * 1024 * 1024;
/** Files that a user may have. */
export const MAX_FILES_PER_USER = 500;
const MAX_BYTES_PER_USER = 1024 * 1024 * 1024;
const MAX_NAME = 200;
/** Below the 500 writes that Firestore takes. */
const FORGOTTEN_PER_COMMIT = 200;
/** Files that one question is answered from, as on Omi's server. */
export const MAX_FILES_PER_QUESTION = 9;

export interface ChatFilesOptions {
  store: DocumentStore;
  blobs: BlobStore;
  clock: Clock;
  reader?: FileReader;
}

/** The files that users give to their chats. Every id is looked up under its user. */
export class ChatFiles {
  readonly #store: DocumentStore;
  readonly #blobs: BlobStore;
  readonly #clock: Clock;
  readonly #reader: FileReader;

  constructor(options: ChatFilesOptions) {
    this.#store = options.store;
    this.#blobs = options.blobs;
    this.#clock = options.clock;
    this.#reader = options.reader ?? new FileReader();
  }

  /**
   * Keeps a file and reads what can be read of it. `bad-request` for a file that a chat does not
   * take, `payload-too-large` if it is too large or the user has too many.
   */
  async add(uid: string, name: string, bytes: Uint8Array): Promise<ChatFile> {
    if (bytes.length === 0) throw new AppError('bad-request', 'The file is empty');
    if (bytes.length > MAX_FILE_BYTES) throw tooLarge();
    const found = fileKindOf(name, bytes);
    if (!found) throw new AppError('bad-request', 'Files of this type cannot be added to a chat');
    await this.#assertRoom(uid, bytes.length);
    const { passages, pages, unread } = await this.#reader.read(bytes, found);
    const id = newId();
    const blobKey = `${folderOf(uid)}${id}.${found.extension}`;
    const passagesKey = passages.length > 0 ? `${folderOf(uid)}${id}.passages.json` : null;
    await this.#blobs.put(blobKey, bytes);
    if (passagesKey) await this.#blobs.put(passagesKey, Buffer.from(JSON.stringify(passages)));
    const file: ChatFile = {
      id,
      name: name.replace(/[\p{Cc}\\/]/gu, '_').slice(-MAX_NAME) || 'file',
      mimeType: found.mimeType,
      kind: found.kind,
      size: bytes.length,
      blobKey,
      passagesKey,
      pages,
      unread,
      chatKey: null,
      createdAt: this.#clock.now(),
    };
    try {
      await this.#store.transact((tx) => tx.create(chatFiles, uid, file));
    } catch (error) {
      await this.#deleteBlobs(file);
      throw error;
    }
    return file;
  }

  /**
   * Gives files to a chat; answers all of `ids` that the user has, and which of them this chat has
   * just got. `not-found` if the user has no such file.
   */
  async attach(
    uid: string,
    chat: ChatId,
    ids: readonly string[],
  ): Promise<{ files: ChatFile[]; added: ChatFile[] }> {
    if (ids.length === 0) return { files: [], added: [] };
    return await this.#store.transact(async (tx) => {
      const wanted = [...new Set(ids)];
      const files = await tx.findMany(chatFiles, uid, wanted);
      if (files.length < wanted.length) throw new AppError('not-found', 'File not found');
      const chatKey = chatKeyOf(chat);
      const added = files.filter((file) => file.chatKey !== chatKey);
      for (const { id } of added) tx.patch(chatFiles, uid, id, { chatKey });
      return { files, added };
    });
  }

  /** The files of a chat, the newest first. */
  async listChat(uid: string, chat: ChatId, limit: number): Promise<ChatFile[]> {
    const filters = { chatKey: chatKeyOf(chat) };
    const { items } = await this.#store.query(chatFiles, uid, { query: 'recent', filters, limit });
    return items;
  }

  /** The files among `ids` that the user has. */
  async findMany(uid: string, ids: readonly string[]): Promise<ChatFile[]> {
    return ids.length === 0 ? [] : await this.#store.findMany(chatFiles, uid, ids);
  }

  /** Every file of a user, the newest first. */
  listAll(uid: string): AsyncGenerator<ChatFile> {
    return queryAll(this.#store, chatFiles, uid, { query: 'recent' });
  }

  /** What was read of a file. */
  async passagesOf(file: ChatFile): Promise<FilePassage[]> {
    const bytes = file.passagesKey && (await readBlob(this.#blobs, file.passagesKey));
    if (!bytes) return [];
    return z.array(filePassageSchema).parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  }

  /** The bytes of a file, undefined if they are gone. */
  async bytesOf(file: ChatFile): Promise<Uint8Array | undefined> {
    return await readBlob(this.#blobs, file.blobKey);
  }

  /** Removes the files of a chat, and those that were never given to one. */
  async clear(uid: string, chat: ChatId): Promise<void> {
    for (const chatKey of [chatKeyOf(chat), null]) {
      const request = { query: 'recent', filters: { chatKey } } as const;
      const found: ChatFile[] = [];
      for await (const file of queryAll(this.#store, chatFiles, uid, request)) found.push(file);
      for (const file of found) await this.delete(uid, file);
    }
  }

  /** Removes the files of a chat from lists, but leaves their bytes. */
  async forget(uid: string, chat: ChatId): Promise<void> {
    const filters = { chatKey: chatKeyOf(chat) };
    for (;;) {
      const request = { query: 'recent', filters, limit: FORGOTTEN_PER_COMMIT } as const;
      const { items } = await this.#store.query(chatFiles, uid, request);
      if (items.length === 0) return;
      await this.#store.transact((tx) => {
        for (const { id } of items) tx.delete(chatFiles, uid, id);
      });
    }
  }

  /** Removes the bytes of files that no list has any more. */
  async eraseForgotten(files: readonly ChatFile[]): Promise<void> {
    for (const file of files) await this.#deleteBlobs(file);
  }

  async delete(uid: string, file: ChatFile): Promise<void> {
    // The document last: a call that failed half-way can be repeated.
    await this.#deleteBlobs(file);
    await this.#store.transact((tx) => tx.delete(chatFiles, uid, file.id));
  }

  /** Removes every file of a user. */
  async eraseUser(uid: string): Promise<void> {
    await this.#blobs.deletePrefix(folderOf(uid));
  }

  async #deleteBlobs(file: ChatFile): Promise<void> {
    await this.#blobs.delete(file.blobKey);
    if (file.passagesKey) await this.#blobs.delete(file.passagesKey);
  }

  async #assertRoom(uid: string, size: number): Promise<void> {
    let [count, bytes] = [1, size];
    for await (const file of this.listAll(uid)) {
      count += 1;
      bytes += file.size;
    }
    if (count > MAX_FILES_PER_USER || bytes > MAX_BYTES_PER_USER) {
      const message = 'There is no room for more files: empty a chat that has some.';
      throw new AppError('payload-too-large', message);
    }
  }
}

/** What files say of the chat that they belong to. */
function chatKeyOf({ sessionId, appId }: ChatId): string {
  return sessionId === null ? `app:${appId ?? ''}` : `session:${sessionId}`;
}

function folderOf(uid: string): string {
  return `chat-files/${encodeURIComponent(uid)}/`;
}

function tooLarge(): AppError {
  const message = `The file is larger than ${MAX_FILE_BYTES / 2 ** 20} MB.`;
  return new AppError('payload-too-large', message);
}
