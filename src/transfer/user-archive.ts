import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import type { BlobInfo, BlobStore } from '../blob/blob-store.ts';
import { AppError } from '../kernel/errors.ts';
import { personalName, type User, users } from '../model/accounts/user.ts';
import { GLOBAL } from '../model/collection.ts';
import { type Conversation, conversations } from '../model/conversations/conversation.ts';
import { speakerIdOf, type TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import { people } from '../model/people/person.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { unnamedSpeaker } from '../text/unnamed-speaker.ts';
import { loadTranscript } from '../transcripts/transcript.ts';
import { archivedCollections, OWNED_GLOBALS } from './archive-collections.ts';
import {
  documentsEntry,
  FILES_PREFIX,
  FORMAT,
  FORMAT_VERSION,
  MANIFEST,
  type Manifest,
} from './archive-manifest.ts';
import { canonicalJson } from './canonical-json.ts';
import { findOwned } from './owned-globals.ts';
import { conversationMarkdown, conversationVtt, type NameOf } from './readable-conversation.ts';
import { TarWriter } from './tar-archive.ts';
import { userFolders } from './user-folders.ts';

export interface ArchiveOptions {
  store: DocumentStore;
  blobs: BlobStore;
  uid: string;
  /** Name of the archive; compressed if it ends with `.gz` or `.tgz`. */
  target: string;
  /** The API's export of the account, JSON text in pieces. */
  apiExport: AsyncIterable<string>;
  onProgress: (done: number, total: number, what: string) => void;
}

/**
 * Writes everything of a user into one tar file: the stored documents of each collection, one in each
 * line, for an import; the files; and for people the API's JSON export and every conversation as
 * Markdown and WebVTT. The same content gives the same bytes.
 *
 * @throws AppError `not-found` if there is no such user
 */
export async function writeUserArchive(options: ArchiveOptions): Promise<Manifest> {
  const { store, uid, target } = options;
  const user = await store.find(users, GLOBAL, uid);
  if (!user) throw new AppError('not-found', 'There is no such user.');
  const spool = await mkdtemp(path.join(path.dirname(path.resolve(target)), '.export-'));
  const tar = new TarWriter(target);
  try {
    const documents = await spoolDocuments(store, user, spool);
    const files = await listFiles(options.blobs, uid);
    const manifest: Manifest = {
      format: FORMAT,
      version: FORMAT_VERSION,
      uid,
      documents: Object.fromEntries([...documents].map(([name, { count }]) => [name, count])),
      files: files.length,
    };
    const talks = documents.get(conversations.name)?.count ?? 0;
    const total = documents.size + files.length + talks + 1;
    let done = 0;
    const step = (what: string) => {
      done += 1;
      options.onProgress(done, total, what);
    };
    await tar.addText(MANIFEST, `${canonicalJson(manifest)}\n`);
    for (const [name, { file }] of documents) {
      await tar.addFile(documentsEntry(name), file);
      step(name);
    }
    for (const { key, size } of files) {
      await tar.add(`${FILES_PREFIX}${key}`, size, (await options.blobs.get(key, null)).body);
      step('files');
    }
    await addReadable(tar, store, user, step);
    await tar.addFile('omi-export.json', await spoolText(spool, options.apiExport));
    step('omi-export.json');
    await tar.finish();
    return manifest;
  } catch (error) {
    await tar.abort();
    throw error;
  } finally {
    await rm(spool, { recursive: true, force: true });
  }
}

type Spooled = Map<string, { file: string; count: number }>;

/** Writes every collection into a file of lines in the order of ids: a tar entry needs its size first. */
async function spoolDocuments(store: DocumentStore, user: User, folder: string): Promise<Spooled> {
  const spooled: Spooled = new Map();
  const open = (name: string) => new LineFile(path.join(folder, `${name}.jsonl`));
  const close = async (name: string, lines: LineFile) => {
    await lines.close();
    spooled.set(name, { file: lines.path, count: lines.count });
  };
  const account = open(users.name);
  await account.add(canonicalJson(user));
  await close(users.name, account);
  for (const collection of OWNED_GLOBALS) {
    const lines = open(collection.name);
    for (const document of await findOwned(store, collection, user.id)) {
      await lines.add(canonicalJson(document));
    }
    await close(collection.name, lines);
  }
  const files = new Map(archivedCollections().map(({ name }) => [name, open(name)]));
  for await (const { collection, document } of store.exportOwner(user.id)) {
    await files.get(collection)?.add(canonicalJson(document));
  }
  for (const [name, lines] of files) await close(name, lines);
  return spooled;
}

/** A text file that is written line by line, with backpressure. */
class LineFile {
  readonly path: string;
  #stream: WriteStream | undefined;
  #count = 0;

  constructor(file: string) {
    this.path = file;
  }

  get count(): number {
    return this.#count;
  }

  async add(line: string): Promise<void> {
    this.#count += 1;
    await this.#write(`${line}\n`);
  }

  async text(piece: string): Promise<void> {
    await this.#write(piece);
  }

  async close(): Promise<void> {
    const stream = this.#open();
    stream.end();
    await finished(stream);
  }

  async #write(text: string): Promise<void> {
    const stream = this.#open();
    if (!stream.write(text)) await once(stream, 'drain');
  }

  #open(): WriteStream {
    this.#stream ??= createWriteStream(this.path, { mode: 0o600 });
    return this.#stream;
  }
}

async function spoolText(folder: string, pieces: AsyncIterable<string>): Promise<string> {
  const file = new LineFile(path.join(folder, 'omi-export.json'));
  for await (const piece of pieces) await file.text(piece);
  await file.close();
  return file.path;
}

async function listFiles(blobs: BlobStore, uid: string): Promise<BlobInfo[]> {
  const found: BlobInfo[] = [];
  for (const folder of userFolders(uid)) {
    for await (const info of blobs.list(folder)) found.push(info);
  }
  return found;
}

/** Adds every conversation in a readable form. */
async function addReadable(
  tar: TarWriter,
  store: DocumentStore,
  user: User,
  step: (what: string) => void,
): Promise<void> {
  const nameOf = await namesOf(store, user);
  for await (const conversation of queryAll(store, conversations, user.id, { query: 'recent' })) {
    const segments = await loadTranscript(store, user.id, conversation);
    const name = `conversations/${fileNameOf(conversation)}`;
    await tar.addText(`${name}.md`, conversationMarkdown(conversation, segments, nameOf));
    if (segments.length > 0) await tar.addText(`${name}.vtt`, conversationVtt(segments, nameOf));
    step('conversations');
  }
}

/** Returns the file name; it begins with the day, so that the files are in order. */
function fileNameOf({ id, startedAt, createdAt }: Conversation): string {
  return `${new Date(startedAt ?? createdAt).toISOString().slice(0, 10)}-${id}`;
}

async function namesOf(store: DocumentStore, user: User): Promise<NameOf> {
  const names = new Map<string, string>();
  for await (const { id, name } of queryAll(store, people, user.id, { query: 'byName' })) {
    names.set(id, name);
  }
  return (segment: TranscriptSegment) => {
    if (segment.isUser) return personalName(user) ?? 'User';
    const known = segment.personId === null ? undefined : names.get(segment.personId);
    return known ?? unnamedSpeaker(speakerIdOf(segment.speaker));
  };
}
