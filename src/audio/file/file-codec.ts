import type { DecodedPcm } from './pcm-batches.ts';

/** What a container tells of its sound. */
export interface SoundTrack {
  /** As of the Mediabunny library: `mp3`, `aac`, `pcm-s16be`. */
  codec: string;
  /** Hertz. */
  sampleRate: number;
  channels: number;
  /** The header of the codec, if it has one apart from its packets. */
  setup: Uint8Array | null;
}

/** One coded packet of a track. */
export interface SoundPacket {
  data: Uint8Array;
  /** Milliseconds. */
  durationMs: number;
}

/** Decodes what files hold of one codec or a family of them. */
export interface FileCodec {
  /** Names of the codecs as containers tell them. */
  codecs: readonly string[];
  /** For a person. */
  title: string;
  /** Throws `unsupported-codec` if this machine or this program cannot decode the track. */
  check(track: SoundTrack): Promise<void>;
  /** The sound of packets in order; what cannot be decoded is left out. */
  decode(
    packets: AsyncIterable<SoundPacket>,
    track: SoundTrack,
    signal: AbortSignal,
  ): AsyncIterable<DecodedPcm>;
}
