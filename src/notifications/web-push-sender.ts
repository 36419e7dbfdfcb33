import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import type { GuardedHttp } from '../kernel/guarded-http.ts';
import type { PushSubscription } from '../model/notifications/push.ts';
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
/** With these nothing was sent: it may be tried again. */
const NOT_CONNECTED = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN'];

/**
 * What became of a message. `not-sent`: the push service has not taken it and may later.
 * `unknown`: it may have taken it.
 */
export type PushOutcome = 'sent' | 'gone' | 'not-sent' | 'refused' | 'unknown';

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
  ): Promise<PushOutcome> {
    const bytes = Buffer.from(JSON.stringify(message));
    if (bytes.length > MAX_MESSAGE_BYTES) {
      throw new AppError('internal', 'A push message is too large.');
    }
    const { endpoint, p256dh, auth } = subscription;
    try {
      const { status } = await this.#http.request(
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
      return outcomeOf(status);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code === 'forbidden' || error.code === 'bad-request') return 'refused';
      return wasConnected(error) ? 'unknown' : 'not-sent';
    }
  }
}

function outcomeOf(status: number): PushOutcome {
  if (status >= 200 && status < 300) return 'sent';
  if (status === 404 || status === 410) return 'gone';
  return status === 429 || status >= 500 ? 'not-sent' : 'refused';
}

function wasConnected({ cause }: AppError): boolean {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return !NOT_CONNECTED.includes(code);
}
