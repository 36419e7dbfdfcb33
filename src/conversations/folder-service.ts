import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { type Conversation, conversations } from '../model/conversations/conversation.ts';
import {
  DEFAULT_FOLDER_COLOR,
  DEFAULT_FOLDER_ICON,
  type Folder,
  folders,
  makeSystemFolders,
} from '../model/conversations/folder.ts';
import { getDocument, queryAll } from '../store/collection.ts';
import type { DocumentReader, DocumentStore, Transaction } from '../store/document-store.ts';
import { getOpenConversation, requireUnlocked } from './conversation-access.ts';
import { planFolderMoves } from './folder-moves.ts';

const MAX_CUSTOM_FOLDERS = 50;
/** Conversations moved in one commit, below the 500 writes that Firestore takes. */
const MOVED_PER_COMMIT = 200;
/** The same folder asked for twice within this time is one: the app repeats a request after a 5xx. */
const REPEAT_MS = 60_000;

export interface NewFolder {
  name: string;
  description: string | null;
  color: string | null;
  icon: string | null;
}

/** Changes to a folder; null leaves a field as it is. */
export type FolderChange = {
  [K in 'name' | 'description' | 'color' | 'icon' | 'order']: Folder[K] | null;
};

/** The folders of a user. Each user has the system folders, made when folders are first looked at. */
export class FolderService {
  readonly #store: DocumentStore;
  readonly #clock: Clock;

  constructor(options: { store: DocumentStore; clock: Clock }) {
    this.#store = options.store;
    this.#clock = options.clock;
  }

  /** In their order. */
  async list(uid: string): Promise<Folder[]> {
    await this.#ensureSystemFolders(uid);
    return listFolders(this.#store, uid);
  }

  /** In order, without creating the default folders. */
  listExisting(uid: string): Promise<Folder[]> {
    return listFolders(this.#store, uid);
  }

  /** `not-found`. */
  async get(uid: string, id: string): Promise<Folder> {
    await this.#ensureSystemFolders(uid);
    return getFolder(this.#store, uid, id);
  }

  /** Adds a folder at the end; `bad-request` if there are 50 already. */
  async create(uid: string, request: NewFolder): Promise<Folder> {
    await this.#ensureSystemFolders(uid);
    return this.#store.transact(async (tx) => {
      const now = this.#clock.now();
      const all = await listFolders(tx, uid);
      const repeated = all.find((f) => now - f.createdAt < REPEAT_MS && isSame(f, request));
      if (repeated) return repeated;
      if (all.filter((folder) => !folder.isSystem).length >= MAX_CUSTOM_FOLDERS) {
        throw new AppError(
          'bad-request',
          `Maximum of ${MAX_CUSTOM_FOLDERS} custom folders reached`,
        );
      }
      const folder: Folder = {
        id: newId(),
        name: request.name,
        description: request.description,
        color: request.color ?? DEFAULT_FOLDER_COLOR,
        icon: request.icon ?? DEFAULT_FOLDER_ICON,
        createdAt: now,
        updatedAt: now,
        order: Math.max(-1, ...all.map(({ order }) => order)) + 1,
        isDefault: false,
        isSystem: false,
        categoryMapping: null,
        conversationCount: 0,
      };
      tx.create(folders, uid, folder);
      return folder;
    });
  }

  async update(uid: string, id: string, change: FolderChange): Promise<Folder> {
    await this.#ensureSystemFolders(uid);
    return this.#store.transact(async (tx) => {
      const folder = await getFolder(tx, uid, id);
      const fields = {
        name: change.name ?? folder.name,
        description: change.description ?? folder.description,
        color: change.color ?? folder.color,
        icon: change.icon ?? folder.icon,
        order: change.order ?? folder.order,
        updatedAt: this.#clock.now(),
      };
      tx.patch(folders, uid, id, fields);
      return { ...folder, ...fields };
    });
  }

  /**
   * Deletes a folder; its conversations go into `targetId`, or into none. The folder goes last, so
   * that a deletion that was interrupted can be asked for again. `bad-request` for a system folder.
   */
  async delete(uid: string, id: string, targetId: string | null): Promise<void> {
    await this.#ensureSystemFolders(uid);
    if (targetId === id) throw new AppError('bad-request', 'Cannot move to the deleted folder');
    const isGone = () =>
      this.#store.transact(async (tx) => {
        const folder = await getFolder(tx, uid, id);
        if (folder.isSystem) throw new AppError('bad-request', 'Cannot delete system folder');
        if (targetId !== null) await getFolder(tx, uid, targetId);
        const inside = await tx.query(conversations, uid, {
          query: 'recent',
          filters: { folderId: id },
          limit: MOVED_PER_COMMIT,
        });
        const moves = await planFolderMoves(tx, uid, [id, targetId], this.#clock.now());
        for (const conversation of inside.items) {
          moves.move(conversation, targetId, { folderChosen: conversation.folderChosen });
        }
        moves.writeCounts();
        if (inside.items.length > 0) return false;
        tx.delete(folders, uid, id);
        return true;
      });
    while (!(await isGone()));
  }

  /** Gives the folders the order of `ids`; those that are not named come after them. */
  async reorder(uid: string, ids: readonly string[]): Promise<void> {
    await this.#ensureSystemFolders(uid);
    await this.#store.transact(async (tx) => {
      const all = await listFolders(tx, uid);
      const known = new Set(all.map(({ id }) => id));
      if (ids.some((id) => !known.has(id))) throw new AppError('not-found', 'Folder not found');
      const unnamed = all.map(({ id }) => id).filter((id) => !ids.includes(id));
      const now = this.#clock.now();
      [...new Set([...ids, ...unnamed])].forEach((id, order) => {
        tx.patch(folders, uid, id, { order, updatedAt: now });
      });
    });
  }

  /** Puts a conversation into a folder, or with null out of it; `not-found` for either. */
  async moveConversation(uid: string, id: string, folderId: string | null): Promise<void> {
    if (folderId !== null) await this.#ensureSystemFolders(uid);
    await this.#store.transact(async (tx) => {
      const conversation = await getOpenConversation(tx, uid, id);
      if (folderId !== null) await getFolder(tx, uid, folderId);
      await this.#move(tx, uid, [conversation], folderId);
    });
  }

  /**
   * Puts conversations into a folder, all or none of them; returns how many have changed their place.
   * `not-found`, `payment-required`.
   */
  async moveMany(uid: string, ids: readonly string[], folderId: string): Promise<number> {
    await this.#ensureSystemFolders(uid);
    await getFolder(this.#store, uid, folderId);
    const wanted = [...new Set(ids)];
    for (const part of inParts(wanted)) await this.#find(this.#store, uid, part);
    let moved = 0;
    for (const part of inParts(wanted)) {
      moved += await this.#store.transact(async (tx) => {
        await getFolder(tx, uid, folderId);
        return this.#move(tx, uid, await this.#find(tx, uid, part), folderId);
      });
    }
    return moved;
  }

  async #move(
    tx: Transaction,
    uid: string,
    which: readonly Conversation[],
    folderId: string | null,
  ): Promise<number> {
    const touched = [...which.map((conversation) => conversation.folderId), folderId];
    const moves = await planFolderMoves(tx, uid, touched, this.#clock.now());
    for (const conversation of which) moves.move(conversation, folderId, { folderChosen: true });
    moves.writeCounts();
    return which.filter((conversation) => conversation.folderId !== folderId).length;
  }

  async #find(
    reader: DocumentReader,
    uid: string,
    ids: readonly string[],
  ): Promise<Conversation[]> {
    const found = await reader.findMany(conversations, uid, ids);
    if (found.length < ids.length) throw new AppError('not-found', 'Conversation not found');
    for (const conversation of found) requireUnlocked(conversation);
    return found;
  }

  async #ensureSystemFolders(uid: string): Promise<void> {
    const wanted = makeSystemFolders(uid, this.#clock.now());
    const ids = wanted.map(({ id }) => id);
    if ((await this.#store.findMany(folders, uid, ids)).length === ids.length) return;
    await this.#store.transact(async (tx) => {
      const known = new Set((await tx.findMany(folders, uid, ids)).map(({ id }) => id));
      for (const folder of wanted) if (!known.has(folder.id)) tx.put(folders, uid, folder);
    });
  }
}

/** The folders that a user has so far, in their order. */
export async function listFolders(reader: DocumentReader, uid: string): Promise<Folder[]> {
  const all: Folder[] = [];
  for await (const folder of queryAll(reader, folders, uid, { query: 'byOrder' })) all.push(folder);
  return all;
}

function getFolder(reader: DocumentReader, uid: string, id: string): Promise<Folder> {
  return getDocument(reader, folders, uid, id, 'Folder not found');
}

function isSame(folder: Folder, request: NewFolder): boolean {
  return folder.name === request.name && folder.description === request.description;
}

function* inParts(ids: readonly string[]): Generator<string[]> {
  for (let from = 0; from < ids.length; from += MOVED_PER_COMMIT) {
    yield ids.slice(from, from + MOVED_PER_COMMIT);
  }
}
