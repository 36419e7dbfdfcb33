import type { AudioFormat } from '../audio/audio-format.ts';
import { Lc3Decoder } from '../audio/lc3-decoder.ts';
import { OpusDecoder } from '../audio/opus-decoder.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import { type LiveOutcome, LiveQueue } from './live-queue.ts';
import type { ResolvedEndpoint } from './webhook-endpoints.ts';

/** How often new segments are sent, milliseconds. */
const TICK_MS = 1_000;
/** How long the list of endpoints is trusted, milliseconds. */
const TARGETS_MS = 10_000;
/** Segments that may wait for one endpoint. */
const MAX_SEGMENTS = 200;
/** Audio kept while the endpoints are looked up, bytes. */
const MAX_EARLY_BYTES = 512 * 1024;

/** Audio that is complete enough for one request. */
export interface AudioPiece {
  pcm: Uint8Array;
  sampleRate: number;
}

export interface LiveFeedOptions {
  format: AudioFormat | null;
  /** Returns the user's active endpoints for live kinds. */
  targets: () => Promise<readonly ResolvedEndpoint[]>;
  sendSegments: (endpoint: ResolvedEndpoint, segments: TranscriptSegment[]) => Promise<LiveOutcome>;
  sendAudio: (endpoint: ResolvedEndpoint, piece: AudioPiece) => Promise<LiveOutcome>;
  /** Stores what the queues have counted. */
  count: (queue: LiveQueue<unknown>) => Promise<void>;
  onError: (error: unknown) => void;
  now: () => number;
}

type Decode = (frame: Uint8Array) => Uint8Array;

/** What one live session tells webhooks: its segments, and its audio as 16-bit PCM. */
export class LiveFeed {
  readonly #o: LiveFeedOptions;
  readonly #segmentQueues = new Map<string, LiveQueue<TranscriptSegment>>();
  readonly #audioQueues = new Map<string, { queue: LiveQueue<AudioPiece>; parts: Uint8Array[] }>();
  readonly #timer: NodeJS.Timeout;
  #early: Uint8Array[] | undefined = [];
  #earlyBytes = 0;
  #newSegments = new Map<string, TranscriptSegment>();
  #decode: Decode | null = null;
  #closeDecoder: (() => void) | null = null;
  #targetsAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;
  #wantsAudio = false;

  constructor(options: LiveFeedOptions) {
    this.#o = options;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#timer.unref();
    this.#look();
  }

  /** Takes segments that are new or have changed. */
  segments(segments: readonly TranscriptSegment[]): void {
    for (const segment of segments) {
      this.#newSegments.set(segment.id, segment);
      const [oldest] = this.#newSegments.keys();
      if (this.#newSegments.size > MAX_SEGMENTS && oldest) this.#newSegments.delete(oldest);
    }
  }

  /** Takes one frame of the session's codec. */
  audio(frame: Uint8Array): void {
    if (this.#early) {
      this.#early.push(frame);
      this.#earlyBytes += frame.length;
      while (this.#earlyBytes > MAX_EARLY_BYTES) {
        this.#earlyBytes -= this.#early.shift()?.length ?? this.#earlyBytes;
      }
      return;
    }
    if (this.#wantsAudio && this.#decode) this.#addPcm(this.#decode(frame));
  }

  /** Sends what waits and stores the counts. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
    this.#tick();
    await this.#looking;
    const queues = [...this.#queues()];
    await Promise.all(queues.map((queue) => queue.idle()));
    // What came while a request was under way.
    for (const queue of queues) queue.flush();
    await Promise.all(queues.map((queue) => queue.idle()));
    for (const queue of queues) await this.#o.count(queue);
    this.#closeDecoder?.();
  }

  #queues(): LiveQueue<unknown>[] {
    const audio = [...this.#audioQueues.values()].map(({ queue }) => queue as LiveQueue<unknown>);
    return [...(this.#segmentQueues.values() as Iterable<LiveQueue<unknown>>), ...audio];
  }

  #tick(): void {
    if (this.#o.now() - this.#targetsAt >= TARGETS_MS) this.#look();
    for (const queue of this.#segmentQueues.values()) {
      for (const [id, segment] of this.#newSegments) queue.add(id, segment);
    }
    if (this.#early === undefined) this.#newSegments = new Map();
    for (const queue of this.#queues()) queue.flush();
  }

  #look(): void {
    this.#looking ??= this.#refresh()
      .catch((error: unknown) => this.#o.onError(error))
      .finally(() => {
        this.#looking = undefined;
      });
  }

  async #refresh(): Promise<void> {
    const targets = await this.#o.targets();
    for (const queue of this.#queues()) await this.#o.count(queue);
    const isAudio = ({ kind }: ResolvedEndpoint) => kind === 'audio_bytes';
    replaceKeys(
      this.#segmentQueues,
      targets.filter((target) => !isAudio(target)),
      (endpoint) => this.#segmentQueue(endpoint),
    );
    replaceKeys(this.#audioQueues, targets.filter(isAudio), (endpoint) => ({
      queue: this.#audioQueue(endpoint),
      parts: [],
    }));
    this.#wantsAudio = this.#audioQueues.size > 0;
    if (this.#wantsAudio && this.#decode === null) await this.#openDecoder();
    this.#targetsAt = this.#o.now();
    const early = this.#early ?? [];
    this.#early = undefined;
    this.#earlyBytes = 0;
    for (const frame of early) this.audio(frame);
  }

  #segmentQueue(endpoint: ResolvedEndpoint): LiveQueue<TranscriptSegment> {
    const send = (segments: TranscriptSegment[]) => this.#o.sendSegments(endpoint, segments);
    return new LiveQueue({ endpoint, max: MAX_SEGMENTS, send });
  }

  #audioQueue(endpoint: ResolvedEndpoint): LiveQueue<AudioPiece> {
    const send = async ([piece]: AudioPiece[]) =>
      piece ? await this.#o.sendAudio(endpoint, piece) : { isDelivered: false, status: null };
    // The newest piece alone may wait: old audio is of no use to somebody who listens live.
    return new LiveQueue({ endpoint, max: 1, send });
  }

  #addPcm(pcm: Uint8Array): void {
    const { format } = this.#o;
    if (!format || pcm.length === 0) return;
    const { sampleRate } = format;
    for (const entry of this.#audioQueues.values()) {
      entry.parts.push(pcm);
      const bytes = entry.parts.reduce((sum, part) => sum + part.length, 0);
      if (bytes < entry.queue.endpoint.seconds * sampleRate * 2) continue;
      entry.queue.add(String(this.#pieces++), { pcm: Buffer.concat(entry.parts), sampleRate });
      entry.parts = [];
      entry.queue.flush();
    }
  }

  #pieces = 0;

  /** AAC is decoded by another program and in one piece: its live audio is sent to nobody. */
  async #openDecoder(): Promise<void> {
    const { format } = this.#o;
    if (format?.encoding === 'pcm-s16le') this.#decode = (frame) => frame;
    if (format?.encoding === 'opus') {
      const decoder = await OpusDecoder.create(format.sampleRate);
      this.#decode = (frame) => decoder.decode(frame);
      this.#closeDecoder = () => decoder.close();
    }
    if (format?.encoding === 'lc3') {
      const decoder = await Lc3Decoder.create(format.sampleRate);
      this.#decode = (frame) => decoder.decode(frame);
      this.#closeDecoder = () => decoder.close();
    }
  }
}

/** Makes the keys of `map` those of `targets`; entries whose target stays are kept. */
function replaceKeys<T>(
  map: Map<string, T>,
  targets: readonly ResolvedEndpoint[],
  make: (endpoint: ResolvedEndpoint) => T,
): void {
  const key = ({ id, url }: ResolvedEndpoint) => `${id} ${url}`;
  const wanted = new Set(targets.map(key));
  for (const known of map.keys()) if (!wanted.has(known)) map.delete(known);
  for (const target of targets) {
    if (!map.has(key(target))) map.set(key(target), make(target));
  }
}
