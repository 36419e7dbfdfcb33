import { type AudioClock, audioClock } from '../audio/audio-clock.ts';
import type { AudioFormat } from '../audio/audio-format.ts';
import { canEncodeOpus, encodeOggOpus } from '../audio/ogg-encode.ts';
import { OggOpusWriter } from '../audio/ogg-opus.ts';
import type { ReplayableAudio } from '../audio/replayable-audio.ts';
import { WAV_HEADER_BYTES, wavHeader } from '../audio/wav.ts';
import { AppError } from '../kernel/errors.ts';
import type { Recording } from '../model/conversations/recording.ts';
import { decodedAudio, decodedRate } from '../stt/decoded-audio.ts';

/** A stretch of logged audio without a gap, milliseconds of audio. */
export interface Stretch {
  startMs: number;
  endMs: number;
}

/** What is known of a recording's file once all of its bytes were made. */
export type FileFacts = Pick<Recording, 'codec' | 'sampleRate' | 'sampleCount' | 'preSkip'>;

/** A file in the making: its bytes, and when they have all been read, its facts. */
export interface RecordingFile {
  extension: 'ogg' | 'wav';
  bytes: AsyncIterable<Uint8Array>;
  facts(): FileFacts;
}

/** A difference of times that is only rounding, milliseconds. */
const ROUNDING_MS = 1;
/** Audio of one Ogg page: what a player has to read to find its place. */
const PAGE_MS = 1_000;
const GRANULES_PER_SECOND = 48_000;
/** What libopus looks ahead, 48 kHz samples: ffmpeg writes it as the pre-skip. */
const LIBOPUS_PRE_SKIP = 312;
/** The sizes of a WAV file have 32 bits. */
const MAX_WAV_BYTES = 0xffff_ffff - WAV_HEADER_BYTES;

/** The stretches of audio that there are between two positions. */
export async function stretchesOf(
  audio: ReplayableAudio,
  format: AudioFormat,
  { startMs, endMs }: Stretch,
  signal: AbortSignal,
): Promise<Stretch[]> {
  const stretches: Stretch[] = [];
  const part = within(audio, audioClock(format), { startMs, endMs });
  for await (const batch of part.readFrom(startMs, signal)) {
    const last = stretches.at(-1);
    const end = batch.startMs + batch.durationMs;
    if (last && batch.startMs - last.endMs <= ROUNDING_MS) last.endMs = end;
    else stretches.push({ startMs: batch.startMs, endMs: end });
  }
  signal.throwIfAborted();
  return stretches;
}

/**
 * The file of one stretch: Opus as it was received, everything else as Opus if ffmpeg is there
 * to make it, else as WAV.
 */
export async function recordingFile(
  audio: ReplayableAudio,
  format: AudioFormat,
  stretch: Stretch,
  signal: AbortSignal,
): Promise<RecordingFile> {
  const part = within(audio, audioClock(format), stretch);
  const sampleRate = decodedRate(format);
  if (format.encoding === 'opus') return receivedOpus(part, sampleRate, stretch, signal);
  let sampleCount = 0;
  async function* pcm() {
    const decoded = decodedAudio(part, format, sampleRate);
    for await (const batch of decoded.readFrom(stretch.startMs, signal)) {
      for (const frame of batch.frames) {
        sampleCount += frame.length >> 1;
        yield frame;
      }
    }
    signal.throwIfAborted();
  }
  if (await canEncodeOpus()) {
    return {
      extension: 'ogg',
      bytes: encodeOggOpus(pcm(), sampleRate),
      facts: () => ({ codec: 'opus', sampleRate, sampleCount, preSkip: LIBOPUS_PRE_SKIP }),
    };
  }
  const expected = Math.round(((stretch.endMs - stretch.startMs) * sampleRate) / 1000);
  if (expected * 2 > MAX_WAV_BYTES) {
    throw new AppError(
      'unsupported-codec',
      'A recording of this length needs ffmpeg on the server.',
    );
  }
  return {
    extension: 'wav',
    bytes: wavOf(pcm(), expected, sampleRate),
    facts: () => ({ codec: 'wav', sampleRate, sampleCount: expected, preSkip: 0 }),
  };
}

/** The header says how much comes, so exactly that much has to. */
async function* wavOf(
  pcm: AsyncIterable<Uint8Array>,
  sampleCount: number,
  sampleRate: number,
): AsyncGenerator<Uint8Array> {
  yield wavHeader(sampleCount, sampleRate);
  let left = sampleCount * 2;
  for await (const bytes of pcm) {
    const part = bytes.subarray(0, left);
    left -= part.length;
    if (part.length > 0) yield part;
  }
  if (left > 0) yield new Uint8Array(left);
}

function receivedOpus(
  part: ReplayableAudio,
  sampleRate: number,
  stretch: Stretch,
  signal: AbortSignal,
): RecordingFile {
  const clock = audioClock({ encoding: 'opus', sampleRate });
  let granules = 0;
  async function* bytes() {
    const writer = new OggOpusWriter({
      serial: 1,
      channels: 1,
      inputSampleRate: sampleRate,
      preSkip: 0,
    });
    yield writer.headers();
    let packets: Uint8Array[] = [];
    let pageEnd = clock.toTicks(PAGE_MS);
    for await (const batch of part.readFrom(stretch.startMs, signal)) {
      for (const packet of batch.frames) {
        packets.push(packet);
        granules += clock.ticksOf(packet);
        if (granules < pageEnd) continue;
        yield writer.pages(packets);
        packets = [];
        pageEnd = granules + clock.toTicks(PAGE_MS);
      }
    }
    signal.throwIfAborted();
    if (packets.length > 0) yield writer.pages(packets);
    yield writer.end();
  }
  return {
    extension: 'ogg',
    bytes: bytes(),
    facts: () => ({
      codec: 'opus',
      sampleRate,
      sampleCount: Math.round((granules * sampleRate) / GRANULES_PER_SECOND),
      preSkip: 0,
    }),
  };
}

/** The frames that begin within a stretch. */
function within(
  audio: ReplayableAudio,
  clock: AudioClock,
  { startMs, endMs }: Stretch,
): ReplayableAudio {
  const first = clock.toTicks(startMs);
  const end = Number.isFinite(endMs) ? clock.toTicks(endMs) : endMs;
  return {
    async *readFrom(positionMs, signal) {
      for await (const batch of audio.readFrom(positionMs, signal)) {
        let tick = clock.toTicks(batch.startMs);
        let from: number | undefined;
        let until = tick;
        const frames: Uint8Array[] = [];
        for (const frame of batch.frames) {
          const ticks = clock.ticksOf(frame);
          if (tick >= first && tick < end) {
            from ??= tick;
            until = tick + ticks;
            frames.push(frame);
          }
          tick += ticks;
        }
        if (from !== undefined) {
          const at = clock.toMs(from);
          yield { startMs: at, durationMs: clock.toMs(until) - at, frames };
        }
        if (tick >= end) return;
      }
    },
  };
}
