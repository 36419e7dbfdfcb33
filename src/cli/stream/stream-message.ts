/** What a device would send, and when. */
export interface StreamMessage {
  /** When it is due, milliseconds of the recording. */
  dueMs: number;
  /** Binary: audio. Text: a message. */
  data: Uint8Array | string;
}

/** What a file gives to send. */
export interface StreamSource {
  kind: 'audio' | 'text';
  /** For a person: `WAV, 16000 Hz`. */
  description: string;
  /** Query of `/v4/listen`. */
  query: Record<string, string>;
  /** Fingerprint of what it says or holds, the same as of an import. */
  importKey: string;
  /** Null if only reading tells. */
  durationMs: number | null;
  messages: AsyncIterable<StreamMessage> | Iterable<StreamMessage>;
}

export type StreamCodec = 'pcm16' | 'opus';
