import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Usage } from './bench-process.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PROGRAMS = ['python3', '/usr/bin/python3'];
const START_LIMIT_MS = 30_000;
/** `_SC_CLK_TCK` on Linux: processor time in `/proc` is counted in these. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** Returns a Python that has what the relay needs; null if there is none. */
export function findPython(): string | null {
  const has = (program: string) =>
    spawnSync(program, ['-c', 'import fastapi, uvicorn, websockets']).status === 0;
  return PROGRAMS.find(has) ?? null;
}

/** A Python program that is measured as a `BenchProcess` is, by what Linux says of it. */
export class PythonProcess {
  readonly #child: ChildProcess;
  #output = '';
  #errors = '';

  constructor(program: string, script: string, args: readonly string[]) {
    this.#child = spawn(program, [script, ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (bytes: Buffer) => {
      this.#output = (this.#output + bytes.toString()).slice(-4_000);
    });
    this.#child.stderr?.on('data', (bytes: Buffer) => {
      this.#errors = (this.#errors + bytes.toString()).slice(-4_000);
    });
    process.on('exit', () => this.#child.kill('SIGKILL'));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get errors(): string {
    return this.#errors;
  }

  /** The port that it prints once it listens. */
  async port(): Promise<number> {
    const deadline = performance.now() + START_LIMIT_MS;
    for (;;) {
      const port = /^port (\d+)/m.exec(this.#output)?.[1];
      if (port) return Number(port);
      if (this.#child.exitCode !== null || performance.now() > deadline) {
        throw new Error(`The FastAPI relay has not started.\n${this.#errors}`);
      }
      await sleep(20);
    }
  }

  /** Collections and delays of its loop are not known. */
  async usage(): Promise<Usage> {
    // The name, in brackets, may hold spaces: fields are counted from behind it (proc(5)).
    const stat = readFileSync(`/proc/${this.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const ticks = Number(stat[11]) + Number(stat[12]);
    return {
      cpuUs: (ticks / TICKS_PER_SECOND) * 1e6,
      rssBytes: Number(stat[21]) * PAGE_BYTES,
      collectionMs: Number.NaN,
      loopDelayP99Ms: Number.NaN,
    };
  }

  async beginProfile(): Promise<void> {
    // Profiles are of Node alone.
  }

  async endProfile(): Promise<void> {
    // See `beginProfile`.
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    const limit = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(limit);
  }
}
