import {
  ADTS,
  CustomSource,
  EncodedPacketSink,
  FLAC,
  Input,
  type InputFormat,
  Logging,
  LogLevel,
  MATROSKA,
  MP3,
  MP4,
  QTFF,
  WEBM,
} from 'mediabunny';
import { AppError, isAppError } from '../../kernel/errors.ts';
import type { AudioFile, OpenAudioOptions } from './audio-file.ts';
import type { AudioKind } from './audio-kind.ts';
import type { AudioSource } from './audio-source.ts';
import { OPUS_RATE } from './codecs/opus.ts';
import type { FileCodec, SoundPacket, SoundTrack } from './file-codec.ts';
import { batchesOfOpus } from './opus-batches.ts';
import { toBatches } from './pcm-batches.ts';
import { FILE_CODECS } from './registry.ts';
import { damaged, soundBatches } from './sound-batches.ts';
import { Turns } from './source-bytes.ts';

/** Containers that a file of each kind can be, since a beginning of tags hides what follows. */
const FORMATS: Readonly<Record<ContainerKind, InputFormat[]>> = {
  MP3: [MP3, ADTS, FLAC],
  AAC: [ADTS],
  MP4: [MP4, QTFF],
  WebM: [WEBM, MATROSKA],
};
// What it finds odd in a file is no news for the log of this program.
Logging.level = LogLevel.Silent;

/** Bytes of a file that are kept in memory. */
const CACHE_BYTES = 4 * 2 ** 20;
/** An encoder puts no more than this before the sound, milliseconds. */
const MAX_AHEAD_MS = 1_000;

/** The kinds of which the Mediabunny library reads the container. */
export type ContainerKind = Exclude<AudioKind, 'WAV' | 'Ogg' | 'FLAC'>;

/** Opens any container but WAV, Ogg and FLAC; errors as of `openAudioFile`. */
export async function openContainerFile(
  source: AudioSource,
  kind: ContainerKind,
  options: OpenAudioOptions,
): Promise<AudioFile> {
  const found = await readTrack(source, kind);
  const { track, setup, container } = found;
  const codec = FILE_CODECS.find(({ codecs }) => codecs.includes(track.codec));
  if (!codec) {
    throw new AppError(
      'unsupported-codec',
      `Its sound is coded as ${track.codec}, which is not read.`,
    );
  }
  await codec.check({ ...track, setup });
  return trackFile(source, kind, { ...found, container }, codec, options);
}

interface FoundTrack {
  container: string;
  track: SoundTrack;
  setup: Uint8Array | null;
  durationMs: number | null;
  aheadMs: number;
}

/** What the container tells of its sound. */
async function readTrack(source: AudioSource, kind: ContainerKind): Promise<FoundTrack> {
  const input = openInput(source, kind);
  try {
    const format = await input.getFormat();
    const audio = await input.getPrimaryAudioTrack();
    if (!audio)
      throw new AppError('bad-request', `The ${kind} file has no sound, or was not finished.`);
    const codec = (await audio.getCodec()) ?? String(await audio.getInternalCodecId());
    const config = await audio.getDecoderConfig();
    const setup = config?.description ? copyOf(config.description) : null;
    const first = await new EncodedPacketSink(audio).getFirstPacket({ metadataOnly: true });
    if (!first) throw new AppError('bad-request', `The ${kind} file holds no audio.`);
    const channels = config?.numberOfChannels ?? (await audio.getNumberOfChannels());
    const sampleRate = config?.sampleRate ?? (await audio.getSampleRate());
    const seconds = await audio.getDurationFromMetadata();
    const aheadMs = Math.min(MAX_AHEAD_MS, Math.max(0, -first.timestamp * 1000));
    return {
      container: kind === 'MP4' || kind === 'WebM' ? ` in ${format.name}` : '',
      track: { codec, sampleRate, channels, setup },
      setup,
      durationMs: seconds !== null && seconds > 0 ? seconds * 1000 : null,
      aheadMs,
    };
  } catch (error) {
    if (isAppError(error)) throw error;
    throw damaged(kind, error);
  } finally {
    input.dispose();
  }
}

function trackFile(
  source: AudioSource,
  kind: ContainerKind,
  { container, track, setup, durationMs, aheadMs }: FoundTrack,
  codec: FileCodec,
  { sampleRate, keepOpus }: OpenAudioOptions,
): AudioFile {
  const known = { ...track, setup };
  const isOpus = track.codec === 'opus';
  const rate = sampleRate ?? (isOpus ? OPUS_RATE : track.sampleRate);
  const keeps = keepOpus && isOpus;
  return {
    description: describe(`${codec.title}${container}`, track),
    format: keeps
      ? { encoding: 'opus', sampleRate: OPUS_RATE }
      : { encoding: 'pcm-s16le', sampleRate: rate },
    durationMs,
    aheadMs,
    frames: (signal) =>
      soundBatches(kind, signal, () => {
        const packets = packetsOf(source, kind, signal);
        return keeps
          ? batchesOfOpus(packets)
          : toBatches(codec.decode(packets, known, signal), rate);
      }),
  };
}

async function* packetsOf(
  source: AudioSource,
  kind: ContainerKind,
  signal: AbortSignal,
): AsyncGenerator<SoundPacket> {
  const input = openInput(source, kind);
  const turns = new Turns();
  try {
    const track = await input.getPrimaryAudioTrack();
    if (!track) return;
    for await (const packet of new EncodedPacketSink(track).packets()) {
      if (signal.aborted) return;
      yield { data: packet.data, durationMs: Math.max(0, packet.duration * 1000) };
      await turns.end();
    }
  } finally {
    input.dispose();
  }
}

function openInput(source: AudioSource, kind: ContainerKind): Input {
  return new Input({
    formats: FORMATS[kind],
    source: new CustomSource({
      getSize: () => source.size,
      read: (start, end) => source.read(start, end),
      maxCacheSize: CACHE_BYTES,
      prefetchProfile: 'fileSystem',
    }),
  });
}

function describe(what: string, { sampleRate, channels }: SoundTrack): string {
  return `${what}, ${sampleRate} Hz${channels === 1 ? '' : `, ${channels} channels`}`;
}

function copyOf(bytes: ArrayBuffer | SharedArrayBuffer | ArrayBufferView): Uint8Array {
  const view = ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
  return Uint8Array.from(view);
}
