import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PcmCheck } from '../../../src/audio/pcm-check.ts';
import { opusPackets } from '../../fixtures/speech-audio.ts';
import { synthesise } from '../../fixtures/speech-synthesis.ts';

const SPEECH = synthesise([
  { speaker: 1, text: 'Does every word survive? They all do, I believe.' },
]);

/** Bytes that look random and are the same in every run. */
function noise(length: number): Uint8Array {
  const parts: Buffer[] = [];
  for (let i = 0; parts.length * 32 < length; i += 1) {
    parts.push(createHash('sha256').update(String(i)).digest());
  }
  return Buffer.concat(parts).subarray(0, length);
}

function isPcm(bytes: Uint8Array, size = bytes.length): boolean {
  const check = new PcmCheck();
  for (let at = 0; at < bytes.length && check.isOpen; at += size) {
    if (!check.take(bytes.subarray(at, at + size))) return false;
  }
  expect(check.isOpen).toBe(false);
  return true;
}

describe('PcmCheck', () => {
  it.each([320, 321, 7, 100_000])('knows speech, in messages of %i bytes', (size) => {
    expect(isPcm(SPEECH.pcm, size)).toBe(true);
  });

  it('knows silence, full scale and quiet noise as PCM', () => {
    expect(isPcm(new Uint8Array(20_000))).toBe(true);
    expect(isPcm(new Uint8Array(new Int16Array(10_000).fill(32_767).buffer))).toBe(true);
    const quiet = new Int16Array(noise(20_000).slice().buffer).map((sample) => sample >> 3);
    expect(isPcm(new Uint8Array(quiet.buffer))).toBe(true);
  });

  it('knows a loud tone at a quarter of the rate', () => {
    const tone = Int16Array.from({ length: 10_000 }, (_, i) => [0, 30_000, 0, -30_000][i % 4] ?? 0);
    // Neighbours differ as much as noise does on average, at most: a tone is no noise yet.
    expect(isPcm(new Uint8Array(tone.map((sample) => sample >> 2).buffer))).toBe(true);
  });

  it.each([
    ['random bytes', noise(20_000)],
    [
      'Opus',
      Buffer.concat(
        opusPackets(SPEECH.samples, 16_000, 20).concat(
          ...Array.from({ length: 20 }, () => opusPackets(SPEECH.samples, 16_000, 20)),
        ),
      ),
    ],
    [
      'PCM of the other byte order',
      Buffer.from(SPEECH.pcm)
        .subarray(0, SPEECH.pcm.length & ~1)
        .swap16(),
    ],
  ])('refuses %s', (_name, bytes) => {
    expect(isPcm(bytes)).toBe(false);
    expect(isPcm(bytes, 101)).toBe(false);
  });

  it('says nothing before it has seen enough', () => {
    const check = new PcmCheck();
    expect(check.take(noise(15_000))).toBe(true);
    expect(check.isOpen).toBe(true);
  });
});
