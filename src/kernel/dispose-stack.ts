/**
 * Owns resources and releases them in reverse order of creation. Every release is tried even if an
 * earlier one failed; the failures are thrown together at the end.
 */
export class DisposeStack {
  readonly #releases: { name: string; release: () => Promise<void> | void }[] = [];
  #disposed: Promise<void> | undefined;

  /** Registers `release` to be called once by `dispose`. */
  defer(name: string, release: () => Promise<void> | void): void {
    this.#releases.push({ name, release });
  }

  /** Registers the `close` of a resource and returns the resource. */
  use<T extends { close(): Promise<void> | void }>(name: string, resource: T): T {
    this.defer(name, () => resource.close());
    return resource;
  }

  /** Releases everything. A second call waits for the first. */
  dispose(): Promise<void> {
    this.#disposed ??= this.#disposeAll();
    return this.#disposed;
  }

  async #disposeAll(): Promise<void> {
    const failures: Error[] = [];
    for (const { name, release } of this.#releases.splice(0).reverse()) {
      try {
        await release();
      } catch (cause) {
        failures.push(new Error(`Closing ${name} failed.`, { cause }));
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Shutdown was not clean.');
  }
}
