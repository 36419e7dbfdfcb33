import { open, readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { AppError, isAppError } from '../kernel/errors.ts';
import { FILE_KINDS } from './kinds/file-kinds.ts';
import { OTHER_KINDS } from './kinds/other-kinds.ts';
import { STREAMING_KINDS } from './kinds/streaming-kinds.ts';
import type { ModelChunks, ModelKind, ModelTask } from './model-kind.ts';
import { type OnnxFile, readOnnxFile } from './onnx-file.ts';
import { readTokensFile, type Spelling, type TokensFile } from './tokens-file.ts';

/** A model that was checked and can be given to the library. */
export interface LocalModel {
  /** Absolute. */
  folder: string;
  kind: string;
  title: string;
  task: ModelTask;
  /** Size of its files, bytes. */
  sizeBytes: number;
  /** Hertz of the audio that it takes. */
  sampleRate: number;
  /** Null for a model that takes whole audio. */
  chunks: ModelChunks | null;
  /** What the library's token times are multiplied by. */
  timeScale: number;
  /** Null for a model without a table of tokens. */
  spelling: Spelling | null;
  /** Languages that its files name, BCP-47; empty if they do not. */
  languages: readonly string[];
  /** The library's `modelConfig`, without threads. */
  modelConfig: Readonly<Record<string, unknown>>;
  featureDim: number;
}

const KINDS: readonly ModelKind[] = [...STREAMING_KINDS, ...FILE_KINDS, ...OTHER_KINDS];
const MAX_FILES = 1000;
const DEFAULT_FEATURE_DIM = 80;
const SENTENCES: Spelling = {
  letterCase: 'mixed',
  hasPunctuation: true,
  marksContinuation: false,
};

/**
 * Finds out by its files what the model in `folder` is, and checks everything that would end the
 * library's process: files, metadata, inputs and outputs, table of tokens.
 *
 * @throws AppError `invalid-model` with a sentence that says what is wrong; `not-found`
 */
export async function inspectModel(folder: string): Promise<LocalModel> {
  const path = resolve(folder);
  const names = await listFiles(path);
  const headers = new Headers(path);
  const candidates = KINDS.map((kind) => ({ kind, files: filesOf(kind, names) }));
  for (const { kind, files } of candidates) {
    if (files === null) continue;
    const parts = await headers.of(files);
    if (kind.matches(parts)) return complete(kind, path, names, files, parts);
  }
  throw invalid(path, whyUnknown(names));
}

async function listFiles(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
    if (names.length <= MAX_FILES) return names.sort();
  } catch (cause) {
    throw new AppError('not-found', `There is no model folder ${folder}.`, { cause });
  }
  throw invalid(folder, `The folder has more than ${MAX_FILES} files.`);
}

/** The file of each role, null if one is missing. */
function filesOf(kind: ModelKind, names: readonly string[]): Record<string, string> | null {
  const files: Record<string, string> = {};
  for (const [role, pattern] of Object.entries(kind.files)) {
    const file = pick(names, pattern);
    if (file === undefined) return null;
    files[role] = file;
  }
  return files;
}

/** Quantised weights first: they are made for processors. */
function pick(names: readonly string[], pattern: RegExp): string | undefined {
  const fitting = names.filter((name) => pattern.test(name));
  return fitting.find((name) => /int8|quantized/.test(name)) ?? fitting[0];
}

/** Headers of the files of one folder, each read once. */
class Headers {
  readonly #folder: string;
  readonly #read = new Map<string, OnnxFile>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async of(files: Readonly<Record<string, string>>): Promise<Record<string, OnnxFile>> {
    const parts: Record<string, OnnxFile> = {};
    for (const [role, name] of Object.entries(files)) {
      const known = this.#read.get(name);
      parts[role] = known ?? (await this.#load(name));
      this.#read.set(name, parts[role]);
    }
    return parts;
  }

  async #load(name: string): Promise<OnnxFile> {
    const path = join(this.#folder, name);
    try {
      return name.endsWith('.ort') ? await readOrtFile(path) : await readOnnxFile(path);
    } catch (error) {
      if (isAppError(error, 'invalid-model')) throw invalid(this.#folder, error.message, name);
      throw error;
    }
  }
}

/** ONNX Runtime's own format: a flatbuffer that is known by its identifier only. */
async function readOrtFile(path: string): Promise<OnnxFile> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const start = Buffer.alloc(8);
    await file.read(start, 0, 8, 0);
    if (start.toString('latin1', 4) !== 'ORTM') {
      throw new AppError('invalid-model', 'It is not a model of ONNX Runtime.');
    }
    const metadata = new Map<string, string>();
    return { path, sizeBytes: size, metadata, inputs: [], outputs: [], externalFiles: [] };
  } finally {
    await file.close();
  }
}

async function complete(
  kind: ModelKind,
  folder: string,
  names: readonly string[],
  files: Readonly<Record<string, string>>,
  parts: Record<string, OnnxFile>,
): Promise<LocalModel> {
  checkMetadata(kind, folder, files, parts);
  await checkExternalFiles(folder, files, parts);
  const paths = Object.fromEntries(
    Object.entries(files).map(([role, name]) => [role, join(folder, name)]),
  );
  const tokens = await tokensOf(kind, folder, names, parts);
  if (tokens !== null) paths.tokens = tokens.path;
  const isSpeech = kind.task === 'streaming-speech' || kind.task === 'file-speech';
  const spelling = tokens?.file ?? null;
  return {
    folder,
    kind: kind.name,
    title: kind.title,
    task: kind.task,
    sizeBytes: Object.values(parts).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    sampleRate: kind.sampleRate(parts),
    chunks: kind.chunks(parts),
    timeScale: kind.timeScale(parts),
    spelling: kind.writesSentences ? SENTENCES : spelling,
    languages: kind.languages(parts),
    featureDim: kind.featureDim(parts) ?? DEFAULT_FEATURE_DIM,
    modelConfig: {
      ...kind.modelConfig(paths),
      ...(isSpeech ? { tokens: paths.tokens } : {}),
    },
  };
}

function checkMetadata(
  kind: ModelKind,
  folder: string,
  files: Readonly<Record<string, string>>,
  parts: Record<string, OnnxFile>,
): void {
  for (const [role, keys] of Object.entries(kind.requiredKeys)) {
    for (const key of keys) {
      const value = parts[role]?.metadata.get(key)?.trim() ?? '';
      if (value === '') {
        throw invalid(
          folder,
          `It looks like a ${kind.title}, but has no metadata '${key}'.`,
          files[role],
        );
      }
      if (value.startsWith('-') && /^-\d+$/.test(value)) {
        throw invalid(folder, `Its metadata '${key}' is negative.`, files[role]);
      }
    }
  }
  const fault = kind.check(parts);
  if (fault !== null) throw invalid(folder, fault);
  const chunks = kind.chunks(parts);
  const isStreaming = kind.task === 'streaming-speech';
  if (isStreaming && (chunks === null || chunks.stepMs <= 0 || chunks.windowMs < chunks.stepMs)) {
    throw invalid(folder, 'Its metadata does not say how much audio it takes at a time.');
  }
}

async function checkExternalFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
  parts: Record<string, OnnxFile>,
): Promise<void> {
  for (const [role, { externalFiles }] of Object.entries(parts)) {
    for (const name of externalFiles) {
      const found = await stat(join(folder, basename(name))).catch(() => null);
      if (found?.isFile()) continue;
      throw invalid(folder, `Its weights are in ${basename(name)}, which is missing.`, files[role]);
    }
  }
}

async function tokensOf(
  kind: ModelKind,
  folder: string,
  names: readonly string[],
  parts: Record<string, OnnxFile>,
): Promise<{ path: string; file: TokensFile | null } | null> {
  if (kind.tokens === null) return null;
  const name = pick(names, kind.tokens);
  if (name === undefined) {
    const wanted = kind.task === 'punctuation' ? 'bpe.vocab' : 'tokens.txt';
    throw invalid(folder, `The ${kind.title} has no ${wanted} beside it.`);
  }
  const path = join(folder, name);
  if (kind.task === 'punctuation') return { path, file: null };
  try {
    const file = await readTokensFile(path, {
      vocabulary: kind.vocabulary(parts),
      blankIsLast: kind.blankIsLast,
      blankTokens: kind.blankTokens,
    });
    return { path, file };
  } catch (error) {
    if (isAppError(error, 'invalid-model')) throw invalid(folder, error.message, name);
    throw error;
  }
}

/** Why no kind fits, as a sentence. */
function whyUnknown(names: readonly string[]): string {
  const networks = names.filter((name) => /\.(onnx|ort)$/.test(name));
  if (networks.length === 0) return 'It holds no model file (*.onnx).';
  const has = (part: string) => networks.some((name) => name.includes(part));
  if (has('encoder') && has('decoder') && !has('joiner')) {
    return 'It holds an encoder and a decoder, but no joiner, and they are neither Whisper nor Paraformer.';
  }
  if (has('joiner') && !(has('encoder') && has('decoder'))) {
    return `It holds a joiner, but no ${has('encoder') ? 'decoder' : 'encoder'}.`;
  }
  if (has('encoder') && !has('decoder')) return 'It holds an encoder, but no decoder.';
  if (has('decoder') && !has('encoder')) return 'It holds a decoder, but no encoder.';
  return `The form of ${networks[0]} is not one of the supported ones, or its metadata is missing.`;
}

function invalid(folder: string, fault: string, file?: string): AppError {
  const where = file === undefined ? basename(folder) : `${basename(folder)}/${file}`;
  return new AppError('invalid-model', `The model ${where} cannot be used. ${fault}`);
}
