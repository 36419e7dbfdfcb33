import { invalidWav, readWavHeader, type WavHeader } from '../wav-header.ts';
import { wavDecoder } from '../wav-samples.ts';
import type { AudioFile, OpenAudioOptions } from './audio-file.ts';
import type { AudioSource } from './audio-source.ts';
import { type DecodedPcm, toBatches } from './pcm-batches.ts';
import { soundBatches } from './sound-batches.ts';
import { Turns } from './source-bytes.ts';

/** Bytes that are read at a time. */
const READ_BYTES = 32_768;

/** Opens a WAV file in any of its forms; errors as of `readWavHeader`. */
export async function openWavFile(
  source: AudioSource,
  options: OpenAudioOptions,
): Promise<AudioFile> {
  const header = await headerOf(source);
  const { sampleRate, channels, start, end, blockBytes } = header;
  const rate = options.sampleRate ?? sampleRate;
  const frames = Math.floor((end - start) / blockBytes);
  if (frames === 0 && header.width > 0) throw invalidWav('it holds no audio');
  return {
    description: `WAV, ${sampleRate} Hz${channels === 1 ? '' : `, ${channels} channels`}`,
    format: { encoding: 'pcm-s16le', sampleRate: rate },
    durationMs: header.width === 0 ? null : (frames * 1000) / sampleRate,
    aheadMs: 0,
    frames: (signal) =>
      soundBatches('WAV', signal, () => toBatches(decoded(source, header, signal), rate)),
  };
}

async function headerOf(source: AudioSource): Promise<WavHeader> {
  const reading = readWavHeader(source.size);
  let step = reading.next();
  while (!step.done) step = reading.next(await source.read(step.value.start, step.value.end));
  return step.value;
}

async function* decoded(
  source: AudioSource,
  header: WavHeader,
  signal: AbortSignal,
): AsyncGenerator<DecodedPcm> {
  if (header.encoding === 'mp3') {
    const { decodeMpeg } = await import('./codecs/mpeg.ts');
    yield* decodeMpeg(blocksOf(source, header, signal));
    return;
  }
  const decode = wavDecoder(header);
  for await (const blocks of blocksOf(source, header, signal)) {
    const bytes = decode(blocks);
    if (bytes.length > 0) yield { bytes, sampleRate: header.sampleRate };
  }
}

async function* blocksOf(
  source: AudioSource,
  { start, end, blockBytes, width }: WavHeader,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const turns = new Turns();
  const step = Math.max(1, Math.floor(READ_BYTES / blockBytes)) * blockBytes;
  for (let at = start; at < end && !signal.aborted; at += step) {
    const bytes = await source.read(at, Math.min(at + step, end));
    // Half a sample at the end of a file that was cut off is none.
    const whole =
      width === 0 ? bytes : bytes.subarray(0, bytes.length - (bytes.length % blockBytes));
    if (whole.length > 0) yield whole;
    await turns.end();
  }
}
