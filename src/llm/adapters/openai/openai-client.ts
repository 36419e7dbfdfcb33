import type OpenAI from 'openai';
import { wait } from '../../../kernel/backoff.ts';
import { AppError } from '../../../kernel/errors.ts';
import type { Logger } from '../../../kernel/logger.ts';
import { boundedFetch } from './bounded-fetch.ts';
import { ModelAbilities } from './model-abilities.ts';
import { busyForMs, retryDelayMs, toModelError } from './openai-errors.ts';

/** Where and how to ask; the same shape as the registry's `ModelServer`. */
export interface OpenAiOptions {
  apiKey: string | null;
  /** Includes `/v1`. */
  baseUrl: string;
  model: string;
  timeoutMs: number;
  logger: Logger;
  /** What is known of the model, shared with others that ask it; absent: nothing yet. */
  abilities?: ModelAbilities;
}

/** A piece of work that ends at a fixed time: every request within it shares the rest of it. */
export interface Deadline {
  signal: AbortSignal;
  /** Epoch milliseconds. */
  endsAt: number;
  /** True once the one retry has been used. */
  retried: boolean;
}

/** Bytes of one answer, a stream's events with all that is around the words included. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** Longest pause that is waited for inside a call, milliseconds. */
const LONGEST_PAUSE_MS = 5_000;

type SdkModule = typeof import('openai');

/**
 * The vendor's SDK, loaded at the first request (it costs a quarter of a second and 20 MB), with
 * its own retries and its logging off: retries live in the jobs, and its debug log quotes speech.
 */
export class OpenAiClient {
  readonly #options: OpenAiOptions;
  readonly #maxAnswerBytes: number;
  /** What is known of the model. */
  readonly abilities: ModelAbilities;
  /** When the server may be asked again, epoch milliseconds: a limit is one for all callers. */
  #quietUntil = 0;
  #loading: Promise<{ sdk: SdkModule; client: OpenAI }> | undefined;

  constructor(options: OpenAiOptions, maxAnswerBytes = MAX_ANSWER_BYTES) {
    this.#options = options;
    this.#maxAnswerBytes = maxAnswerBytes;
    this.abilities = options.abilities ?? new ModelAbilities();
  }

  /** True for OpenAI itself, which takes all that is asked of it, and some options more. */
  get isOpenAi(): boolean {
    return isOpenAi(this.#options.baseUrl);
  }

  /** The server's address without anything secret that it may hold. */
  get where(): string {
    const url = new URL(this.#options.baseUrl);
    return `${url.origin}${url.pathname.replace(/\/$/, '')}`;
  }

  /**
   * Runs `work` within the time bound. Throws `timeout` when it is over and `aborted` when the
   * caller gave up; both end a request that is under way.
   */
  async within<T>(signal: AbortSignal, work: (deadline: Deadline) => Promise<T>): Promise<T> {
    const { timeoutMs } = this.#options;
    const controller = new AbortController();
    const stop = () => controller.abort();
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    const timer = setTimeout(stop, timeoutMs);
    try {
      return await work({
        signal: controller.signal,
        endsAt: Date.now() + timeoutMs,
        retried: false,
      });
    } catch (error) {
      if (signal.aborted) throw new AppError('aborted', 'The call of the model was cancelled.');
      if (controller.signal.aborted) {
        const message = `The model at ${this.where} did not answer within ${timeoutMs / 1000} s.`;
        throw new AppError('timeout', message);
      }
      throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
  }

  /**
   * One request. If the server asks for a short wait (429, 503 with `Retry-After`) and the
   * deadline leaves room, it is made once more. `unless` may answer for an error that has another
   * way out before it becomes an `AppError`.
   */
  async request<T>(
    deadline: Deadline,
    ask: (client: OpenAI, options: { signal: AbortSignal }) => Promise<T>,
    unless: (error: InstanceType<SdkModule['APIError']>) => T | undefined = () => undefined,
  ): Promise<T> {
    const { sdk, client } = await this.#load();
    for (;;) {
      await this.#untilWelcome(deadline);
      try {
        return await ask(client, { signal: deadline.signal });
      } catch (error) {
        if (deadline.signal.aborted || error instanceof AppError) throw error;
        // Not the API's own error: the connection broke while the answer was read, or its body
        // is not JSON. Neither message is kept, both can quote the answer.
        if (error instanceof SyntaxError) {
          throw new AppError('provider-protocol', `${this.where} did not answer with JSON.`);
        }
        if (!(error instanceof sdk.APIError)) {
          throw new AppError('provider-unavailable', `The connection to ${this.where} broke.`);
        }
        const answer = unless(error);
        if (answer !== undefined) return answer;
        const now = Date.now();
        const busyMs = busyForMs(error, now);
        if (busyMs !== null) this.#quietUntil = Math.max(this.#quietUntil, now + busyMs);
        const delay = deadline.retried ? null : retryDelayMs(error, now);
        if (delay === null || Date.now() + delay >= deadline.endsAt) {
          throw toModelError(error, this.#options.model, this.where, busyMs);
        }
        deadline.retried = true;
        this.#options.logger.info({ status: error.status, delayMs: delay }, 'model call retried');
        await wait(delay, deadline.signal);
      }
    }
  }

  /** Waits for a short pause that the server has asked for; during a longer one no request is sent. */
  async #untilWelcome(deadline: Deadline): Promise<void> {
    const pauseMs = this.#quietUntil - Date.now();
    if (pauseMs <= 0) return;
    if (pauseMs > LONGEST_PAUSE_MS || Date.now() + pauseMs >= deadline.endsAt) {
      const message = `The model at ${this.where} takes no more calls for now.`;
      throw new AppError('provider-quota', message, { retryAfterMs: pauseMs });
    }
    await wait(pauseMs, deadline.signal);
  }

  #load(): Promise<{ sdk: SdkModule; client: OpenAI }> {
    this.#loading ??= import('openai').then((sdk) => ({ sdk, client: this.#connect(sdk) }));
    return this.#loading;
  }

  #connect(sdk: SdkModule): OpenAI {
    const { apiKey, baseUrl, timeoutMs } = this.#options;
    return new sdk.OpenAI({
      baseURL: baseUrl,
      apiKey: apiKey ?? 'none',
      // A server that asks for no key is sent none. Everything else that the SDK would take from
      // the environment is switched off.
      ...(apiKey === null ? { defaultHeaders: { Authorization: null } } : {}),
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
      maxRetries: 0,
      fetch: boundedFetch(this.#maxAnswerBytes),
      timeout: timeoutMs + 1_000,
      logLevel: 'off',
    });
  }
}

/** True for OpenAI itself, which takes options that other servers may refuse. */
export function isOpenAi(baseUrl: string): boolean {
  const { hostname } = new URL(baseUrl);
  return hostname === 'api.openai.com' || hostname.endsWith('.api.openai.com');
}
