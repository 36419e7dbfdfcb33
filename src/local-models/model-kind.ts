import type { OnnxFile } from './onnx-file.ts';

/** What a model is for. */
export type ModelTask =
  | 'streaming-speech'
  | 'file-speech'
  | 'punctuation'
  | 'voice-activity'
  | 'speaker-embedding';

/** The files of a model by their role: `encoder`, `decoder`, `joiner`, `model`. */
export type ModelParts = Readonly<Record<string, OnnxFile>>;

/** How a streaming network walks over audio, milliseconds. */
export interface ModelChunks {
  /** Audio that one step moves on by. */
  stepMs: number;
  /** Audio that must be there before a step can be made. */
  windowMs: number;
}

/**
 * One form of model that can be loaded. A further form is a further object in `kinds/`. What the
 * library demands is checked here first, because it ends its process on a model that it does not
 * like (sherpa-onnx/csrc/macros.h, SHERPA_ONNX_EXIT).
 */
export interface ModelKind {
  /** Stable name: `zipformer2-ctc`. */
  name: string;
  task: ModelTask;
  /** For messages: `streaming Zipformer2 CTC model`. */
  title: string;
  /** File name of each role. A name with `int8` is preferred if several fit. */
  files: Readonly<Record<string, RegExp>>;
  /** Null for a model that needs no table of tokens. */
  tokens: RegExp | null;
  /** True if the headers look like this kind, even if something is missing in them. */
  matches(parts: ModelParts): boolean;
  /** Metadata that the library requires, by role. */
  requiredKeys: Readonly<Record<string, readonly string[]>>;
  /** What else is wrong with the headers, as a sentence; null for nothing. */
  check(parts: ModelParts): string | null;
  /** Number of tokens that the network knows; null if the headers do not say. */
  vocabulary(parts: ModelParts): number | null;
  /** Tokens of which the table must hold one; empty if none is required. */
  blankTokens: readonly string[];
  /** True if the table of tokens must hold exactly that many, with `<blk>` last (NeMo). */
  blankIsLast: boolean;
  /** Null for a model that takes whole audio. */
  chunks(parts: ModelParts): ModelChunks | null;
  /** Milliseconds of a unit of the library's token times, as a multiple of what the library takes it for. */
  timeScale(parts: ModelParts): number;
  /** Hertz of the audio that it takes. */
  sampleRate(parts: ModelParts): number;
  /** Values per frame that it takes; null if the library decides. */
  featureDim(parts: ModelParts): number | null;
  /** True if its text has capital letters and punctuation whatever its tokens look like. */
  writesSentences: boolean;
  /** Languages that the headers name, BCP-47; empty if they do not. */
  languages(parts: ModelParts): readonly string[];
  /** The part of the library's `modelConfig` that names the files. @param paths by role */
  modelConfig(paths: Readonly<Record<string, string>>): Readonly<Record<string, unknown>>;
}

/** Whole number of a metadata entry; null if it is not there or is none. */
export function metadataNumber(file: OnnxFile | undefined, key: string): number | null {
  const text = file?.metadata.get(key)?.trim();
  if (text === undefined || !/^\d{1,9}$/.test(text)) return null;
  return Number(text);
}

/** Whole numbers of a comma-separated metadata entry; null if it is not there or is none. */
export function metadataNumbers(file: OnnxFile | undefined, key: string): number[] | null {
  const text = file?.metadata.get(key);
  if (text === undefined) return null;
  const parts = text.split(',').map((part) => part.trim());
  if (!parts.every((part) => /^\d{1,9}$/.test(part))) return null;
  return parts.map(Number);
}

/** Size of a dimension of an input or output; null if it is not fixed or not there. */
export function dimension(
  file: OnnxFile | undefined,
  side: 'inputs' | 'outputs',
  tensor: number,
  index: number,
): number | null {
  const shape = file?.[side].at(tensor)?.shape;
  return shape?.at(index) ?? null;
}

/** True if one of the keys stands in the metadata. */
export function hasAny(file: OnnxFile | undefined, keys: readonly string[]): boolean {
  return keys.some((key) => file?.metadata.has(key) === true);
}

/** True if the metadata's `model_type` begins with one of these. */
export function hasType(file: OnnxFile | undefined, types: readonly string[]): boolean {
  const type = file?.metadata.get('model_type') ?? '';
  return types.some((known) => type.startsWith(known));
}

/** Properties that most kinds share; a kind overrides what differs. */
export const PLAIN_KIND = {
  requiredKeys: {},
  tokens: /^(.*[-_])?tokens\.txt$/,
  blankTokens: ['<blk>', '<eps>', '<blank>'],
  blankIsLast: false,
  writesSentences: false,
  check: () => null,
  vocabulary: () => null,
  chunks: () => null,
  timeScale: () => 1,
  sampleRate: () => 16_000,
  featureDim: () => null,
  languages: () => [],
} as const satisfies Partial<ModelKind>;
