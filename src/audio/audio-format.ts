/**
 * How audio is encoded from the session on. `pcm-s16le`: signed 16-bit little-endian mono.
 * `opus`: one Opus packet (RFC 6716) a frame. `aac`: whole ADTS frames. `lc3`: whole LC3 frames.
 */
export interface AudioFormat {
  encoding: 'pcm-s16le' | 'opus' | 'aac' | 'lc3';
  /** Hertz. For what is coded, the rate it is decoded to. */
  sampleRate: number;
}

/**
 * A few frames that travel together, so that the cost of a hop is paid once for all of them.
 * `startMs` and `durationMs` count audio, not wall time: milliseconds from the stream's first byte.
 */
export interface AudioBatch {
  startMs: number;
  durationMs: number;
  /** PCM: slices of any size on sample borders. Opus: one packet each. AAC, LC3: whole frames. */
  frames: readonly Uint8Array[];
}

/** A part of the audio by its positions, milliseconds from the first byte. */
export interface AudioRange {
  startMs: number;
  endMs: number;
}
