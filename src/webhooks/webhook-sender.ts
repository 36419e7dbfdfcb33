import type { Clock } from '../kernel/clock.ts';
import { isAppError } from '../kernel/errors.ts';
import type { GuardedHttp } from '../kernel/guarded-http.ts';
import type { WebhookAttempt } from '../model/webhooks/webhook-delivery.ts';
import { readRetryAfter } from './retry-schedule.ts';
import { signatureHeaders } from './signature.ts';

const TIMEOUT_MS = 30_000;
/** What is read of a response, bytes; an app answers with a few sentences. */
const MAX_RESPONSE_BYTES = 256 * 1024;

/** What is sent to a webhook. */
export interface WebhookRequest {
  /** `webhook-id`: the same for every request of one event. */
  id: string;
  url: string;
  body: Uint8Array;
  contentType: 'application/json' | 'application/octet-stream';
  secrets: readonly string[];
}

/** How a request ended. */
export interface WebhookOutcome {
  attempt: WebhookAttempt;
  /** True for a status of 200 to 299. */
  isDelivered: boolean;
  /** True if the receiver wants nothing more (410). */
  isGone: boolean;
  /** How long the receiver asks to wait, milliseconds; null if it does not. */
  retryAfterMs: number | null;
  /** The response of a receiver that said 200 exactly, which alone is read; else null. */
  text: string | null;
}

/** Makes one request of a webhook; it never throws because of what the receiver does. */
export class WebhookSender {
  readonly #http: Pick<GuardedHttp, 'request'>;
  readonly #clock: Clock;

  constructor(options: { http: Pick<GuardedHttp, 'request'>; clock: Clock }) {
    this.#http = options.http;
    this.#clock = options.clock;
  }

  /** @throws the signal's reason if it is aborted */
  async send(request: WebhookRequest, signal: AbortSignal): Promise<WebhookOutcome> {
    const { id, url, body, contentType, secrets } = request;
    const at = this.#clock.now();
    const begun = performance.now();
    const ended = (
      result: Pick<WebhookAttempt, 'status' | 'error'> & { responseBytes?: number },
    ): WebhookAttempt => ({
      responseBytes: 0,
      ...result,
      at,
      durationMs: Math.round(performance.now() - begun),
      requestBytes: body.length,
    });
    try {
      const response = await this.#http.request(
        {
          url,
          method: 'POST',
          headers: { 'content-type': contentType, ...signatureHeaders(id, body, secrets, at) },
          body,
          timeoutMs: TIMEOUT_MS,
          maxBytes: MAX_RESPONSE_BYTES,
        },
        signal,
      );
      const { status } = response;
      const isDelivered = status >= 200 && status < 300;
      return {
        attempt: ended({
          status,
          error: isDelivered ? null : describeStatus(status),
          responseBytes: response.body.length,
        }),
        isDelivered,
        isGone: status === 410,
        retryAfterMs: readRetryAfter(response.headers['retry-after'], this.#clock.now()),
        text: status === 200 ? response.body.toString('utf8') : null,
      };
    } catch (error) {
      signal.throwIfAborted();
      const reason = isAppError(error) ? error.message : 'The connection broke off.';
      return {
        attempt: ended({ status: null, error: reason }),
        isDelivered: false,
        isGone: false,
        retryAfterMs: null,
        text: null,
      };
    }
  }
}

function describeStatus(status: number): string {
  if (status >= 300 && status < 400) {
    return `The receiver redirected (${status}); redirects are not followed.`;
  }
  return `The receiver answered ${status}.`;
}
