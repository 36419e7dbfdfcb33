/**
 * Something that one tab of this browser does at a time. The lock goes with its tab, also when that one
 * crashes.
 */
export class TabLock {
  readonly #name: string;
  #release: (() => void) | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  get isHeld(): boolean {
    return this.#release !== undefined;
  }

  /** False if another tab holds it. */
  take(): Promise<boolean> {
    if (this.isHeld) return Promise.resolve(true);
    return new Promise((resolve) => {
      void navigator.locks.request(this.#name, { ifAvailable: true }, (lock) => {
        if (lock === null) {
          resolve(false);
          return undefined;
        }
        return new Promise<void>((release) => {
          this.#release = release;
          resolve(true);
        });
      });
    });
  }

  release(): void {
    this.#release?.();
    this.#release = undefined;
  }

  /** Resolves once no other tab holds it. It is not taken. */
  async whenFree(): Promise<void> {
    await navigator.locks.request(this.#name, { mode: 'shared' }, () => undefined);
  }
}
