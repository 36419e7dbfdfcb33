import type { AudioBatch, AudioFormat } from '../audio/audio-format.ts';
import { createWebRtcVoiceActivity } from '../audio/voice-activity-webrtc.ts';
import { wait } from '../kernel/backoff.ts';
import { AppError } from '../kernel/errors.ts';
import type { ProviderChange, SttEvent } from '../stt/stt-event.ts';
import type { ReplayableAudio, SttProvider, SttStream } from '../stt/stt-provider.ts';
import { vadGated } from '../stt/vad-gated.ts';
import type { SttMeter } from '../users/stt-usage.ts';

/** `shadow`: everything is sent, and what could have been saved is counted. */
export type VadGateMode = 'off' | 'shadow' | 'active';

/** How often a stream without budget looks whether there is one again, at least. */
const RECHECK_MS = 30_000;

/**
 * A provider whose audio is counted as it is handed over, over every connection: that is what the
 * vendor charges for. Where the vendor says what it has counted, that is taken instead.
 *
 * @param hasToStop true while the provider must be sent no more although others may: a connection
 *   then fails with `budget-used-up`, and what it had not made final is heard by somebody else
 */
export function metered(
  provider: SttProvider,
  meter: SttMeter,
  hasToStop: () => boolean = () => false,
): SttProvider {
  const { name, capabilities } = provider;
  return {
    name,
    capabilities,
    check: (signal) => provider.check(signal),
    async *transcribe(audio, options, signal) {
      let countedMs = 0;
      const count = (ms: number) => {
        countedMs += ms;
        meter.count(name, { sentMs: ms });
      };
      const sent = counted(audio, count, hasToStop);
      for await (const event of provider.transcribe(sent, options, signal)) {
        if (event.type === 'usage') count(event.audioMs - countedMs);
        yield event;
      }
    },
  };
}

async function* counted(
  audio: AsyncIterable<AudioBatch>,
  count: (ms: number) => void,
  hasToStop: () => boolean,
): AsyncGenerator<AudioBatch, void, undefined> {
  for await (const batch of audio) {
    if (hasToStop()) throw new AppError('budget-used-up', 'The budget of the day is used up.');
    count(batch.durationMs);
    yield batch;
  }
}

/**
 * A stream that keeps silence back, as far as `mode` says, and counts it for `provider`. AAC is
 * decoded by a process of its own; a second one only to listen for a voice is not worth it, so that
 * AAC is sent as it is.
 */
export function gatedStream(
  stream: SttStream,
  mode: VadGateMode,
  format: AudioFormat,
  meter: SttMeter,
  provider: string,
): SttStream {
  if (mode === 'off' || format.encoding === 'aac') return stream;
  return vadGated(stream, {
    mode,
    createDetector: createWebRtcVoiceActivity,
    onSilence: (ms) =>
      meter.count(provider, mode === 'active' ? { savedMs: ms } : { savableMs: ms }),
  });
}

/**
 * A stream that sends nothing while the user's budget is used up, or that of every provider of its
 * chain. When that happens the provider is
 * told that the audio has ended, so that its last words come; then `budget-exhausted` is given and
 * the stream waits. It goes on where it was when the budget has been renewed: the audio is kept by
 * its source meanwhile.
 *
 * @param providers names of the chain, from the one that the stream begins with
 */
export function budgeted(
  stream: SttStream,
  meter: SttMeter,
  providers: readonly [string, ...string[]],
  recheckMs = RECHECK_MS,
): SttStream {
  const isExhausted = () => meter.exhaustedFor(providers);
  const [first] = providers;
  return {
    async *transcribe(audio, options, fromMs, signal): AsyncGenerator<SttEvent, void, undefined> {
      let positionMs = fromMs;
      let change: ProviderChange | null = null;
      for (;;) {
        await meter.refresh();
        if (!isExhausted()) {
          const limited = new LimitedAudio(audio, isExhausted, positionMs);
          for await (const event of stream.transcribe(limited, options, positionMs, signal)) {
            if (event.type === 'provider-change') change = event;
            yield limited.trusted(event);
          }
          if (limited.cutAtMs === null) return;
          positionMs = limited.trustedUntilMs;
        }
        yield { type: 'budget-exhausted', renewsAt: meter.renewsAt };
        while (isExhausted()) {
          await wait(recheckMs, signal);
          await meter.refresh();
        }
        // What goes on is a stream of its own, which begins with the first of its chain.
        if (change && change.provider !== first) {
          const { provider: from } = change;
          yield { ...change, provider: first, from, reason: null, overBudget: false };
        }
        change = null;
      }
    },
  };
}

/** A word that ends so close to where the audio was cut off may be the half of one. */
const HALF_WORD_MS = 500;
/** No word is longer. */
const LONGEST_WORD_MS = 5_000;

/** Audio that ends when the budget does, wherever that is, and what of its words can be trusted. */
class LimitedAudio implements ReplayableAudio {
  readonly #source: ReplayableAudio;
  readonly #isExhausted: () => boolean;
  /** Where the audio was cut off for want of budget; null while it was not. */
  cutAtMs: number | null = null;
  #givenUntilMs: number;

  constructor(source: ReplayableAudio, isExhausted: () => boolean, fromMs: number) {
    this.#source = source;
    this.#isExhausted = isExhausted;
    this.#givenUntilMs = fromMs;
  }

  async *readFrom(positionMs: number, signal: AbortSignal): AsyncGenerator<AudioBatch> {
    for await (const batch of this.#source.readFrom(positionMs, signal)) {
      if (this.#isExhausted()) {
        this.cutAtMs ??= batch.startMs;
        return;
      }
      yield batch;
    }
  }

  /** Up to here no word was cut in two: where to go on. Position of the audio, milliseconds. */
  get trustedUntilMs(): number {
    return Math.max(this.#givenUntilMs, (this.cutAtMs ?? 0) - LONGEST_WORD_MS);
  }

  /** The event without what may be wrong because the audio was cut off. */
  trusted(event: SttEvent): SttEvent {
    if (event.type !== 'transcript-final') return event;
    const sureUntilMs = (this.cutAtMs ?? Number.POSITIVE_INFINITY) - HALF_WORD_MS;
    const words = event.words.filter((word) => word.endMs <= sureUntilMs);
    for (const { endMs } of words) this.#givenUntilMs = Math.max(this.#givenUntilMs, endMs);
    if (this.cutAtMs === null) return event;
    return { ...event, words, finalUntilMs: Math.min(event.finalUntilMs, this.trustedUntilMs) };
  }
}
