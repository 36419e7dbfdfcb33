import { describe, expect, it } from 'vitest';
import { bytesSource } from '../../../src/audio/file/audio-source.ts';
import { openDeviceFile } from '../../../src/offline-sync/device-file.ts';
import {
  baseName,
  type DeviceCodec,
  parseDeviceFileName,
} from '../../../src/offline-sync/device-file-name.ts';
import { recordsOf } from '../../e2e/device-files.ts';
import { opusFrames } from '../../e2e/play-audio.ts';

const NOW = Date.UTC(2026, 4, 4);
const AT = 1_770_000_000;
const { signal } = new AbortController();

function parsed(name: string) {
  const result = parseDeviceFileName(name, NOW);
  return result.ok ? result.file : result.reason;
}

describe('the name of a file', () => {
  it.each([
    ['audio_omi_opus_fs320_16000_1_fs320_', 'opus', 16_000, 1],
    ['audio_aabbcc_pcm16_8000_2_fs160_', 'pcm16', 8_000, 2],
    ['audio_phone_pcm8_16000_1_fs160_', 'pcm8', 16_000, 1],
    ['audio_x_mulaw_8000_1_fs160_', 'mulaw', 8_000, 1],
    ['audio_x_lc3_fs1030_16000_1_fs160_', 'lc3', 16_000, 1],
    ['audio_x_aac_44100_1_fs160_', 'aac', 16_000, 1],
    ['AUDIO_', 'opus', 16_000, 1],
  ])('%s tells the codec', (start, encoding, sampleRate, channels) => {
    expect(parsed(`${start}${AT}.bin`)).toEqual({
      codec: { encoding, sampleRate, channels },
      startedAt: AT * 1000,
      source: 'omi',
    });
  });

  it('tells milliseconds and the kind of device', () => {
    const name = `audio_limitless_opus_16000_1_fs320_r123_${AT}123.bin`;
    expect(parsed(name)).toMatchObject({ startedAt: AT * 1000 + 123, source: 'limitless' });
  });

  it.each([
    ['audio_omi_1770000000.wav', /must end with \.bin/],
    ['1770000000.bin', /missing timestamp/],
    ['audio_omi_now.bin', /invalid timestamp$/],
    ['audio_omi_12.bin', /before 2024/],
    ['audio_omi_4102444800.bin', /in the future/],
  ])('%s is refused with a reason', (name, reason) => {
    expect(parsed(name)).toMatch(reason);
  });

  it('is taken without its folders', () => {
    expect(baseName('../../etc/audio_1.bin')).toBe('audio_1.bin');
    expect(baseName('C:\\a\\audio_1.bin')).toBe('audio_1.bin');
  });
});

const codec = (encoding: DeviceCodec['encoding']): DeviceCodec => ({
  encoding,
  sampleRate: 16_000,
  channels: 1,
});

async function read(bytes: Uint8Array, encoding: DeviceCodec['encoding']) {
  const file = await openDeviceFile(bytesSource(bytes), codec(encoding));
  let durationMs = 0;
  let byteLength = 0;
  for await (const batch of file.frames(signal)) {
    durationMs = batch.startMs + batch.durationMs;
    for (const frame of batch.frames) byteLength += frame.length;
  }
  return { encoding: file.format.encoding, durationMs, byteLength, problem: file.problem() };
}

describe('the bytes of a file', () => {
  const pcm = Uint8Array.from({ length: 32_000 }, (_, i) => (i * 37 + (i >> 5)) & 0x3f);
  const parts = (size: number) =>
    Array.from({ length: Math.ceil(pcm.length / size) }, (_, i) =>
      pcm.slice(i * size, (i + 1) * size),
    );

  it.each([
    ['pcm16', 1_000],
    ['pcm8', 2_000],
    ['mulaw', 2_000],
    ['alaw', 2_000],
  ] as const)('are %s samples, with or without lengths', async (encoding, durationMs) => {
    const framed = await read(recordsOf(parts(320)), encoding);
    expect(framed).toMatchObject({ encoding: 'pcm-s16le', durationMs, problem: null });
    expect(await read(pcm, encoding)).toEqual(framed);
  });

  it('are Opus packets, whatever the name says', async () => {
    // SILK, wide band, 20 ms, one frame (RFC 6716 §3.1).
    const packets = Array.from({ length: 50 }, (_, i) =>
      Uint8Array.from({ length: 60 }, (_, k) => (k === 0 ? 0x48 : (i * 7 + k * 31) & 0xff)),
    );
    const bytes = recordsOf(packets);
    expect(await read(bytes, 'opus')).toMatchObject({ encoding: 'opus', durationMs: 1_000 });
    expect(await read(bytes, 'pcm16')).toMatchObject({ encoding: 'opus', durationMs: 1_000 });
  });

  it('are read up to where they are cut off or damaged', async () => {
    const packets = opusFrames(pcm);
    const bytes = recordsOf(packets);
    const cut = await read(bytes.subarray(0, bytes.length - 5), 'opus');
    expect(cut).toMatchObject({ durationMs: 980 });
    expect(cut.problem).toMatch(/ends in the middle of a packet, after 1\.0 s/);
    const damaged = await read(Buffer.concat([bytes, Buffer.alloc(40, 0xff)]), 'opus');
    expect(damaged).toMatchObject({ durationMs: 1_000 });
    expect(damaged.problem).toMatch(/damaged after 1\.0 s/);
  });

  it('are refused if they are empty or no audio of the codec', async () => {
    await expect(read(new Uint8Array(0), 'opus')).rejects.toThrow('The file is empty.');
    await expect(read(Buffer.alloc(2_000, 'no audio '), 'opus')).rejects.toThrow(
      'The file holds no Opus packets, although its name says so.',
    );
  });
});
