import type { AudioFormat } from './audio-format.ts';

/** What is known of a codec name of the wire. */
export type CodecAnswer =
  | { status: 'supported'; encoding: AudioFormat['encoding'] }
  | { status: 'unavailable'; reason: string }
  | { status: 'unknown'; reason: string };

/**
 * The codecs that devices announce in the query of `/v4/listen`. The 8 and 16 of `pcm8` and
 * `pcm16` are kilohertz, not bits: all three are signed 16-bit mono. `opus` carries packets of
 * nominally 160 samples (10 ms), `opus_fs320` of 320; the packet's own TOC says what it is.
 */
export const CODECS = {
  pcm: { encoding: 'pcm-s16le' },
  pcm8: { encoding: 'pcm-s16le' },
  pcm16: { encoding: 'pcm-s16le' },
  opus: { encoding: 'opus' },
  opus_fs320: { encoding: 'opus' },
  aac: { encoding: null },
  lc3_fs1030: { encoding: null },
} as const satisfies Record<string, { encoding: AudioFormat['encoding'] | null }>;

/** What this server can do with audio of the named codec. Never throws. */
export function parseCodec(name: string): CodecAnswer {
  if (!Object.hasOwn(CODECS, name)) {
    return {
      status: 'unknown',
      reason: `Unknown codec; known are ${Object.keys(CODECS).join(', ')}.`,
    };
  }
  const { encoding } = CODECS[name as keyof typeof CODECS];
  return encoding === null
    ? { status: 'unavailable', reason: `This server cannot decode ${name} yet.` }
    : { status: 'supported', encoding };
}
