import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { LoggedChunk } from './audio-log-eviction.ts';
import { chunkStart, HEARD_MARKER } from './audio-log-files.ts';

/**
 * Lists all chunk files of the audio log in `directory`. Files that disappear meanwhile are left out.
 * @param isOpen whether the session is still recorded by this process
 */
export async function scanAudioLog(
  directory: string,
  isOpen: (sessionId: string) => boolean,
): Promise<LoggedChunk[]> {
  const chunks: LoggedChunk[] = [];
  for (const user of await entries(directory)) {
    for (const sessionId of await entries(path.join(directory, user))) {
      const names = await entries(path.join(directory, user, sessionId));
      const isHeard = names.includes(HEARD_MARKER);
      for (const name of names) {
        const startTick = chunkStart(name);
        if (startTick === undefined) continue;
        const file = path.join(directory, user, sessionId, name);
        const found = await stat(file).catch(() => undefined);
        if (!found) continue;
        chunks.push({
          user,
          sessionId,
          file,
          startTick,
          bytes: found.size,
          modifiedAt: found.mtimeMs,
          isOpen: isOpen(sessionId),
          isHeard,
        });
      }
    }
  }
  return chunks;
}

async function entries(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
