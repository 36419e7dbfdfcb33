import type { ReplayableAudio } from './replayable-audio.ts';

/** Audio may be missing at the ends of a piece by so much. */
const TOLERANCE_MS = 50;

/**
 * Returns a stretch of PCM as samples, undefined if a part of it is not there.
 *
 * @param audio signed 16-bit little-endian mono of `sampleRate`
 */
export async function readSpan(
  audio: ReplayableAudio,
  fromMs: number,
  toMs: number,
  sampleRate: number,
): Promise<Int16Array | undefined> {
  const samples = new Int16Array(Math.round(((toMs - fromMs) * sampleRate) / 1000));
  const enough = new AbortController();
  let readUntilMs = fromMs;
  for await (const batch of audio.readFrom(fromMs, enough.signal)) {
    if (batch.startMs > readUntilMs + TOLERANCE_MS) break;
    let at = Math.round(((batch.startMs - fromMs) * sampleRate) / 1000);
    for (const frame of batch.frames) {
      const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
      for (let i = 0; i + 1 < frame.byteLength; i += 2, at += 1) {
        if (at >= 0 && at < samples.length) samples[at] = view.getInt16(i, true);
      }
    }
    readUntilMs = batch.startMs + batch.durationMs;
    if (readUntilMs >= toMs) break;
  }
  enough.abort();
  return readUntilMs >= toMs - TOLERANCE_MS ? samples : undefined;
}
