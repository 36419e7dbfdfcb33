import { MultiBar, type SingleBar } from 'cli-progress';

/** Off a terminal: a line after so many per cent, or after so long. */
const PLAIN_PERCENT = 20;
const PLAIN_INTERVAL_MS = 10_000;

/**
 * Progress on standard error, with lines of output above it. On a terminal it is a bar; in a file or a
 * pipe it is a line for each step. The lines go to standard output, unless both are the terminal, because
 * they would disturb each other.
 */
export class Progress {
  readonly #bars: MultiBar | null;
  readonly #bar: SingleBar | null;
  readonly #plain: PlainProgress | null;
  readonly #shareTerminal: boolean;

  /**
   * @param format see cli-progress; `{note}` is free text of `update`
   * @param quiet nothing of the progress is shown
   */
  constructor(format: string, total: number, quiet = false) {
    const isTerminal = Boolean(process.stderr.isTTY) && !quiet;
    this.#shareTerminal = isTerminal && Boolean(process.stdout.isTTY);
    this.#bars = isTerminal
      ? new MultiBar({
          format,
          barCompleteChar: '█',
          barIncompleteChar: '░',
          barsize: 24,
          hideCursor: true,
          linewrap: null,
          clearOnComplete: true,
          // It would swallow the first Ctrl-C.
          gracefulExit: false,
          emptyOnZero: true,
        })
      : null;
    this.#bar = this.#bars?.create(total, 0, { note: '' }) ?? null;
    this.#plain = isTerminal || quiet ? null : new PlainProgress(format, total);
  }

  /** @param total if it is not known from the start, or has changed */
  update(value: number, note = '', total?: number): void {
    this.#plain?.update(value, note, total);
    if (total !== undefined) this.#bar?.setTotal(total);
    const room = Math.max(0, (process.stderr.columns ?? 80) - 50);
    this.#bar?.update(value, { note: note.length > room ? `…${note.slice(-room)}` : note });
  }

  /** Writes a line of output. */
  line(text: string): void {
    if (this.#shareTerminal) this.#bars?.log(`${text}\n`);
    else process.stdout.write(`${text}\n`);
  }

  /** Writes a line that is not output. */
  note(text: string): void {
    if (this.#shareTerminal) this.#bars?.log(`${text}\n`);
    else process.stderr.write(`${text}\n`);
  }

  stop(): void {
    // Draws once more, so that lines that still wait come out before the bar goes.
    if (this.#shareTerminal) this.#bars?.update();
    this.#bars?.stop();
  }
}

/** Progress as lines of text, a few in all. */
class PlainProgress {
  readonly #title: string;
  #total: number;
  #shownPercent = 0;
  #shownAt = performance.now();

  constructor(format: string, total: number) {
    this.#title = format.split(' [')[0] ?? '';
    this.#total = total;
  }

  update(value: number, note: string, total?: number): void {
    if (total !== undefined) this.#total = total;
    const percent = this.#total > 0 ? Math.floor((100 * value) / this.#total) : 0;
    const isLate = performance.now() - this.#shownAt >= PLAIN_INTERVAL_MS;
    if (percent < this.#shownPercent + PLAIN_PERCENT && !isLate) return;
    this.#shownPercent = percent - (percent % PLAIN_PERCENT);
    this.#shownAt = performance.now();
    const text = `${this.#title} ${value}/${this.#total} ${note}`;
    process.stderr.write(`${text.trim()}\n`);
  }
}
