import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { audioKind, HEAD_BYTES } from '../../../src/audio/file/audio-kind.ts';
import { bytesSource, DiskSource } from '../../../src/audio/file/audio-source.ts';
import { measureAudio, openAudioFile } from '../../../src/audio/file/open-audio-file.ts';
import { replayFile } from '../../../src/audio/file/replay-file.ts';
import { encodeWav } from '../../../src/audio/wav.ts';
import { isAppError } from '../../../src/kernel/errors.ts';

const FOLDER = path.join(import.meta.dirname, '../../fixtures/audio');
const fixture = (name: string) => readFileSync(path.join(FOLDER, name));
const signal = new AbortController().signal;

/** AAC is decoded by a program that not every machine has. */
const hasFfmpeg = (() => {
  try {
    execFileSync('ffmpeg', ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
if (!hasFfmpeg) console.log('ffmpeg is not here: AAC is not tried.');

async function open(bytes: Uint8Array, name = '', keepOpus = false) {
  return openAudioFile(bytesSource(bytes, name), { sampleRate: 16_000, keepOpus });
}

/** All samples of a file; the clock of its batches must have no gap. */
async function samplesOf(bytes: Uint8Array, name = ''): Promise<Int16Array> {
  const file = await open(bytes, name);
  const parts: Uint8Array[] = [];
  let expectedMs = 0;
  for await (const { startMs, durationMs, frames } of file.frames(signal)) {
    expect(startMs).toBeCloseTo(expectedMs, 6);
    expectedMs = startMs + durationMs;
    parts.push(...frames);
  }
  const pcm = Buffer.concat(parts);
  return Int16Array.from({ length: pcm.length >> 1 }, (_, i) => pcm.readInt16LE(i * 2));
}

/** Hertz of a tone: half of how often it crosses zero in a second. */
function pitch(samples: Int16Array): number {
  const middle = samples.subarray(3_200, 12_800);
  let crossings = 0;
  for (let i = 1; i < middle.length; i += 1) {
    if ((middle[i] ?? 0) >= 0 !== (middle[i - 1] ?? 0) >= 0) crossings += 1;
  }
  return (crossings * 16_000) / (2 * middle.length);
}

const loudness = (samples: Int16Array) =>
  Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);

/** A second of 440 Hz, as programs write it. */
const TONES: [string, string][] = [
  ['tone.mp3', 'MP3, 16000 Hz'],
  ['tone.flac', 'FLAC, 16000 Hz'],
  ['tone-flac.ogg', 'Ogg/FLAC, 16000 Hz'],
  ['tone-vorbis.ogg', 'Ogg/Vorbis, 16000 Hz'],
  ['tone-opus.ogg', 'Ogg/Opus'],
  ['tone-opus.webm', 'Opus in WebM, 48000 Hz'],
  ['tone-vorbis.webm', 'Vorbis in WebM, 16000 Hz'],
  ['tone.mov', 'PCM in QuickTime File Format, 8000 Hz'],
  ['ima.wav', 'WAV, 8000 Hz'],
  ['ms.wav', 'WAV, 8000 Hz'],
  ['mp3.wav', 'WAV, 16000 Hz'],
  ['ulaw-stereo.wav', 'WAV, 8000 Hz, 2 channels'],
];
const AAC_TONES: [string, string][] = [
  ['tone.m4a', 'AAC in MP4, 16000 Hz'],
  ['tone-fragmented.mp4', 'AAC in MP4, 16000 Hz'],
  ['film.mp4', 'AAC in MP4, 16000 Hz'],
  ['tone.aac', 'AAC, 16000 Hz'],
];

describe('openAudioFile', () => {
  const check = async (name: string, description: string) => {
    const bytes = fixture(name);
    expect((await open(bytes)).description).toBe(description);
    // By what it holds, whatever it is called.
    const samples = await samplesOf(bytes, 'recording.bin');
    expect(samples.length / 16_000).toBeGreaterThan(0.99);
    expect(samples.length / 16_000).toBeLessThan(1.1);
    expect(Math.abs(pitch(samples) - 440)).toBeLessThan(4);
    expect(loudness(samples)).toBeGreaterThan(7_000);
  };

  it.each(TONES)('reads %s', check);
  it.skipIf(!hasFfmpeg).each(AAC_TONES)('reads %s', check);

  it('gives Opus packets as they are if they are asked for', async () => {
    for (const name of ['tone-opus.ogg', 'tone-opus.webm']) {
      const file = await open(fixture(name), '', true);
      expect(file.format).toEqual({ encoding: 'opus', sampleRate: 16_000 });
      let packets = 0;
      for await (const { frames } of file.frames(signal)) packets += frames.length;
      expect(packets).toBe(51);
    }
  });

  it('keeps the rate of a file if none is asked for', async () => {
    const source = bytesSource(fixture('ulaw-stereo.wav'));
    const file = await openAudioFile(source, { sampleRate: null, keepOpus: false });
    expect(file.format.sampleRate).toBe(8_000);
    expect(file.durationMs).toBe(1000);
  });

  it('reads a file on disk piece by piece, from any position, more than once', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'audio-file-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = path.join(folder, 'long.wav');
    await writeFile(file, encodeWav(new Int16Array(16_000 * 60), 16_000));
    const source = await DiskSource.open(file, 'long.wav');
    onTestFinished(() => source.close());
    let largest = 0;
    const watched = {
      ...{ name: source.name, size: source.size },
      read: (start: number, end: number) => {
        largest = Math.max(largest, end - start);
        return source.read(start, end);
      },
    };
    const audio = replayFile(await openAudioFile(watched, { sampleRate: 16_000, keepOpus: true }));
    for (const positionMs of [0, 59_950]) {
      let lengthMs = 0;
      for await (const batch of audio.readFrom(positionMs, signal)) lengthMs += batch.durationMs;
      // Batches go with it whole.
      expect(lengthMs).toBeGreaterThanOrEqual(60_000 - positionMs);
      expect(lengthMs).toBeLessThan(60_200 - positionMs);
    }
    expect(largest).toBeLessThan(100_000);
  });

  it('measures the sound, and refuses what is longer than the limit', async () => {
    const file = await open(fixture('tone-opus.ogg'), '', true);
    expect(await measureAudio(file, 60_000, signal)).toBeCloseTo(1013.5, 3);
    await expect(measureAudio(file, 500, signal)).rejects.toMatchObject({
      code: 'payload-too-large',
    });
  });

  it('stops at once when it is told to', async () => {
    const stop = new AbortController();
    const file = await open(encodeWav(new Int16Array(160_000), 16_000));
    let batches = 0;
    for await (const _batch of file.frames(stop.signal)) {
      batches += 1;
      stop.abort();
    }
    expect(batches).toBeLessThan(15);
  });

  it.each<[string, Uint8Array, string, RegExp]>([
    ['a film without sound', fixture('silent-film.mp4'), '', /^The MP4 file has no sound/],
    [
      'a recording that was not finished',
      fixture('tone.m4a').subarray(0, 2_000),
      '',
      /^The MP4 file has no sound, or was not finished/,
    ],
    [
      'text',
      Buffer.from('Anna: hello'),
      'a.txt',
      /^It is no sound file of a known kind: WAV, MP3,/,
    ],
    [
      'text that is called MP3',
      Buffer.from('Anna: hello'),
      'a.mp3',
      /^The MP3 file cannot be read/,
    ],
    ['nothing that is called WAV', new Uint8Array(0), 'a.wav', /^The WAV file cannot be read/],
    [
      'AIFF',
      Buffer.from('FORM\0\0\0\u0010AIFFCOMM'),
      'a.aiff',
      /^Files of the kind AIFF are not read\. Convert/,
    ],
    ['AMR', Buffer.from('#!AMR\n'), 'a.amr', /^Files of the kind AMR are not read/],
    [
      'WMA',
      Buffer.from('3026b2758e66cf11a6d900aa0062ce6c', 'hex'),
      'a.wma',
      /^Files of the kind WMA/,
    ],
    [
      'an Ogg file of Speex',
      oggPage('Speex   1.2'),
      'a.ogg',
      /^The Ogg file holds neither Opus, Vorbis nor FLAC/,
    ],
  ])('refuses %s with a sentence', async (_what, bytes, name, message) => {
    await expect(samplesOf(bytes, name)).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(message),
    });
  });

  it('reads or refuses whatever a damaged file holds', async () => {
    const names = [...TONES, ...AAC_TONES].map(([name]) => name);
    const damage = fc.record({
      name: fc.constantFrom(...names),
      length: fc.double({ min: 0, max: 1, noNaN: true }),
      changes: fc.array(fc.tuple(fc.nat(4_000), fc.nat(255)), { maxLength: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ name, length, changes }) => {
        const bytes = fixture(name);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        const cut = bytes.subarray(0, Math.ceil(bytes.length * length));
        try {
          const file = await open(cut);
          for await (const { durationMs } of file.frames(signal)) {
            expect(durationMs).toBeGreaterThan(0);
          }
        } catch (error) {
          if (!isAppError(error)) throw error;
          expect(['bad-request', 'unsupported-codec', 'provider-unavailable']).toContain(
            error.code,
          );
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('audioKind', () => {
  it.each([
    'free lunch: yes',
    'The free one',
    'Anna: hi',
    '\uFEFFAnna: hi',
    'WEBVTT',
    '{"a": 1}',
    'From: a@b.c',
  ])('takes %j for no sound, in any encoding', (text) => {
    for (const encoding of ['utf8', 'utf16le'] as const) {
      expect(audioKind(Buffer.from(text, encoding).subarray(0, HEAD_BYTES))).toBeNull();
      expect(audioKind(Buffer.from(`\uFEFF${text}`, encoding).subarray(0, HEAD_BYTES))).toBeNull();
    }
  });
});

/** An Ogg page that begins a stream. */
function oggPage(body: string): Uint8Array {
  const head = Buffer.alloc(28);
  head.write('OggS');
  head[5] = 2;
  head[26] = 1;
  head[27] = body.length;
  return Buffer.concat([head, Buffer.from(body)]);
}
