import { AppError } from '../../kernel/errors.ts';
import type { AudioBatch } from '../audio-format.ts';
import { OggOpusReader } from '../ogg-opus.ts';
import { OggPageReader } from '../ogg-page.ts';
import type { AudioFile, OpenAudioOptions } from './audio-file.ts';
import type { AudioSource } from './audio-source.ts';
import { decodeFlac } from './codecs/flac.ts';
import { OPUS_RATE, opus } from './codecs/opus.ts';
import { decodeVorbis } from './codecs/vorbis.ts';
import type { SoundPacket, SoundTrack } from './file-codec.ts';
import { readFlacHead } from './flac-file.ts';
import { batchesOfOpus } from './opus-batches.ts';
import { type DecodedPcm, toBatches } from './pcm-batches.ts';
import { soundBatches } from './sound-batches.ts';
import { readPieces } from './source-bytes.ts';

/** A page is at most 65,307 bytes (RFC 3533 §6): the first one and the last one are within this. */
const EDGE_BYTES = 2 * 65_307;
/** Opus in Ogg counts in samples of 48 kHz whatever the input was (RFC 7845 §4). */
const GRANULES_PER_SECOND = 48_000;

/** What the first page of a stream tells. */
interface OggHead {
  codec: 'opus' | 'vorbis' | 'flac';
  channels: number;
  /** Hertz; of Opus, what it counts in. */
  sampleRate: number;
  /** Samples before the sound. */
  preSkip: number;
}

/** Opens an Ogg file with Opus, Vorbis or FLAC; damaged pages are skipped. Errors as of `openAudioFile`. */
export async function openOggFile(
  source: AudioSource,
  options: OpenAudioOptions,
): Promise<AudioFile> {
  const [first] = new OggPageReader().push(await source.read(0, EDGE_BYTES));
  const head = first ? headOf(first.body) : null;
  if (!head) {
    throw new AppError(
      'bad-request',
      'The Ogg file holds neither Opus, Vorbis nor FLAC; other sound in Ogg is not read.',
    );
  }
  const last = new OggPageReader()
    .push(await source.read(Math.max(0, source.size - EDGE_BYTES), source.size))
    .findLast((page) => page.granulePosition > 0n);
  const ended = last ? Number(last.granulePosition) - head.preSkip : 0;
  const facts = {
    durationMs: ended > 0 ? (ended * 1000) / head.sampleRate : null,
    aheadMs: (head.preSkip * 1000) / head.sampleRate,
  };
  return head.codec === 'opus'
    ? opusFile(source, head, facts, options)
    : decodedFile(source, head, facts, options);
}

async function opusFile(
  source: AudioSource,
  { channels }: OggHead,
  facts: Pick<AudioFile, 'durationMs' | 'aheadMs'>,
  { sampleRate, keepOpus }: OpenAudioOptions,
): Promise<AudioFile> {
  const track: SoundTrack = { codec: 'opus', sampleRate: OPUS_RATE, channels, setup: null };
  await opus.check(track);
  const rate = sampleRate ?? OPUS_RATE;
  const batches = (signal: AbortSignal): AsyncIterable<AudioBatch> => {
    const packets = opusPackets(source, signal);
    return keepOpus ? batchesOfOpus(packets) : toBatches(opus.decode(packets, track, signal), rate);
  };
  return {
    ...facts,
    description: 'Ogg/Opus',
    format: keepOpus
      ? { encoding: 'opus', sampleRate: OPUS_RATE }
      : { encoding: 'pcm-s16le', sampleRate: rate },
    frames: (signal) => soundBatches('Ogg', signal, () => batches(signal)),
  };
}

function decodedFile(
  source: AudioSource,
  { codec, channels, sampleRate: native }: OggHead,
  facts: Pick<AudioFile, 'durationMs' | 'aheadMs'>,
  { sampleRate }: OpenAudioOptions,
): AudioFile {
  const decode: (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<DecodedPcm> =
    codec === 'vorbis' ? decodeVorbis : decodeFlac;
  const rate = sampleRate ?? native;
  const title = codec === 'vorbis' ? 'Ogg/Vorbis' : 'Ogg/FLAC';
  return {
    ...facts,
    description: `${title}, ${native} Hz${channels === 1 ? '' : `, ${channels} channels`}`,
    format: { encoding: 'pcm-s16le', sampleRate: rate },
    frames: (signal) =>
      soundBatches('Ogg', signal, () => toBatches(decode(readPieces(source, signal)), rate)),
  };
}

async function* opusPackets(source: AudioSource, signal: AbortSignal): AsyncGenerator<SoundPacket> {
  const reader = new OggOpusReader();
  for await (const bytes of readPieces(source, signal)) {
    for (const data of reader.push(bytes)) yield { data, durationMs: 0 };
  }
}

/** Reads the first packet of Opus (RFC 7845), Vorbis I or FLAC (its mapping to Ogg, version 1). */
function headOf(body: Uint8Array): OggHead | null {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const starts = (tag: string) =>
    Buffer.from(body.subarray(0, tag.length)).toString('latin1') === tag;
  if (starts('OpusHead') && body.length >= 19) {
    const preSkip = view.getUint16(10, true);
    return { codec: 'opus', channels: view.getUint8(9), sampleRate: GRANULES_PER_SECOND, preSkip };
  }
  if (starts('\u0001vorbis') && body.length >= 16) {
    return known('vorbis', view.getUint8(11), view.getUint32(12, true));
  }
  // Its mapping to Ogg has nine bytes before the header of the codec itself.
  const flac = starts('\u007fFLAC') ? readFlacHead(body.subarray(9)) : null;
  if (flac) return known('flac', flac.channels, flac.sampleRate);
  return null;
}

function known(codec: OggHead['codec'], channels: number, sampleRate: number): OggHead | null {
  return sampleRate > 0 && channels > 0 ? { codec, channels, sampleRate, preSkip: 0 } : null;
}
