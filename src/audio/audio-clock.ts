import type { AudioFormat } from './audio-format.ts';
import { opusPacketDurationMs } from './opus-packet.ts';

/** Ticks a second of Opus, whatever rate it is decoded to (RFC 7845 §4). */
const OPUS_TICKS_PER_SECOND = 48_000;

/** Counts audio exactly: whole ticks, so that ten hours of odd sized frames do not drift. */
export interface AudioClock {
  /** Ticks of one frame; 0 for what is not a frame of the format. */
  ticksOf(frame: Uint8Array): number;
  toMs(ticks: number): number;
  toTicks(ms: number): number;
}

export function audioClock(format: AudioFormat): AudioClock {
  const perSecond = format.encoding === 'opus' ? OPUS_TICKS_PER_SECOND : format.sampleRate;
  const ticksOf =
    format.encoding === 'opus'
      ? (frame: Uint8Array) => Math.round((opusPacketDurationMs(frame) ?? 0) * 48)
      : (frame: Uint8Array) => frame.length >> 1;
  return {
    ticksOf,
    toMs: (ticks) => (ticks * 1000) / perSecond,
    toTicks: (ms) => Math.round((ms * perSecond) / 1000),
  };
}
