import type { AudioBatch, AudioFormat } from '../../../audio/audio-format.ts';
import { Resampler } from '../../../audio/resample.ts';
import { AppError } from '../../../kernel/errors.ts';

/** Longest message to the child process, milliseconds: streams take turns message by message. */
const MESSAGE_MS = 200;

/**
 * The samples of the batches at the rate of the model: signed 16-bit little-endian mono, in pieces
 * of at most 200 ms. Gaps between batches are not filled. The rate is changed here because the
 * library ends its process if the rate of a stream changes.
 *
 * @throws AppError `unsupported-codec` for anything but PCM
 */
export async function* modelAudio(
  audio: AsyncIterable<AudioBatch>,
  format: AudioFormat,
  sampleRate: number,
): AsyncGenerator<Uint8Array> {
  if (format.encoding !== 'pcm-s16le') {
    throw new AppError('unsupported-codec', 'A local recogniser is given PCM only.');
  }
  const resampler =
    format.sampleRate === sampleRate ? null : new Resampler(format.sampleRate, sampleRate);
  for await (const { frames } of audio) {
    const pcm = frames.length === 1 ? frames[0] : Buffer.concat(frames);
    if (pcm === undefined) continue;
    yield* pieces(resampler === null ? pcm : resampler.push(pcm), sampleRate);
  }
  if (resampler !== null) yield* pieces(resampler.end(), sampleRate);
}

function* pieces(pcm: Uint8Array, sampleRate: number): Generator<Uint8Array> {
  const bytes = ((sampleRate * MESSAGE_MS) / 1000) * 2;
  for (let at = 0; at < pcm.length; at += bytes) yield pcm.subarray(at, at + bytes);
}
