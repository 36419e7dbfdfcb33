import { lstat, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../kernel/errors.ts';
import { readTextFile, replaceFile } from '../kernel/replace-file.ts';
import { MAX_FILE_BYTES, readMirrorFile } from './mirror-file.ts';

const INDEX = '.omi-mirror.json';
const LOCK = '.omi-mirror.lock';
/** A lock that nobody has touched for so long is of a process that died. */
const STALE_LOCK_MS = 10 * 60_000;
const MAX_FILES = 50_000;

const partsSchema = z.object({
  title: z.string(),
  notes: z.string(),
  tasks: z.array(z.object({ id: z.string(), description: z.string(), isDone: z.boolean() })),
});
const entrySchema = z.object({
  /** Path within the folder; null: the user has deleted the file. */
  file: z.string().nullable(),
  /** What both sides had after the last run. */
  base: partsSchema,
  /** The text that was written last. */
  text: z.string(),
});
export type MirrorEntry = z.infer<typeof entrySchema>;

const indexSchema = z.object({
  version: z.literal(1),
  /** Whose conversations the folder holds. */
  owner: z.string(),
  conversations: z.record(z.string(), entrySchema),
});

/** A folder of a mirror. It touches no file that is not its own, and follows no link. */
export class MirrorFolder {
  readonly #folder: string;
  readonly #owner: string;
  readonly entries: Map<string, MirrorEntry>;

  private constructor(folder: string, owner: string, entries: Map<string, MirrorEntry>) {
    this.#folder = folder;
    this.#owner = owner;
    this.entries = entries;
  }

  /**
   * Runs `work` while no other mirror uses the folder, and stores what it has changed of the index.
   *
   * @param owner whose data it is; another's folder is refused
   * @throws AppError `invalid-configuration` if the folder cannot be made, `conflict` if another mirror uses it,
   * or it is another user's
   */
  static async use<R>(
    folder: string,
    owner: string,
    work: (folder: MirrorFolder) => Promise<R>,
  ): Promise<R> {
    await mkdir(folder, { recursive: true }).catch((cause: NodeJS.ErrnoException) => {
      const reason = cause.code === 'EEXIST' ? 'there is a file of this name' : cause.code;
      throw new AppError('invalid-configuration', `${folder} cannot be a folder: ${reason}.`, {
        cause,
      });
    });
    const unlock = await lock(path.join(folder, LOCK));
    try {
      const opened = new MirrorFolder(folder, owner, await readIndex(folder, owner));
      try {
        return await work(opened);
      } finally {
        await opened.#save();
      }
    } finally {
      await unlock();
    }
  }

  async #save(): Promise<void> {
    const index = {
      version: 1,
      owner: this.#owner,
      conversations: Object.fromEntries(this.entries),
    };
    await replaceFile(path.join(this.#folder, INDEX), JSON.stringify(index));
  }

  /** Returns the files of the mirror by the id of their conversation, also those that were moved. */
  async find(): Promise<Map<string, { file: string; text: string }>> {
    const found = new Map<string, { file: string; text: string }>();
    const names = await readdir(this.#folder, { recursive: true });
    for (const file of names.filter((name) => name.endsWith('.md')).slice(0, MAX_FILES)) {
      const text = await this.#read(file);
      const id = text === null ? undefined : readMirrorFile(text)?.id;
      if (id === undefined || text === null) continue;
      // Of two copies the one that was there before is the file.
      if (!found.has(id) || this.entries.get(id)?.file === file) found.set(id, { file, text });
    }
    return found;
  }

  async #read(file: string): Promise<string | null> {
    const whole = path.join(this.#folder, file);
    const info = await lstat(whole).catch(() => null);
    if (!info?.isFile() || info.size > MAX_FILE_BYTES) return null;
    return await readFile(whole, 'utf8');
  }

  async write(file: string, text: string): Promise<void> {
    await replaceFile(path.join(this.#folder, file), text);
  }

  async remove(file: string): Promise<void> {
    await rm(path.join(this.#folder, file), { force: true });
  }

  /** Returns the first of `name.md`, `name 2.md`, … that no file has, whoever it is of. */
  async freeName(name: string): Promise<string> {
    const taken = new Set([...this.entries.values()].map(({ file }) => file));
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? name : name.replace(/\.md$/, ` ${number}.md`);
      const exists = await lstat(path.join(this.#folder, candidate)).catch(() => null);
      if (!exists && !taken.has(candidate)) return candidate;
    }
  }
}

async function readIndex(folder: string, owner: string): Promise<Map<string, MirrorEntry>> {
  const text = await readTextFile(path.join(folder, INDEX));
  if (text === undefined) return new Map();
  const index = indexSchema.safeParse(JSON.parse(text));
  if (!index.success) {
    throw new AppError(
      'conflict',
      `${INDEX} in ${folder} cannot be read: delete it to begin anew.`,
    );
  }
  if (index.data.owner !== owner) {
    throw new AppError('conflict', `${folder} is the mirror of another user: name another folder.`);
  }
  return new Map(Object.entries(index.data.conversations));
}

/** @throws AppError `conflict` */
async function lock(file: string): Promise<() => Promise<void>> {
  for (const isLast of [false, true]) {
    try {
      const handle = await open(file, 'wx');
      await handle.writeFile(String(process.pid));
      await handle.close();
      return async () => await rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (isLast || !(await isStale(file))) break;
      await rm(file, { force: true });
    }
  }
  throw new AppError('conflict', `Another mirror uses this folder; if none runs, delete ${file}.`);
}

async function isStale(file: string): Promise<boolean> {
  const [text, info] = await Promise.all([readTextFile(file), stat(file).catch(() => null)]);
  if (text === undefined || info === null) return true;
  if (Date.now() - info.mtimeMs > STALE_LOCK_MS) return true;
  const pid = Number(text);
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
