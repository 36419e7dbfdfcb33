import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../bin/omi-backend.js', import.meta.url));

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A directory for data and files, and the command line run in it, as its user runs it. */
export class CliInstallation {
  readonly directory: string;
  readonly dataDir: string;
  readonly #env: Record<string, string>;
  readonly #children = new Set<ChildProcess>();

  private constructor(directory: string, env: Record<string, string>) {
    this.directory = directory;
    this.dataDir = path.join(directory, 'data');
    this.#env = env;
  }

  /** @param env what the installation is configured with; nothing else of this process's is */
  static async create(env: Record<string, string> = {}): Promise<CliInstallation> {
    const directory = await mkdtemp(path.join(tmpdir(), 'omi-cli-'));
    return new CliInstallation(directory, {
      PORT: '0',
      TZ: 'UTC',
      DETECT_MODEL_SERVERS: 'false',
      ...env,
    });
  }

  async run(args: readonly string[], env: Record<string, string> = {}): Promise<CliResult> {
    const child = this.#spawn(args, env);
    const output = [child.stdout, child.stderr].map((stream) => {
      const chunks: Buffer[] = [];
      stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
      return chunks;
    });
    const [code] = (await once(child, 'close')) as [number | null];
    const [stdout = '', stderr = ''] = output.map((chunks) => Buffer.concat(chunks).toString());
    return { code, stdout, stderr };
  }

  /** Starts a command that is to be stopped in the middle. */
  start(args: readonly string[]): ChildProcess {
    const child = this.#spawn(args, {});
    child.stdout?.resume();
    child.stderr?.resume();
    return child;
  }

  /** Starts the server; resolves when it has said where it is. */
  async serve(): Promise<CliServer> {
    const child = this.#spawn(['serve'], { LOG_LEVEL: 'error' });
    let said = '';
    const ready = new Promise<void>((resolve, reject) => {
      child.stdout?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (/\nAPI: /u.test(said)) resolve();
      });
      child.once('exit', () => reject(new Error('The server has ended before it was ready.')));
    });
    child.stderr?.resume();
    await ready;
    return {
      url: /http:\/\/[\d.:]+/u.exec(said)?.[0] ?? '',
      token: /omi_[\w-]{43}/u.exec(said)?.[0] ?? null,
      stop: () => end(child, 'SIGTERM'),
      kill: async () => {
        await end(child, 'SIGKILL');
      },
    };
  }

  async remove(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    await rm(this.directory, { recursive: true, force: true });
  }

  #spawn(args: readonly string[], env: Record<string, string>): ChildProcess {
    const child = spawn(process.execPath, [BIN, ...args], {
      cwd: this.directory,
      env: { PATH: process.env.PATH ?? '', DATA_DIR: this.dataDir, ...this.#env, ...env },
    });
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    return child;
  }
}

export interface CliServer {
  url: string;
  /** The owner's, at the first start. */
  token: string | null;
  /** Ends it in good order; resolves with its exit code. */
  stop(): Promise<number | null>;
  kill(): Promise<void>;
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
  const ended = once(child, 'exit');
  child.kill(signal);
  const [code] = (await ended) as [number | null];
  return code;
}
