import { Encoder } from '@evan/opus';
import type WebSocket from 'ws';

/** PCM cut into frames of `ms` milliseconds. */
export function pcmFrames(pcm: Uint8Array, sampleRate: number, ms = 20): Uint8Array[] {
  const size = ((sampleRate * ms) / 1000) * 2;
  const frames: Uint8Array[] = [];
  for (let at = 0; at < pcm.length; at += size) frames.push(pcm.slice(at, at + size));
  return frames;
}

/** PCM at 16 kHz as Opus packets of 20 ms. */
export function opusFrames(pcm: Uint8Array): Uint8Array[] {
  const encoder = new Encoder({ channels: 1, sample_rate: 16_000, application: 'audio' });
  encoder.bitrate = 32_000;
  return pcmFrames(pcm, 16_000, 20).map((frame) => {
    const padded = new Uint8Array(640);
    padded.set(frame);
    return encoder.encode(padded).slice();
  });
}

/**
 * Sends frames of 20 ms, `speed` times as fast as they were spoken; ends early if the socket
 * closes. Returns how many were sent.
 */
export async function play(
  socket: WebSocket,
  frames: readonly Uint8Array[],
  speed = 10,
): Promise<number> {
  const startedAt = performance.now();
  for (const [i, frame] of frames.entries()) {
    if (socket.readyState !== socket.OPEN) return i;
    socket.send(frame);
    const aheadMs = ((i + 1) * 20) / speed - (performance.now() - startedAt);
    if (aheadMs > 5) await new Promise((resolve) => setTimeout(resolve, aheadMs));
  }
  return frames.length;
}
