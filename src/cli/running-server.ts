import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../kernel/replace-file.ts';

const FILE = 'server.json';
const HEALTH_TIMEOUT_MS = 2_000;

const schema = z.object({
  pid: z.number().int(),
  url: z.string(),
  /** With it the command line of this machine needs no token; null: the server has none. */
  key: z.string().nullable().default(null),
});
export type ServerNote = z.infer<typeof schema>;

/**
 * Writes into the data directory which server runs on it; the file is readable by its owner only. Returns
 * how to remove it.
 */
export async function noteRunningServer(
  dataDir: string,
  server: { url: string; key: string },
): Promise<() => Promise<void>> {
  const file = path.join(dataDir, FILE);
  const note: ServerNote = { pid: process.pid, ...server };
  await replaceFile(file, `${JSON.stringify(note)}\n`);
  return async () => {
    // Another server may have begun meanwhile.
    if ((await readNote(dataDir))?.pid === process.pid) await rm(file, { force: true });
  };
}

/** The server that runs on a data directory; a note that a crash left behind does not count. */
export async function findRunningServer(dataDir: string): Promise<ServerNote | undefined> {
  const note = await readNote(dataDir);
  if (!note || !isAlive(note.pid)) return undefined;
  return (await mayBeServer(note.url)) ? note : undefined;
}

async function readNote(dataDir: string): Promise<ServerNote | undefined> {
  try {
    const text = await readFile(path.join(dataDir, FILE), 'utf8');
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    // No file, or not one of ours: nobody has left word.
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is alive all the same.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** False if nobody listens: the process number is another program's by now. */
async function mayBeServer(url: string): Promise<boolean> {
  try {
    await fetch(`${url}/v1/health`, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) });
    return true;
  } catch (error) {
    // A server that is too busy to answer in time runs nevertheless.
    return error instanceof Error && error.name === 'TimeoutError';
  }
}
