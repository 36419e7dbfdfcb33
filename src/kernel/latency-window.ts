const WINDOW = 1_024;

/** The latest measurements of one kind, for percentiles in bounded memory. */
export class LatencyWindow {
  readonly #values = new Float64Array(WINDOW);
  #count = 0;

  /** Adds one measurement, milliseconds. */
  add(ms: number): void {
    this.#values[this.#count % WINDOW] = ms;
    this.#count += 1;
  }

  /** Returns percentiles over the latest 1,024 measurements, milliseconds; null if there are none. */
  summary(): { count: number; p50: number | null; p99: number | null } {
    const sorted = this.#values.slice(0, Math.min(this.#count, WINDOW)).sort();
    const at = (share: number) => {
      const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
      return value === undefined ? null : Math.round(value * 100) / 100;
    };
    return { count: this.#count, p50: at(0.5), p99: at(0.99) };
  }
}
