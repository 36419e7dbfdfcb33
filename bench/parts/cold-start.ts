import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BenchProcess } from '../bench-process.ts';
import { readUrl } from '../live-servers.ts';
import type { Part, Row } from '../report.ts';
import { spread } from '../statistics.ts';

interface Start {
  emptyNodeMs: number;
  /** A start that makes its data directory. */
  firstMs: number;
  /** A start on a directory that is there. */
  nextMs: number;
}

/** From the command to the first answer of `/v1/health`, beside Node with nothing to do. */
export async function benchColdStart(runs: number): Promise<Part> {
  const raw: Start[] = [];
  for (let run = 0; run < runs; run += 1) {
    const directory = mkdtempSync(join(tmpdir(), 'omi-backend-bench-'));
    try {
      const emptyNodeMs = startEmptyNode();
      const firstMs = await startServer(directory);
      raw.push({ emptyNodeMs, firstMs, nextMs: await startServer(directory) });
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }
  const row = (name: string, unit: Row['unit'], of: (start: Start) => number): Row => ({
    name,
    unit,
    value: spread(raw.map(of)),
    goal: null,
  });
  return {
    name: `Cold start, command to first answer (${runs} runs)`,
    rows: [
      row('node -e 0', 'ms', (s) => s.emptyNodeMs),
      row('first start, new data directory', 'ms', (s) => s.firstMs),
      row('next start, same directory', 'ms', (s) => s.nextMs),
      row('next start against node -e 0', '×', (s) => s.nextMs / s.emptyNodeMs),
    ],
    raw,
  };
}

function startEmptyNode(): number {
  const startedAt = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return performance.now() - startedAt;
}

async function startServer(directory: string): Promise<number> {
  const startedAt = performance.now();
  const child = new BenchProcess({
    script: 'bin/omi-backend.js',
    args: ['serve'],
    env: {
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: directory,
      LOG_LEVEL: 'warn',
      DETECT_MODEL_SERVERS: 'false',
    },
  });
  try {
    const url = await readUrl(child);
    const response = await fetch(`${url}/v1/health`);
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    await response.arrayBuffer();
    return performance.now() - startedAt;
  } finally {
    await child.stop();
  }
}
