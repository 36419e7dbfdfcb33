import type { Context } from '../context.ts';
import { checkContext, checkDirectory, checkModels, checkNode } from './check-services.ts';
import { type Finding, HealthReport } from './health-report.ts';

/** Findings of all checks, and when they were made, epoch milliseconds. */
export interface CheckedServer {
  checkedAt: number;
  findings: Finding[];
}

/** Checks the running server as `doctor` does, and says what it hears and understands with. */
export class ServerChecks {
  readonly #context: Context;
  #running: Promise<CheckedServer> | null = null;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Speech services in the order in which they are asked, and the model; null: rules. */
  uses(): { hears: string[]; understands: string | null } {
    const { speech, ownModels } = this.#context;
    const services = speech.usable(false);
    return {
      hears: [...new Set(services.map(({ provider }) => provider))],
      understands: ownModels()?.language.medium.model ?? null,
    };
  }

  /** Runs all checks, each at most 10 s. Who asks while they run gets their findings. */
  run(): Promise<CheckedServer> {
    this.#running ??= this.#check().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #check(): Promise<CheckedServer> {
    const { config, clock } = this.#context;
    const findings: Finding[] = [];
    const report = new HealthReport((finding) => findings.push(finding));
    await report.check('Node.js', async () => checkNode());
    for (const notice of config.notices) report.add('note', 'Configuration', notice);
    await report.check('Data directory', () => checkDirectory(config));
    await checkContext(report, this.#context);
    await checkModels(report, this.#context);
    return { checkedAt: clock.now(), findings };
  }
}
