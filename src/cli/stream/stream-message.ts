/** What a device would send, and when. */
export interface StreamMessage {
  /** When it is due, milliseconds of the recording. */
  dueMs: number;
  /** Binary: audio. Text: a message. */
  data: Uint8Array | string;
}

export interface StreamSource {
  kind: 'audio' | 'text';
  /** For a person: `WAV, 16000 Hz`. */
  description: string;
  /** Query of `/v4/listen`. */
  query: Record<string, string>;
  durationMs: number;
  messages: Iterable<StreamMessage>;
}
