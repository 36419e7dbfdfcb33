import type { AudioBatch } from '../audio-format.ts';
import { opusPacketDurationMs } from '../opus-packet.ts';
import type { SoundPacket } from './file-codec.ts';

/** Sound of one batch. */
const BATCH_MS = 100;

/** Opus packets as batches; what is no packet is left out. */
export async function* batchesOfOpus(
  packets: AsyncIterable<Pick<SoundPacket, 'data'>>,
): AsyncGenerator<AudioBatch> {
  let frames: Uint8Array[] = [];
  let startMs = 0;
  let endMs = 0;
  for await (const { data } of packets) {
    const durationMs = opusPacketDurationMs(data);
    if (durationMs === null) continue;
    frames.push(data);
    endMs += durationMs;
    if (endMs - startMs < BATCH_MS) continue;
    yield { startMs, durationMs: endMs - startMs, frames };
    frames = [];
    startMs = endMs;
  }
  if (frames.length > 0) yield { startMs, durationMs: endMs - startMs, frames };
}
