import { AAC_TICKS_PER_SECOND, aacMessageTicks } from './aac-frame.ts';
import type { AudioFormat } from './audio-format.ts';
import { LC3_TICKS_PER_SECOND, lc3MessageTicks } from './lc3-frame.ts';
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
  const { perSecond, ticksOf } = countingOf(format);
  return {
    ticksOf,
    toMs: (ticks) => (ticks * 1000) / perSecond,
    toTicks: (ms) => Math.round((ms * perSecond) / 1000),
  };
}

function countingOf(format: AudioFormat): {
  perSecond: number;
  ticksOf: (frame: Uint8Array) => number;
} {
  switch (format.encoding) {
    case 'pcm-s16le':
      return { perSecond: format.sampleRate, ticksOf: (frame) => frame.length >> 1 };
    case 'opus':
      return {
        perSecond: OPUS_TICKS_PER_SECOND,
        ticksOf: (frame) => Math.round((opusPacketDurationMs(frame) ?? 0) * 48),
      };
    case 'aac':
      return { perSecond: AAC_TICKS_PER_SECOND, ticksOf: aacMessageTicks };
    case 'lc3':
      return { perSecond: LC3_TICKS_PER_SECOND, ticksOf: lc3MessageTicks };
  }
}
