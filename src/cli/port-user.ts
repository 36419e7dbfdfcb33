import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { z } from 'zod';

const ASK_TIMEOUT_MS = 1_000;
/** State of a socket that listens, in /proc/net/tcp. */
const LISTENS = '0A';
const healthSchema = z.object({ version: z.string(), live_sessions: z.number() });

/**
 * Returns who listens on a port of this machine, for a person: `omi-backend 0.1.0 (process 12)`. Undefined
 * if that cannot be found out, such as for the process of another user.
 */
export async function describePortUser(port: number): Promise<string | undefined> {
  const [server, program] = await Promise.all([askServer(port), findProgram(port)]);
  if (server && program) return `${server} (process ${program.pid})`;
  if (server) return server;
  return program && `${program.name} (process ${program.pid})`;
}

async function askServer(port: number): Promise<string | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/v1/health`, {
      signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
    });
    const health = healthSchema.safeParse(await response.json());
    return health.success ? `omi-backend ${health.data.version}` : undefined;
  } catch {
    // It does not speak HTTP, or is no server of ours.
    return undefined;
  }
}

interface Program {
  pid: number;
  name: string;
}

async function findProgram(port: number): Promise<Program | undefined> {
  try {
    return process.platform === 'linux' ? await findOnLinux(port) : await findByLsof(port);
  } catch {
    // Not allowed to look, or the program that looks is not installed.
    return undefined;
  }
}

async function findOnLinux(port: number): Promise<Program | undefined> {
  const sockets = new Set<string>();
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const text = await readFile(table, 'utf8').catch(() => '');
    for (const line of text.split('\n')) {
      const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
      if (state === LISTENS && local.endsWith(wanted)) sockets.add(`socket:[${inode}]`);
    }
  }
  if (sockets.size === 0) return undefined;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
      if (!sockets.has(target)) continue;
      return { pid: Number(pid), name: (await readFile(`/proc/${pid}/comm`, 'utf8')).trim() };
    }
  }
  return undefined;
}

async function findByLsof(port: number): Promise<Program | undefined> {
  const { stdout } = await promisify(execFile)('lsof', [
    ...['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'],
  ]);
  const pid = /^p(\d+)$/m.exec(stdout)?.[1];
  const name = /^c(.+)$/m.exec(stdout)?.[1];
  return pid && name ? { pid: Number(pid), name } : undefined;
}
