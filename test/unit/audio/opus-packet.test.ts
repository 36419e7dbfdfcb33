import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { opusPacketDurationMs, parseOpusPacket } from '../../../src/audio/opus-packet.ts';
import { opusPackets } from '../../fixtures/speech-audio.ts';
import { synthesise } from '../../fixtures/speech-synthesis.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const toc = (config: number, code: number): number => (config << 3) | code;

describe('parseOpusPacket', () => {
  it('knows the frame length of every configuration (RFC 6716, table 2)', () => {
    const durations = Array.from({ length: 32 }, (_, config) =>
      opusPacketDurationMs(bytes(toc(config, 0), 1, 2)),
    );
    const silk = [10, 20, 40, 60];
    const celt = [2.5, 5, 10, 20];
    expect(durations).toEqual([
      ...[...silk, ...silk, ...silk],
      ...[10, 20, 10, 20],
      ...[...celt, ...celt, ...celt, ...celt],
    ]);
  });

  it('tells mode and channels', () => {
    expect(parseOpusPacket(bytes(toc(1, 0), 0))).toMatchObject({ mode: 'silk', stereo: false });
    expect(parseOpusPacket(bytes(toc(13, 0) | 4, 0))).toMatchObject({
      mode: 'hybrid',
      stereo: true,
    });
    expect(parseOpusPacket(bytes(toc(31, 0), 0))).toMatchObject({ mode: 'celt' });
  });

  it.each([
    ['two equal frames', bytes(toc(1, 1), 1, 2, 3, 4), 40, 2],
    ['two frames of their own size', bytes(toc(1, 2), 1, 9, 8, 7), 40, 2],
    [
      'two frames, the first of 252 bytes and more',
      bytes(toc(1, 2), 252, 1, ...Array(260).fill(0)),
      40,
      2,
    ],
    ['three frames of equal size', bytes(toc(1, 3), 3, 1, 2, 3), 60, 3],
    ['three frames with padding', bytes(toc(1, 3), 0x40 | 3, 2, 1, 2, 3, 0, 0), 60, 3],
    ['padding of 254 and more', bytes(toc(1, 3), 0x41, 255, 1, 7, ...Array(255).fill(0)), 20, 1],
    ['three frames of their own sizes', bytes(toc(1, 3), 0x80 | 3, 1, 2, 9, 8, 8, 7), 60, 3],
    ['a frame without a byte (DTX)', bytes(toc(1, 0)), 20, 1],
  ])('accepts %s', (_name, packet, durationMs, frameCount) => {
    expect(parseOpusPacket(packet)).toMatchObject({ valid: true, durationMs, frameCount });
  });

  it.each([
    ['R1', 'an empty packet', bytes()],
    ['R2', 'a frame of more than 1275 bytes', new Uint8Array(1277)],
    ['R3', 'two equal frames in an odd number of bytes', bytes(toc(1, 1), 1, 2, 3)],
    ['R4', 'a first frame without a length', bytes(toc(1, 2))],
    ['R4', 'a length of which half is missing', bytes(toc(1, 2), 253)],
    ['R4', 'a first frame beyond the end', bytes(toc(1, 2), 5, 1, 2)],
    ['R5', 'no frame', bytes(toc(1, 3), 0)],
    ['R5', 'more than 120 ms', bytes(toc(3, 3), 3, 1, 2, 3)],
    ['R6', 'equal frames that do not divide', bytes(toc(1, 3), 3, 1, 2)],
    ['R6', 'padding beyond the end', bytes(toc(1, 3), 0x40 | 1, 9, 1)],
    ['R6', 'padding without a length', bytes(toc(1, 3), 0x40 | 1)],
    ['R7', 'no frame count', bytes(toc(1, 3))],
    ['R7', 'frame lengths that are cut off', bytes(toc(1, 3), 0x80 | 3, 1)],
    ['R7', 'frames beyond the end', bytes(toc(1, 3), 0x80 | 2, 9, 1, 2)],
  ])('refuses by %s %s', (rule, _name, packet) => {
    expect(parseOpusPacket(packet)).toMatchObject({ valid: false, rule });
  });

  it('never throws, and never finds more than 120 ms', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1400 }), (packet) => {
        const parsed = parseOpusPacket(packet);
        if (!parsed.valid) return parsed.reason.length > 0;
        return parsed.durationMs >= 2.5 && parsed.durationMs <= 120;
      }),
    );
  });

  it('agrees with an encoder about its packets', () => {
    const { samples } = synthesise([{ speaker: 2, text: 'One two three' }]);
    for (const frameMs of [10, 20] as const) {
      for (const packet of opusPackets(samples, 16_000, frameMs)) {
        expect(opusPacketDurationMs(packet)).toBe(frameMs);
      }
    }
  });
});
