/** What a source's frames are, as the live socket's query names it. */
export interface FrameFormat {
  codec: 'opus' | 'opus_fs320' | 'pcm8' | 'pcm16' | 'lc3_fs1030';
  /** Hz. */
  sampleRate: number;
  /** Length of each frame, milliseconds. */
  frameMs: number;
}

/** Why a source gives nothing any more, or cannot begin. */
export type SourceProblem =
  | 'denied'
  | 'no-device'
  | 'insecure'
  | 'outdated'
  | 'unplugged'
  | 'unsupported'
  | 'no-bluetooth'
  | 'not-chosen'
  | 'unreachable';

/** A source that could not be opened, with its reason. */
export class SourceError extends Error {
  readonly problem: SourceProblem;

  constructor(problem: SourceProblem, cause?: unknown) {
    super(`The audio source cannot be used: ${problem}.`, { cause });
    this.name = 'SourceError';
    this.problem = problem;
  }
}

/** What a button says: pressed once or twice, held, and the two edges of every press. */
export type ButtonPress = 'single' | 'double' | 'long' | 'down' | 'up';

export interface FrameListener {
  /** One frame of the format, in order. */
  frame(bytes: Uint8Array): void;
  /** How loud it is, 0 to 1, some ten times a second. */
  level(value: number): void;
  /** Audio that the source itself has lost, as far as it can tell; milliseconds. */
  lost(ms: number): void;
  /** Nothing more comes, without `stop` having been called. */
  ended(problem: SourceProblem): void;
  /** Another microphone goes on in the place of one that has gone; its name. */
  replaced(device: string): void;
  /** The name of the device that is connected; null while its connection is lost. */
  linked(device: string | null): void;
  /** Charge of the device, per cent. */
  battery(percent: number): void;
  pressed(press: ButtonPress): void;
  /** A photo that the device has taken. */
  photo(jpeg: Blob): void;
}

/** Where audio comes from: a microphone, or a pendant. A further one is one file. */
export interface FrameSource {
  /** Whether it tells how loud it is for as long as it runs. */
  readonly hasLevel: boolean;
  /** @throws SourceError */
  start(listener: FrameListener): Promise<FrameFormat>;
  /** Resolves after the last frame was given to the listener. */
  stop(): Promise<void>;
}
