import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import type { GuardedHttp } from '../kernel/guarded-http.ts';
import type { PushSubscription } from '../model/notifications/push.ts';
import type { PushOutcome, PushResult } from './notification-channel.ts';
import { outcomeOfFailure, retryAfterMs } from './push-outcome.ts';
import {
  encryptPush,
  MAX_MESSAGE_BYTES,
  topicOf,
  type VapidKeys,
  vapidAuthorization,
} from './web-push-encryption.ts';

/** How long the push service keeps a message for a browser that is away, seconds. */
const TTL_S = 24 * 60 * 60;
const TIMEOUT_MS = 15_000;
/** Sends messages to the push services of browsers (RFC 8030). */
export class WebPushSender {
  readonly #http: GuardedHttp;
  readonly #keys: VapidKeys;
  readonly #contact: string;
  readonly #clock: Clock;

  /** @param options.contact address of whoever runs this server: `https:` or `mailto:` */
  constructor(options: { http: GuardedHttp; keys: VapidKeys; contact: string; clock: Clock }) {
    this.#http = options.http;
    this.#keys = options.keys;
    this.#contact = options.contact;
    this.#clock = options.clock;
  }

  /** What a browser subscribes with. */
  get publicKey(): string {
    return this.#keys.publicKey;
  }

  async send(
    subscription: PushSubscription,
    notificationId: string,
    message: object,
    signal: AbortSignal,
  ): Promise<PushResult> {
    const bytes = Buffer.from(JSON.stringify(message));
    if (bytes.length > MAX_MESSAGE_BYTES) {
      throw new AppError('internal', 'A push message is too large.');
    }
    const { endpoint, p256dh, auth } = subscription;
    try {
      const { status, headers } = await this.#http.request(
        {
          url: endpoint,
          method: 'POST',
          headers: {
            authorization: vapidAuthorization(
              endpoint,
              this.#keys,
              this.#contact,
              this.#clock.now(),
            ),
            'content-encoding': 'aes128gcm',
            'content-type': 'application/octet-stream',
            ttl: String(TTL_S),
            urgency: 'normal',
            topic: topicOf(notificationId),
          },
          body: encryptPush(bytes, { p256dh, auth }),
          timeoutMs: TIMEOUT_MS,
        },
        signal,
      );
      const wait = retryAfterMs(headers['retry-after'], this.#clock.now());
      return { outcome: outcomeOf(status), retryAfterMs: wait };
    } catch (error) {
      return { outcome: outcomeOfFailure(error), retryAfterMs: null };
    }
  }
}

function outcomeOf(status: number): PushOutcome {
  if (status >= 200 && status < 300) return 'sent';
  if (status === 404 || status === 410) return 'gone';
  return status === 429 || status >= 500 ? 'not-sent' : 'refused';
}
