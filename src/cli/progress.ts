import { MultiBar, type SingleBar } from 'cli-progress';

/** How often a progress that is written to a file or a pipe says where it is. */
const PLAIN_INTERVAL_MS = 5_000;

/**
 * A progress bar on standard error with lines of output above it: on standard output, unless both
 * are the terminal, if they would get in each other's way.
 */
export class Progress {
  readonly #bars: MultiBar;
  readonly #bar: SingleBar;
  readonly #shareTerminal: boolean;

  /** @param format see cli-progress; `{note}` is free text of `update` */
  constructor(format: string, total: number) {
    this.#shareTerminal = Boolean(process.stderr.isTTY && process.stdout.isTTY);
    this.#bars = new MultiBar({
      format,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      barsize: 24,
      hideCursor: true,
      linewrap: null,
      clearOnComplete: true,
      noTTYOutput: true,
      notTTYSchedule: PLAIN_INTERVAL_MS,
      // It would swallow the first Ctrl-C.
      gracefulExit: false,
      emptyOnZero: true,
    });
    this.#bar = this.#bars.create(total, 0, { note: '' });
  }

  /** @param total if it is not known from the start, or has changed */
  update(value: number, note = '', total?: number): void {
    if (total !== undefined) this.#bar.setTotal(total);
    const room = Math.max(0, (process.stderr.columns ?? 80) - 50);
    this.#bar.update(value, { note: note.length > room ? `…${note.slice(-room)}` : note });
  }

  /** Writes a line of output. */
  line(text: string): void {
    if (this.#shareTerminal) this.#bars.log(`${text}\n`);
    else process.stdout.write(`${text}\n`);
  }

  /** Writes a line that is not output. */
  note(text: string): void {
    if (this.#shareTerminal) this.#bars.log(`${text}\n`);
    else process.stderr.write(`${text}\n`);
  }

  stop(): void {
    // Draws once more, so that lines that still wait come out before the bar goes.
    if (this.#shareTerminal) this.#bars.update();
    this.#bars.stop();
  }
}
