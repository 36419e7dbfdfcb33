import type { AudioFormat } from '../audio/audio-format.ts';
import type { Clock } from '../kernel/clock.ts';
import { describeError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { Logger } from '../kernel/logger.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import type { WebhookKind } from '../model/webhooks/webhook-endpoint.ts';
import { LiveFeed } from './live-feed.ts';
import type { LiveOutcome, LiveQueue } from './live-queue.ts';
import { type TargetBreakers, targetKey } from './target-breakers.ts';
import { addressFor } from './webhook-address.ts';
import type { WebhookBodies } from './webhook-bodies.ts';
import type { OnWebhookAnswer } from './webhook-delivery-run.ts';
import type { ResolvedEndpoint, WebhookEndpoints } from './webhook-endpoints.ts';
import type { WebhookSender } from './webhook-sender.ts';

const LIVE_KINDS: readonly WebhookKind[] = [
  'transcript_processed',
  'realtime_transcript',
  'audio_bytes',
];

/** What a live session tells webhooks. */
export interface SessionFeed {
  /** Takes segments that are new or have changed. */
  segments(segments: readonly TranscriptSegment[]): void;
  /** Takes one frame of the session's codec. */
  audio(frame: Uint8Array): void;
  /** Sends what still waits; never rejects. */
  end(): Promise<void>;
}

/** Begins to tell webhooks of a session; `format` is null if it gets no audio. */
export type BeginFeed = (uid: string, format: AudioFormat | null) => SessionFeed;

export interface LiveWebhooksOptions {
  clock: Clock;
  logger: Logger;
  endpoints: WebhookEndpoints;
  sender: WebhookSender;
  breakers: TargetBreakers;
  bodies: WebhookBodies;
  onAnswer: OnWebhookAnswer;
}

/**
 * Tells webhooks what is being said. Nothing of it is kept or sent again: words and audio of a minute
 * ago come with the conversation.
 */
export class LiveWebhooks {
  readonly #o: LiveWebhooksOptions;
  readonly #stop = new AbortController();
  readonly #feeds = new Set<LiveFeed>();
  readonly #ending = new Set<Promise<void>>();

  constructor(options: LiveWebhooksOptions) {
    this.#o = options;
  }

  /** Begins to tell of one session; see `BeginFeed`. */
  begin(uid: string, format: AudioFormat | null): SessionFeed {
    const { endpoints, clock, logger, bodies } = this.#o;
    const feed = new LiveFeed({
      format,
      now: () => clock.now(),
      targets: () => endpoints.listActive(uid, LIVE_KINDS),
      sendSegments: async (endpoint, segments) =>
        await this.#send(uid, endpoint, {
          body: Buffer.from(bodies.transcript(uid, segments)),
          sampleRate: null,
        }),
      sendAudio: async (endpoint, { pcm, sampleRate }) =>
        await this.#send(uid, endpoint, { body: pcm, sampleRate }),
      count: (queue) => this.#count(uid, queue),
      onError: (error) =>
        logger.warn({ uid, error: describeError(error) }, 'live webhooks not looked up'),
    });
    this.#feeds.add(feed);
    return {
      segments: (segments) => feed.segments(segments),
      audio: (frame) => feed.audio(frame),
      end: () => this.#end(feed),
    };
  }

  async #end(feed: LiveFeed): Promise<void> {
    this.#feeds.delete(feed);
    const ending = feed.close().catch((error: unknown) => {
      this.#o.logger.warn({ error: describeError(error) }, 'live webhooks not ended');
    });
    this.#ending.add(ending);
    await ending;
    this.#ending.delete(ending);
  }

  /** Ends requests that are under way. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all([...this.#ending, ...[...this.#feeds].map((feed) => this.#end(feed))]);
  }

  async #send(
    uid: string,
    endpoint: ResolvedEndpoint,
    content: { body: Uint8Array; sampleRate: number | null },
  ): Promise<LiveOutcome> {
    const { endpoints, sender, breakers, logger } = this.#o;
    const key = targetKey(endpoint.url);
    if (breakers.enter(key) > 0) return { isDelivered: false, status: null };
    try {
      const eventId = `msg_${newId()}`;
      const secrets = await endpoints.secrets.signing(endpoint.secretOwner, endpoint.id);
      const { attempt, isDelivered, isGone, text } = await sender.send(
        {
          id: eventId,
          url: addressFor(endpoint.url, uid, content.sampleRate),
          body: content.body,
          contentType:
            content.sampleRate === null ? 'application/json' : 'application/octet-stream',
          secrets,
        },
        this.#stop.signal,
      );
      breakers.record(key, isDelivered || isGone);
      if (isGone) await endpoints.markGone(uid, endpoint.id);
      if (text && content.sampleRate === null) {
        await this.#o.onAnswer(uid, endpoint, { text, conversationId: null, eventId });
      }
      return { isDelivered, status: attempt.status };
    } catch (error) {
      if (!this.#stop.signal.aborted) {
        logger.warn({ uid, error: describeError(error) }, 'live webhook not sent');
      }
      return { isDelivered: false, status: null };
    }
  }

  async #count(uid: string, queue: LiveQueue<unknown>): Promise<void> {
    const counts = queue.takeCounts();
    if (counts) await this.#o.endpoints.countLive(uid, queue.endpoint.id, counts);
  }
}
