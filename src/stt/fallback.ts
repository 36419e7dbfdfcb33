import type { AudioFormat } from '../audio/audio-format.ts';
import type { ReplayableAudio } from '../audio/replayable-audio.ts';
import type { Breakers } from './breaker.ts';
import { decodedAudio, decodedRate } from './decoded-audio.ts';
import { type ResumingChoices, resumeOver } from './resuming/resuming.ts';
import type { SttRoute } from './route-choice.ts';
import type { SttOptions, SttProvider, SttStream } from './stt-provider.ts';

/** One provider of a chain and what it is asked for. */
export interface FallbackChoice {
  provider: SttProvider;
  /** The vendor's name of the model. */
  model: string;
  /** The vendor's name of the language, or `multi`. */
  language: string;
  /** Speech without any answer after which the next one is asked, milliseconds. */
  responseTimeoutMs: number;
}

/**
 * A stream that moves along a chain of providers: on at a refused connection, an error, a lost
 * connection, silence in answer to speech; back once an earlier one has recovered. All of it is
 * `resuming`, over more than one provider; what is added here is that each takes the audio in its
 * own form. `options.format` is the format of `audio`; model and language are the chain's.
 *
 * @param chain in order of preference, at least one
 */
export function fallback(
  chain: readonly FallbackChoice[],
  settings: ResumingChoices & { breakers: Breakers },
): SttStream {
  const needs = {
    // Partial results are signs of life: without them a stall is not told from a long sentence.
    interim: chain.length > 1,
    // Recordings of voices are PCM, and what follows them has to be the same.
    pcm: (settings.voices ?? []).length > 0,
  };
  return {
    transcribe: (audio, options, start, signal) =>
      resumeOver(
        chain.map((choice) => routeOf(choice, audio, options, needs)),
        audio,
        settings,
        start,
        signal,
      ),
  };
}

function routeOf(
  { provider, model, language, responseTimeoutMs }: FallbackChoice,
  audio: ReplayableAudio,
  options: SttOptions,
  needs: { interim: boolean; pcm: boolean },
): SttRoute {
  const { format } = options;
  const takes =
    provider.capabilities.encodings.includes(format.encoding) &&
    (format.encoding === 'pcm-s16le' || !needs.pcm);
  const sent: AudioFormat = takes
    ? format
    : { encoding: 'pcm-s16le', sampleRate: decodedRate(format) };
  const interim = options.interim || needs.interim;
  return {
    provider,
    options: { ...options, model, language, format: sent, interim },
    audio: takes ? audio : decodedAudio(audio, format, sent.sampleRate),
    responseTimeoutMs,
  };
}
