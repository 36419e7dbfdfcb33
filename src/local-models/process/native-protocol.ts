/**
 * Messages between the server and a child process that holds a native model. One protocol for every
 * task: audio goes into a session, outputs come back; what an output is belongs to the task. A
 * session that needs no audio (text in, text out) is opened and ended.
 */
export type ToNative =
  | { type: 'load'; config: unknown }
  | { type: 'open'; session: number; options: unknown }
  /** Signed 16-bit little-endian mono at the rate of the model. Each is answered with `heard`. */
  | { type: 'audio'; session: number; pcm: Uint8Array }
  /** No more audio: the last outputs come with `ended`. */
  | { type: 'end'; session: number }
  /** The outputs are not wanted any more; no answer. */
  | { type: 'close'; session: number };

export type FromNative =
  | { type: 'loaded'; info: unknown; rssBytes: number }
  /** `busyMs`: time that the model has computed for this message. */
  | { type: 'heard'; session: number; outputs: unknown[]; busyMs: number; rssBytes: number }
  | { type: 'ended'; session: number; outputs: unknown[]; busyMs: number; rssBytes: number }
  /** `session` is null if the model could not be loaded. */
  | { type: 'failed'; session: number | null; message: string };

/** A loaded model, in the child. */
export interface NativeEngine {
  /** What the server wants to know of it, as JSON. */
  info: unknown;
  open(options: unknown): NativeSession;
}

/** One stream of audio through a model, in the child. Outputs are JSON. */
export interface NativeSession {
  /** @param samples -1 to 1 */
  push(samples: Float32Array): unknown[] | Promise<unknown[]>;
  /** The outputs of what is left. */
  end(): unknown[] | Promise<unknown[]>;
}
