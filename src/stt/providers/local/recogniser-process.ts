import { basename } from 'node:path';
import type { Logger } from '../../../kernel/logger.ts';
import { startChild } from '../../../kernel/start-child.ts';
import type { LocalModel } from '../../../local-models/model-folder.ts';
import { NativeProcess } from '../../../local-models/process/native-process.ts';
import type { RecognitionConfig } from './recognition-protocol.ts';

export interface RecogniserProcessOptions {
  /** For messages. */
  id: string;
  model: LocalModel;
  /** English punctuation for a recogniser without; null for none. */
  punctuation: LocalModel | null;
  /** Threads of one step. */
  threads: number;
  /** A process without sessions ends after so long, milliseconds. */
  idleMs: number;
  logger: Logger;
}

const PLAIN_SPELLING = {
  letterCase: 'mixed',
  hasPunctuation: false,
  marksContinuation: false,
} as const;

/** The child process in which a recogniser runs. */
export function recogniserProcess(options: RecogniserProcessOptions): NativeProcess {
  const { id, model, idleMs, logger } = options;
  return new NativeProcess({
    name: `The local recogniser ${basename(id)}`,
    start: () =>
      startChild(import.meta.url, './recognition-worker', { nodeOptions: ['--expose-gc'] }),
    config: recognitionConfig(options),
    bytesPerSecond: model.sampleRate * 2,
    idleMs,
    logger,
  });
}

function recognitionConfig({
  model,
  punctuation,
  threads,
}: RecogniserProcessOptions): RecognitionConfig {
  const runtime = { numThreads: threads, provider: 'cpu', debug: 0 };
  const { chunks, featureDim, kind, modelConfig, sampleRate, timeScale } = model;
  return {
    engine: chunks === null ? 'file' : 'streaming',
    kind,
    recognizer: {
      featConfig: { sampleRate, featureDim },
      modelConfig: { ...modelConfig, ...runtime },
      decodingMethod: 'greedy_search',
      ...(chunks === null ? {} : LIBRARY_ENDPOINTS),
    },
    sampleRate,
    chunks,
    timeScale,
    spelling: model.spelling ?? PLAIN_SPELLING,
    punctuation: punctuation === null ? null : { ...punctuation.modelConfig, ...runtime },
  };
}

/** The library's rule beside ours: a pause after words. Silence and long speech are left to us. */
const LIBRARY_ENDPOINTS = {
  enableEndpoint: 1,
  rule1MinTrailingSilence: 1e9,
  rule2MinTrailingSilence: 1.2,
  rule3MinUtteranceLength: 1e9,
};
