import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Built by `npm test` and `npm run crash` before they begin. */
const MAIN = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));
const READY = /ready at (http:\/\/\S+)/;
const TOKEN = /shown this once: (\S+)/;

/** The built server in a process of its own, so that it can be killed. */
export class ChildServer {
  readonly #child: ChildProcess;
  readonly url: string;
  /** The owner's token, if the data directory was new. */
  readonly token: string | null;

  private constructor(child: ChildProcess, url: string, token: string | null) {
    this.#child = child;
    this.url = url;
    this.token = token;
  }

  static async start(dataDir: string, env: Record<string, string>): Promise<ChildServer> {
    const child = spawn(process.execPath, [MAIN, 'serve'], {
      env: {
        PATH: process.env.PATH,
        PORT: '0',
        LOG_LEVEL: 'warn',
        DETECT_MODEL_SERVERS: 'false',
        ...env,
        DATA_DIR: dataDir,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: dataDir,
    });
    let output = '';
    const ready = new Promise<void>((resolve, reject) => {
      child.stdout?.on('data', (data: Buffer) => {
        output += data.toString();
        if (READY.test(output) && /API:/.test(output)) resolve();
      });
      child.stderr?.on('data', (data: Buffer) => {
        output += data.toString();
      });
      child.once('exit', () => reject(new Error(`The server did not start:\n${output}`)));
    });
    await ready;
    return new ChildServer(child, READY.exec(output)?.[1] ?? '', TOKEN.exec(output)?.[1] ?? null);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get wsUrl(): string {
    return this.url.replace('http', 'ws');
  }

  /** SIGKILL: nothing of the process runs any more. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exited;
  }
}
