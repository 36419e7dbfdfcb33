import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildServer } from './child-server.ts';
import { queuedJobs } from './stored-state.ts';

const SETTLE_TIMEOUT_MS = 60_000;

/** Waits until nothing is on its way any more; false if that does not come about. */
export async function waitUntilSettled(
  server: ChildServer,
  token: string,
  dataDir: string,
): Promise<boolean> {
  const deadline = Date.now() + SETTLE_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const response = await fetch(
      `${server.url}/v1/conversations?statuses=in_progress,processing,merging`,
      { headers: { authorization: `Bearer ${token}` } },
    );
    const open = (await response.json()) as unknown[];
    const isDone = open.length === 0 && (await unheardSessions(dataDir)) === 0;
    // A job of the killed server runs again when its lease ends.
    if (isDone && (await queuedJobs(dataDir)).length === 0) return true;
    await sleep(200);
  }
  return false;
}

/** Sessions whose audio is still kept because it is not all transcribed. */
async function unheardSessions(dataDir: string): Promise<number> {
  let count = 0;
  const root = path.join(dataDir, 'audio-log');
  for (const user of await readdir(root).catch(() => [])) {
    count += (await readdir(path.join(root, user))).length;
  }
  return count;
}
