import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a process has used, as it says itself. */
export interface Usage {
  /** Processor time of all threads since its start. */
  cpuUs: number;
  rssBytes: number;
  /** Time in garbage collections since its start, milliseconds. */
  collectionMs: number;
  /** 99th percentile of how late its event loop was since the last time that it was asked, milliseconds. */
  loopDelayP99Ms: number;
}

export interface BenchProcessOptions {
  /** Below the repository's root; `.ts` runs through tsx, anything else through Node alone. */
  script: string;
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  execArgv?: readonly string[];
}

interface Answer {
  id?: number;
  answer?: unknown;
  error?: string;
  ready?: boolean;
  port?: number;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const STOP_LIMIT_MS = 20_000;
const START_LIMIT_MS = 30_000;
const ANSWER_LIMIT_MS = 90_000;

const running = new Set<ChildProcess>();
// Whatever ends the benchmark, nothing that it has started stays behind.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

/** A child that is measured or that measures; it has a channel for questions. */
export class BenchProcess {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #ended: Promise<void>;
  readonly #onReady: (port: number) => void;
  readonly #ready: Promise<number>;
  #output = '';
  #errors = '';
  #nextId = 1;
  #hasEnded = false;

  constructor(options: BenchProcessOptions) {
    this.#name = options.script;
    const tsx = options.script.endsWith('.ts') ? ['--import', 'tsx'] : [];
    const probe = new URL('../dist/bench/usage-probe.js', import.meta.url).href;
    const argv = [...(options.execArgv ?? []), ...tsx, '--import', probe, options.script];
    this.#child = spawn(process.execPath, [...argv, ...(options.args ?? [])], {
      cwd: ROOT,
      // Keys and settings of whoever runs this are none of the benchmark's business.
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    running.add(this.#child);
    let onReady: (port: number) => void = () => undefined;
    this.#ready = new Promise((resolve) => {
      onReady = resolve;
    });
    this.#onReady = onReady;
    // A channel that breaks: the end of the process, which follows, says it.
    this.#child.on('error', (error) => {
      this.#errors += String(error);
    });
    this.#child.on('message', (message: Answer) => this.#onMessage(message));
    this.#child.stdout?.on('data', (bytes: Buffer) => {
      this.#output = (this.#output + bytes.toString('utf8')).slice(-20_000);
    });
    this.#child.stderr?.on('data', (bytes: Buffer) => {
      this.#errors = (this.#errors + bytes.toString('utf8')).slice(-4_000);
    });
    this.#ended = new Promise((resolve) => {
      this.#child.on('exit', () => {
        running.delete(this.#child);
        this.#hasEnded = true;
        resolve();
      });
    });
  }

  /** What it has written to standard output, as far as it is kept. */
  get output(): string {
    return this.#output;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** What it has written to standard error, the last 4,000 characters. */
  get errors(): string {
    return this.#errors;
  }

  /** The port that a script of ours reports once it listens. */
  port(): Promise<number> {
    return this.#within(START_LIMIT_MS, this.#ready);
  }

  usage(): Promise<Usage> {
    return this.ask<Usage>({ probe: 'usage' });
  }

  /** The usage after a full garbage collection. */
  usageAfterCollection(): Promise<Usage> {
    return this.ask<Usage>({ probe: 'collect' });
  }

  async beginProfile(): Promise<void> {
    await this.ask({ probe: 'beginProfile' });
  }

  /** Writes what its main thread did since `beginProfile` to a `.cpuprofile` file. */
  async endProfile(file: string): Promise<void> {
    await this.ask({ probe: 'endProfile', file });
  }

  /** Asks the process and answers what it says; rejects with its error. */
  async ask<T>(question: object): Promise<T> {
    const id = this.#nextId;
    this.#nextId += 1;
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    if (!this.#hasEnded) this.#child.send({ ...question, id });
    const { answer, error } = await this.#within(ANSWER_LIMIT_MS, answered);
    if (error !== undefined) throw new Error(error);
    return answer as T;
  }

  /** Ends it by SIGTERM, after a while by SIGKILL; resolves when it is gone. */
  async stop(): Promise<void> {
    if (this.#hasEnded) return;
    this.#child.kill('SIGTERM');
    const limit = setTimeout(() => this.#child.kill('SIGKILL'), STOP_LIMIT_MS);
    await this.#ended;
    clearTimeout(limit);
  }

  #onMessage(message: Answer): void {
    if (message.ready && message.port !== undefined) this.#onReady(message.port);
    if (message.id === undefined) return;
    this.#waiting.get(message.id)?.(message);
    this.#waiting.delete(message.id);
  }

  async #within<T>(limitMs: number, work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const failed = new Promise<never>((_, reject) => {
      const fail = (reason: string) =>
        reject(new Error(`${this.#name}: ${reason}\n${this.#errors}`));
      timer = setTimeout(() => fail('no answer.'), limitMs);
      this.#ended.then(
        () => fail('it has ended.'),
        () => undefined,
      );
    });
    try {
      return await Promise.race([work, failed]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** In a script of ours: answers questions by `kind`; what a handler throws goes back as an error. */
export function answerQuestions(
  handlers: Readonly<Record<string, (question: never) => unknown>>,
): void {
  process.on('message', (question: { id: number; kind?: string }) => {
    const handler = question.kind === undefined ? undefined : handlers[question.kind];
    if (!handler) return;
    Promise.resolve()
      .then(() => handler(question as never))
      .then(
        (answer) => process.send?.({ id: question.id, answer: answer ?? null }),
        (error: unknown) => process.send?.({ id: question.id, error: String(error) }),
      );
  });
  // The probe has let go of the channel; here it is what the process lives for.
  process.channel?.ref();
  process.on('disconnect', () => process.exit(0));
}
