import { AppError, isAppError } from '../../kernel/errors.ts';
import type { AudioBatch } from '../audio-format.ts';
import type { AudioKind } from './audio-kind.ts';

/** The batches of a file; whatever goes wrong is a sentence, and so is a file without any. */
export async function* soundBatches(
  kind: AudioKind,
  signal: AbortSignal,
  batches: () => AsyncIterable<AudioBatch>,
): AsyncGenerator<AudioBatch> {
  let count = 0;
  try {
    for await (const batch of batches()) {
      if (batch.frames.length > 0) count += 1;
      yield batch;
    }
  } catch (error) {
    if (isAppError(error)) throw error;
    throw damaged(kind, error);
  }
  if (count === 0 && !signal.aborted) {
    throw new AppError('bad-request', `The ${kind} file holds no audio that can be decoded.`);
  }
}

export function damaged(kind: AudioKind, cause: unknown): AppError {
  return new AppError('bad-request', `The ${kind} file cannot be read: it is damaged or cut off.`, {
    cause,
  });
}
