import { Readable } from 'node:stream';
import type { AudioBatch, AudioFormat } from '../audio/audio-format.ts';
import { type ByteSource, readOpusPackets } from '../audio/ogg-seek.ts';
import { OpusDecoder } from '../audio/opus-decoder.ts';
import { opusPacketDurationMs } from '../audio/opus-packet.ts';
import type { ReplayableAudio } from '../audio/replayable-audio.ts';
import { WAV_HEADER_BYTES, wavHeader } from '../audio/wav.ts';
import type { BlobStore, ByteRange } from '../blob/blob-store.ts';
import type { Recording } from '../model/conversations/recording.ts';

/** What a recording can be had as. */
export const RECORDING_FORMATS = ['wav', 'pcm', 'original'] as const;
export type RecordingFormat = (typeof RECORDING_FORMATS)[number];

/** A recording as a file of one of the formats; decoded while it is read. */
export interface RecordingContent {
  contentType: string;
  extension: 'wav' | 'pcm' | 'ogg';
  /** Bytes of the whole file. */
  size: number;
  read(range: ByteRange | null): Promise<Readable>;
}

/**
 * Opus is decoded block by block, each by a decoder of its own that has heard what comes before, so
 * that every part of a file has the same bytes whatever was asked for with it.
 */
const BLOCK_MS = 20_000;
/** Well above the 80 ms after which a decoder is right again (RFC 7845 §4.6). */
const PRE_ROLL_MS = 400;
const GRANULES_PER_SECOND = 48_000;
const GRANULES_PER_MS = 48;
/** Packets that travel together to a provider. */
const REPLAY_BATCH_MS = 100;

/** Gives a recording's bytes; throws `not-found` if its file is gone. */
export function recordingContent(
  recording: Recording,
  blobs: BlobStore,
  format: RecordingFormat,
): RecordingContent {
  const isOpus = recording.codec === 'opus';
  if (format === 'original') {
    return {
      contentType: isOpus ? 'audio/ogg' : 'audio/wav',
      extension: isOpus ? 'ogg' : 'wav',
      size: recording.byteLength,
      read: async (range) => (await blobs.get(recording.blobKey, range)).body,
    };
  }
  const header =
    format === 'wav' ? wavHeader(recording.sampleCount, recording.sampleRate) : new Uint8Array(0);
  const size = header.length + recording.sampleCount * 2;
  return {
    contentType: format === 'wav' ? 'audio/wav' : 'application/octet-stream',
    extension: format,
    size,
    read: async (range) => {
      const { start, end } = range ?? { start: 0, end: size - 1 };
      return Readable.from(withHeader(recording, blobs, header, start, end + 1), {
        objectMode: false,
      });
    },
  };
}

async function* withHeader(
  recording: Recording,
  blobs: BlobStore,
  header: Uint8Array,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  if (start < header.length) yield header.subarray(start, end);
  const from = Math.max(0, start - header.length);
  const until = Math.max(0, end - header.length);
  let at = (from >> 1) * 2;
  for await (const bytes of samples(recording, blobs, from >> 1, Math.ceil(until / 2))) {
    const part = bytes.subarray(Math.max(0, from - at), Math.max(0, until - at));
    at += bytes.length;
    if (part.length > 0) yield part;
  }
}

/** Samples `from` up to, not including, `until`: signed 16-bit little-endian mono. */
async function* samples(
  recording: Recording,
  blobs: BlobStore,
  from: number,
  until: number,
): AsyncGenerator<Uint8Array> {
  if (from >= until) return;
  if (recording.codec === 'wav') {
    yield* sourceOf(recording, blobs).read(
      WAV_HEADER_BYTES + from * 2,
      WAV_HEADER_BYTES + until * 2,
    );
    return;
  }
  const block = Math.round((BLOCK_MS * recording.sampleRate) / 1000);
  for (let start = from - (from % block); start < until; start += block) {
    const end = Math.min(start + block, recording.sampleCount);
    const decoded = await decodeBlock(recording, blobs, start, end);
    yield decoded.subarray(Math.max(0, from - start) * 2, (Math.min(until, end) - start) * 2);
  }
}

async function decodeBlock(
  recording: Recording,
  blobs: BlobStore,
  start: number,
  end: number,
): Promise<Uint8Array> {
  const { sampleRate, preSkip } = recording;
  const toGranules = (count: number) => Math.round((count * GRANULES_PER_SECOND) / sampleRate);
  const first = preSkip + toGranules(start) - PRE_ROLL_MS * GRANULES_PER_MS;
  const last = preSkip + toGranules(end);
  // What cannot be decoded stays silent.
  const block = new Uint8Array((end - start) * 2);
  const decoder = await OpusDecoder.create(sampleRate);
  try {
    for await (const { packet, granule } of readOpusPackets(sourceOf(recording, blobs), first)) {
      if (granule >= last) break;
      const pcm = decoder.decode(packet);
      const at = Math.round(((granule - preSkip) * sampleRate) / GRANULES_PER_SECOND) - start;
      const part = pcm.subarray(Math.max(0, -at) * 2, Math.max(0, end - start - at) * 2);
      block.set(part, Math.max(0, at) * 2);
    }
  } finally {
    decoder.close();
  }
  return block;
}

/** A recording as audio for a provider, and how far its clock is ahead of the recording's. */
export function recordingReplay(
  recording: Recording,
  blobs: BlobStore,
): { audio: ReplayableAudio; format: AudioFormat; aheadMs: number } {
  const { sampleRate, sampleCount, preSkip } = recording;
  if (recording.codec === 'opus') {
    return {
      format: { encoding: 'opus', sampleRate },
      aheadMs: preSkip / GRANULES_PER_MS,
      audio: {
        readFrom: (positionMs, signal) => opusBatches(recording, blobs, positionMs, signal),
      },
    };
  }
  const batchSamples = Math.round((REPLAY_BATCH_MS * sampleRate) / 1000);
  return {
    format: { encoding: 'pcm-s16le', sampleRate },
    aheadMs: 0,
    audio: {
      async *readFrom(positionMs, signal) {
        let at = Math.round((positionMs * sampleRate) / 1000);
        let rest: Uint8Array = new Uint8Array(0);
        for await (const bytes of samples(recording, blobs, at, sampleCount)) {
          rest = Buffer.concat([rest, bytes]);
          while (rest.length > 1 && !signal.aborted) {
            const count = Math.min(batchSamples, rest.length >> 1);
            yield {
              startMs: (at * 1000) / sampleRate,
              durationMs: (count * 1000) / sampleRate,
              frames: [rest.subarray(0, count * 2)],
            };
            at += count;
            rest = rest.subarray(count * 2);
          }
          if (signal.aborted) return;
        }
      },
    },
  };
}

async function* opusBatches(
  recording: Recording,
  blobs: BlobStore,
  positionMs: number,
  signal: AbortSignal,
): AsyncGenerator<AudioBatch> {
  const from = Math.round(positionMs * GRANULES_PER_MS);
  let batch: (AudioBatch & { frames: Uint8Array[] }) | undefined;
  for await (const { packet, granule } of readOpusPackets(sourceOf(recording, blobs), from)) {
    if (signal.aborted) return;
    batch ??= { startMs: granule / GRANULES_PER_MS, durationMs: 0, frames: [] };
    batch.frames.push(packet);
    batch.durationMs += opusPacketDurationMs(packet) ?? 0;
    if (batch.durationMs < REPLAY_BATCH_MS) continue;
    yield batch;
    batch = undefined;
  }
  if (batch) yield batch;
}

function sourceOf(recording: Recording, blobs: BlobStore): ByteSource {
  return {
    size: recording.byteLength,
    async *read(start, end) {
      if (start >= end) return;
      const { body } = await blobs.get(recording.blobKey, { start, end: end - 1 });
      try {
        for await (const bytes of body) yield bytes as Uint8Array;
      } finally {
        body.destroy();
      }
    },
  };
}
