import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const FILE = 'server.json';
const HEALTH_TIMEOUT_MS = 2_000;

const schema = z.object({ pid: z.number().int(), url: z.string() });
export type ServerNote = z.infer<typeof schema>;

/** Leaves word in the data directory of the server that runs on it; returns how to take it away. */
export async function noteRunningServer(
  dataDir: string,
  url: string,
): Promise<() => Promise<void>> {
  const file = path.join(dataDir, FILE);
  const note: ServerNote = { pid: process.pid, url };
  await writeFile(file, `${JSON.stringify(note)}\n`, { mode: 0o600 });
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
