import type { AudioBatch, AudioFormat } from '../audio/audio-format.ts';
import type { AudioSink, ReplayableAudio } from '../audio/replayable-audio.ts';
import type { HeardSpan } from './stream-speakers.ts';
import type { ProviderEvent, SttEvent } from './stt-event.ts';
import type { SttService } from './stt-service.ts';

export interface SttOptions {
  /** Format of the batches, one that the provider's capabilities name. */
  format: AudioFormat;
  /** BCP-47 tag, or `multi` if the speaker may switch languages. */
  language: string;
  /** Languages to expect if `language` is `multi`; empty if nothing is known. */
  languageHints: readonly string[];
  /** The vendor's name of the model. */
  model: string;
  /** Words to listen for. */
  keyterms: readonly string[];
  /** Ask for partial results. */
  interim: boolean;
}

export interface SttCapabilities {
  /** What the provider can be sent. Opus is never decoded for a provider that takes it. */
  encodings: readonly AudioFormat['encoding'][];
  diarization: boolean;
  /** False if the provider cannot serve this language with this model. */
  supports(language: string, model: string): boolean;
}

/** The audio of one connection: iterated, or taken by plain calls, which costs less for each batch. */
export interface LiveAudio extends AsyncIterable<AudioBatch> {
  /** Resolves when the audio has ended or `stopped` is aborted; rejects with what the reading throws. */
  pushTo?(sink: AudioSink, stopped: AbortSignal): Promise<void>;
}

/**
 * A live speech-to-text service: a stream of audio in, a stream of events out. The stream ends
 * when the audio has ended and the last words have arrived, or throws an `AppError`:
 * `provider-unauthorized`, `provider-quota`, `provider-rejected` (a request that no retry mends),
 * `provider-unavailable`, `provider-protocol`, `timeout`. An implementation never retries.
 */
export interface SttProvider {
  /** Stable name, stored with segments: `deepgram`. */
  readonly name: string;
  readonly capabilities: SttCapabilities;
  transcribe(
    audio: LiveAudio,
    options: SttOptions,
    signal: AbortSignal,
  ): AsyncIterable<ProviderEvent>;
  /** Asks the vendor whether address and key are good; throws an `AppError` that says what is wrong. */
  check(signal: AbortSignal): Promise<void>;
  /**
   * What a service of this provider can be now, in order of preference; empty if it cannot be used.
   * A provider without this method can always be asked for its services as they were declared.
   *
   * @param isRecorded the audio is complete already
   */
  usableServices?(service: SttService, isRecorded: boolean): readonly SttService[];
  /** Releases what the provider holds, such as processes. */
  close?(): Promise<void>;
}

/** Where a stream starts in its audio. */
export interface StreamStart {
  /** The words of audio before this position are stored; milliseconds. */
  fromMs: number;
  /** The last of these words, with the stream's numbers of their speakers; empty if there are none. */
  heard: readonly HeardSpan[];
  /**
   * True to send audio from before `fromMs` once more, so that the provider's speakers can be matched with
   * those in `heard`. False after a split of the audio: `heard` then only keeps a word at the boundary from
   * being given twice.
   */
  replays: boolean;
}

/** The start of a stream that continues nothing. */
export function startAt(fromMs: number): StreamStart {
  return { fromMs, heard: [], replays: false };
}

/** A live stream that survives its provider's connections: what `fallback` makes of providers. */
export interface SttStream {
  /** @param options.format the format of `audio` */
  transcribe(
    audio: ReplayableAudio,
    options: SttOptions,
    start: StreamStart,
    signal: AbortSignal,
  ): AsyncIterable<SttEvent>;
}
