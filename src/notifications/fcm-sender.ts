import { z } from 'zod';
import { accessTokenAnswer, GoogleAccess } from '../auth/google-access.ts';
import type { ServiceAccount } from '../auth/service-account.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import type { GuardedHttp, GuardedResponse } from '../kernel/guarded-http.ts';
import { parseJson } from '../kernel/json.ts';
import type { NotificationMessage, PushResult } from './notification-channel.ts';
import { outcomeOfFailure, retryAfterMs } from './push-outcome.ts';

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
const TIMEOUT_MS = 15_000;
/** How long Google keeps a message for a phone that is away. */
const TTL = '86400s';

/** https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode */
const failureAnswer = z.object({
  error: z.object({
    details: z.array(z.object({ errorCode: z.string().optional() })).optional(),
  }),
});

export interface FcmSenderOptions {
  http: Pick<GuardedHttp, 'request'>;
  account: ServiceAccount;
  projectId: string;
  /** Of Firebase Cloud Messaging and of Google's tokens, without a final slash. */
  baseUrl: string;
  tokenBaseUrl: string;
  clock: Clock;
}

/**
 * Sends messages to phones by the HTTP v1 API of Firebase Cloud Messaging
 * (https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages/send).
 */
export class FcmSender {
  readonly #o: FcmSenderOptions;
  readonly #access: GoogleAccess;

  constructor(options: FcmSenderOptions) {
    this.#o = options;
    const { account, tokenBaseUrl, clock } = options;
    this.#access = new GoogleAccess({
      account,
      tokenBaseUrl,
      clock,
      scope: SCOPE,
      post: (url, form) => this.#token(url, form),
    });
  }

  /** @param token that a phone has registered */
  async send(
    token: string,
    message: NotificationMessage,
    signal: AbortSignal,
  ): Promise<PushResult> {
    const { baseUrl, projectId, clock } = this.#o;
    let headers: { authorization: string };
    try {
      headers = await this.#access.headers();
    } catch (error) {
      // Nothing was sent; credentials that Google refuses may be mended meanwhile.
      if (!(error instanceof AppError)) throw error;
      return { outcome: 'not-sent', retryAfterMs: error.retryAfterMs };
    }
    let response: GuardedResponse;
    try {
      response = await this.#o.http.request(
        {
          url: `${baseUrl}/v1/projects/${encodeURIComponent(projectId)}/messages:send`,
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify({ message: toFcm(token, message) }),
          timeoutMs: TIMEOUT_MS,
        },
        signal,
      );
    } catch (error) {
      return { outcome: outcomeOfFailure(error), retryAfterMs: null };
    }
    // The token was taken back before its time.
    if (response.status === 401) this.#access.forget();
    const wait = retryAfterMs(response.headers['retry-after'], clock.now());
    return { outcome: outcomeOf(response), retryAfterMs: wait };
  }

  async #token(url: string, form: Record<string, string>) {
    const { status, headers, body } = await this.#o.http.request(
      {
        url,
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(form).toString(),
        timeoutMs: TIMEOUT_MS,
      },
      AbortSignal.timeout(TIMEOUT_MS),
    );
    const parsed = accessTokenAnswer.safeParse(parseJson(body.toString('utf8')));
    if (status === 200 && parsed.success) return parsed.data;
    const wait = retryAfterMs(headers['retry-after'], this.#o.clock.now());
    throw new AppError('provider-rejected', `Google gave no access token: HTTP ${status}.`, {
      ...(wait === null ? {} : { retryAfterMs: wait }),
    });
  }
}

function outcomeOf({ status, body }: GuardedResponse): PushResult['outcome'] {
  if (status >= 200 && status < 300) return 'sent';
  if (status === 401 || status === 429 || status >= 500) return 'not-sent';
  const parsed = failureAnswer.safeParse(parseJson(body.toString('utf8')));
  const codes = parsed.success ? (parsed.data.error.details ?? []) : [];
  const code = codes.find(({ errorCode }) => errorCode !== undefined)?.errorCode;
  // The app was removed, or the token is another project's.
  return code === 'UNREGISTERED' || code === 'SENDER_ID_MISMATCH' ? 'gone' : 'refused';
}

/** Where Omi's app goes, and what it expects beside it; all values are texts. */
function toFcm(token: string, message: NotificationMessage) {
  const { id, kind, title, body, documentId } = message;
  const places = {
    conversation: `/conversation/${documentId}`,
    daily_summary: `/daily-summary/${documentId}`,
    task: '/action-items',
    app_message: '/chat/omi',
  };
  return {
    token,
    notification: { title, body },
    data: {
      id,
      kind,
      sender: 'ai',
      type: kind === 'daily_summary' ? 'day_summary' : 'text',
      notification_type: kind === 'daily_summary' ? 'daily_summary' : 'plugin',
      from_integration: String(kind === 'app_message'),
      text: body,
      navigate_to: places[kind],
    },
    // The same notification again replaces the one that is shown.
    android: { ttl: TTL, notification: { tag: id } },
    apns: { headers: { 'apns-collapse-id': id.slice(0, 64) } },
  };
}
