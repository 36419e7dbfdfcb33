import { parentPort, workerData } from 'node:worker_threads';
import { openSqlite } from '../../../kernel/sqlite/open-sqlite.ts';

/** What the store passes to its checkpoint thread. */
export interface CheckpointSettings {
  path: string;
  /** Milliseconds between two checks of the write-ahead log. */
  everyMs: number;
  /** Frames (pages of 4 KiB) that may wait before they are moved into the database. */
  maxFrames: number;
  /** After this many checks waiting frames are moved, however few they are. */
  maxLooks: number;
  /** After this many checks in a row that moved nothing the thread moves what is left, and ends. */
  idleLooks: number;
}

/** What the thread reports after a checkpoint: frames in the log, and frames moved. */
export interface CheckpointReport {
  frames: number;
  moved: number;
}

const { path, everyMs, maxFrames, maxLooks, idleLooks } = workerData as CheckpointSettings;
const db = openSqlite(path, { fileMustExist: true });
let looks = 0;
let idle = 0;

/** NOOP only reports. SQLite before 3.51 does not know it and moves the frames at once. */
function checkpoint(mode: 'NOOP' | 'PASSIVE'): CheckpointReport {
  const [row] = db.pragma(`wal_checkpoint(${mode})`) as { log: number; checkpointed: number }[];
  return { frames: row?.log ?? 0, moved: row?.checkpointed ?? 0 };
}

function look(): void {
  const { frames, moved } = checkpoint('NOOP');
  looks += 1;
  if (frames - moved < maxFrames && (frames === moved || looks < maxLooks)) {
    idle += 1;
    if (idle >= idleLooks) end();
    return;
  }
  looks = 0;
  idle = 0;
  parentPort?.postMessage(checkpoint('PASSIVE'));
}

function end(): void {
  clearInterval(timer);
  parentPort?.unref();
  checkpoint('PASSIVE');
  db.close();
}

const timer = setInterval(look, everyMs);
parentPort?.once('message', end);
look();
