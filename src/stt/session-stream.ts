import type { AudioFormat } from '../audio/audio-format.ts';
import type { VoiceActivityFactory } from '../audio/voice-activity.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Breakers } from './breaker.ts';
import { decodedAudio } from './decoded-audio.ts';
import type { KnownVoice } from './enrollment-audio.ts';
import { type FallbackChoice, fallback } from './fallback.ts';
import type { SttMeter } from './stt-meter.ts';
import type { SttStream } from './stt-provider.ts';
import { vadGated } from './vad-gated.ts';
import { type VoiceOptions, withVoices } from './voices/with-voices.ts';

/** `shadow`: everything is sent, and what could have been saved is counted. */
export type VadGateMode = 'off' | 'shadow' | 'active';

export interface SessionStreamOptions {
  /** Providers in order of preference, at least one. */
  chain: readonly FallbackChoice[];
  /** What the log holds. */
  logged: AudioFormat;
  /** Rate that PCM is resampled to before anything hears it, hertz; null to leave it as it is logged. */
  resampleTo: number | null;
  gate: VadGateMode;
  /** Makes what hears a voice for the gate. */
  createDetector: VoiceActivityFactory;
  /** Voices to recognise, by playing them to the provider. */
  voices: readonly KnownVoice[];
  /** Voices to recognise and tell apart on this machine; null if there is no model for that. */
  prints: VoiceOptions | null;
  meter: SttMeter;
  breakers: Breakers;
  logger: Logger;
}

/**
 * The stream of a session, put together. Live audio goes from right to left, one batch at a time, by plain
 * calls from the write into the log on; steps 2 and 3 pull instead. What a session does not need is left out:
 *
 *     socket ◄─ 6 LiveSender ◄─ 5 ConnectionAudio ◄─ 4 decode ◄─ 3 VAD gate ◄─ 2 resample ◄─ 1 audio log
 *     (vendor)   keep-alive,      enrollment, pace,    per          silence      PCM of       SessionAudio
 *                start, end       meter, budget        provider                  calls
 *
 * Steps 1 to 3 know the stream's clock only. Step 5 starts the connection's clock, and `ResumedTranscript`
 * brings the provider's words back to the stream's. Words go: socket → `exchange` → `ResumingRun` → VAD gate
 * → `withVoices`, if there is a voice model → session. See docs/live-audio.md.
 */
export function sessionStream(options: SessionStreamOptions): SttStream {
  const { chain, logger, breakers, meter, voices, logged, resampleTo } = options;
  const connected = fallback(chain, { logger, breakers, meter, voices });
  const stream = resampled(gated(connected, options), logged, resampleTo);
  return options.prints === null ? stream : withVoices(stream, options.prints);
}

/**
 * Keeps silence back, as far as the mode says, and counts it for the first provider. AAC is not gated: it
 * is decoded by a process of its own, and a second one only to listen for a voice is not worth it.
 */
function gated(
  stream: SttStream,
  { chain, gate, createDetector, logged, meter }: SessionStreamOptions,
): SttStream {
  if (gate === 'off' || logged.encoding === 'aac') return stream;
  const provider = chain[0]?.provider.name ?? '';
  return vadGated(stream, {
    mode: gate,
    createDetector,
    onSilence: (ms) =>
      meter.count(provider, gate === 'active' ? { savedMs: ms } : { savableMs: ms }),
  });
}

function resampled(stream: SttStream, logged: AudioFormat, sampleRate: number | null): SttStream {
  if (sampleRate === null || sampleRate === logged.sampleRate) return stream;
  return {
    transcribe: (audio, options, start, signal) =>
      stream.transcribe(decodedAudio(audio, logged, sampleRate), options, start, signal),
  };
}
