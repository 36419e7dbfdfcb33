import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { Logger } from '../kernel/logger.ts';

/** Shortest time between two warnings about the same, milliseconds. */
const REPEAT_MS = 10 * 60_000;

/** Logs if the collector does not take what it is sent, and if it takes it again. */
export class DeliveryLog {
  readonly #logger: Logger;
  readonly #signal: string;
  #warnedAt: number | undefined;

  /** @param signal `traces` or `metrics` */
  constructor(logger: Logger, signal: string) {
    this.#logger = logger;
    this.#signal = signal;
  }

  note(result: ExportResult): void {
    const signal = this.#signal;
    if (result.code === ExportResultCode.SUCCESS) {
      if (this.#warnedAt !== undefined) this.#logger.info({ signal }, 'telemetry is sent again');
      this.#warnedAt = undefined;
      return;
    }
    const now = performance.now();
    if (this.#warnedAt !== undefined && now - this.#warnedAt < REPEAT_MS) return;
    this.#warnedAt = now;
    this.#logger.warn({ signal, reason: reasonOf(result.error) }, 'telemetry cannot be sent');
  }
}

/** Returns a status or a code: the text of the other side may be anything. */
function reasonOf(error: Error | undefined): string {
  if (error === undefined) return 'unknown';
  const inner = error.cause instanceof Error ? error.cause : error;
  return 'code' in inner && inner.code !== undefined ? String(inner.code) : inner.name;
}
