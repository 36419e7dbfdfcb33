import { describe, expect, it } from 'vitest';
import { parseCodec } from '../../../src/audio/codec.ts';
import { OpusDecoder } from '../../../src/audio/opus-decoder.ts';
import { pcmSamples } from '../../fixtures/pcm-samples.ts';
import { opusPackets } from '../../fixtures/speech-audio.ts';
import { compareSpeech, NO_DIFFERENCE } from '../../fixtures/speech-comparison.ts';
import { synthesise } from '../../fixtures/speech-synthesis.ts';
import { SpeechRecogniser } from '../../simulators/speech-recogniser.ts';

describe('parseCodec', () => {
  it.each([
    ['pcm8', { status: 'supported', encoding: 'pcm-s16le' }],
    ['pcm16', { status: 'supported', encoding: 'pcm-s16le' }],
    ['pcm', { status: 'supported', encoding: 'pcm-s16le' }],
    ['opus', { status: 'supported', encoding: 'opus' }],
    ['opus_fs320', { status: 'supported', encoding: 'opus' }],
    ['aac', { status: 'supported', encoding: 'aac' }],
    ['lc3_fs1030', { status: 'supported', encoding: 'lc3' }],
    ['linear16', { status: 'supported', encoding: 'pcm-s16le', isAssumed: false }],
  ])('%s', (name, answer) => {
    expect(parseCodec(name)).toMatchObject(answer);
  });

  it.each([
    ...['', 'PCM8', 'PCM', 'Linear16', 'LINEAR16', 'pcm_s16le', 's16le', 'l16', 'raw', 'wav'],
    ...['pcm16le', 'pcm_16000', 'pcm16_fs320', 'pcm32k', 'constructor', 'unknown', 'x'.repeat(100)],
  ])('takes the unknown name %j as PCM until the bytes say otherwise', (name) => {
    expect(parseCodec(name)).toEqual({
      status: 'supported',
      encoding: 'pcm-s16le',
      isAssumed: true,
    });
  });

  it.each([
    ...['OPUS', 'opus_fs160', 'opus_ogg', 'AAC', 'aac_eld', 'lc3', 'LC3_FS1030', 'lc3plus', 'mp3'],
    ...['flac', 'ogg', 'webm', 'mulaw', 'u-law', 'alaw', 'pcmu', 'pcma', 'g711', 'g722', 'amr-wb'],
    ...[
      'speex',
      'adpcm',
      'pcm_f32le',
      'float32',
      'pcm24',
      'pcm_s24le',
      'pcm_u8',
      'linear32',
      's16be',
    ],
  ])('refuses %s, which is another format', (name) => {
    expect(parseCodec(name)).toEqual({
      status: 'unknown',
      reason: expect.stringMatching(/^Unknown codec; known are pcm, .*lc3_fs1030\.$/),
    });
  });
});

describe('OpusDecoder', () => {
  const speech = synthesise([
    { speaker: 1, text: 'Does every word survive the codec?' },
    { speaker: 4, text: 'They do.' },
  ]);

  it.each([
    [8000, 10],
    [16_000, 10],
    [16_000, 20],
    [48_000, 20],
  ] as const)('decodes to speech at %i Hz, packets of %i ms', async (rate, frameMs) => {
    const spoken = synthesise(
      speech.words.map(({ text, speaker }) => ({ text, speaker })),
      { sampleRate: rate, utteranceGapMs: 80 },
    );
    const decoder = await OpusDecoder.create(rate);
    const recogniser = new SpeechRecogniser(rate, null);
    const heard = opusPackets(spoken.samples, rate, frameMs).flatMap((packet) => {
      const pcm = Buffer.from(decoder.decode(packet));
      expect(pcm.length).toBe((rate * frameMs * 2) / 1000);
      return recogniser.push(pcmSamples(pcm));
    });
    decoder.close();
    const words = heard.map((word) => ({ ...word, confidence: null, language: null }));
    expect(compareSpeech(spoken.words, words)).toEqual(NO_DIFFERENCE);
  });

  it('counts bad packets, keeps the clock and goes on', async () => {
    const decoder = await OpusDecoder.create(16_000);
    const [packet = new Uint8Array()] = opusPackets(speech.samples, 16_000, 20);
    expect(decoder.decode(new Uint8Array(0))).toHaveLength(0);
    expect(decoder.decode(Uint8Array.of((1 << 3) | 3, 0))).toHaveLength(0);
    expect(decoder.errors).toBe(2);
    expect(decoder.decode(packet)).toHaveLength(640);
    expect(decoder.errors).toBe(2);
    decoder.close();
  });

  it('decodes packets together as it does one by one, and leaves out what is no packet', async () => {
    const packets: Uint8Array[] = [...opusPackets(speech.samples, 16_000, 20)];
    const broken = Uint8Array.of((1 << 3) | 3, 0);
    const [alone, together] = [await OpusDecoder.create(16_000), await OpusDecoder.create(16_000)];
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < packets.length; at += 7) {
      pieces.push(together.decodeAll([...packets.slice(at, at + 7), broken, new Uint8Array(0)]));
    }
    const expected = packets.map((packet) => alone.decode(packet));
    expect(Buffer.concat(pieces).equals(Buffer.concat(expected))).toBe(true);
    expect(together.errors).toBe(2 * pieces.length);
    expect(together.decodeAll([])).toHaveLength(0);
    alone.close();
    together.close();
  });

  it('makes silence of a packet that is too large for the decoder, and of no other', async () => {
    const [first, second] = opusPackets(speech.samples, 16_000, 20).slice(20);
    if (!first || !second) throw new Error('The speech is too short.');
    // Six frames of 20 ms, each as large as a frame may be.
    const large = new Uint8Array(2 + 6 * 1275);
    large.set([(31 << 3) | 3, 6]);
    const decoder = await OpusDecoder.create(16_000);
    const alone = await OpusDecoder.create(16_000);
    const pcm = Buffer.from(decoder.decodeAll([first, large, second]));
    expect(decoder.errors).toBe(1);
    expect(pcm).toHaveLength(640 + 3840 + 640);
    expect(pcm.subarray(0, 640).equals(alone.decode(first))).toBe(true);
    expect(pcm.subarray(640, 640 + 3840).every((byte) => byte === 0)).toBe(true);
    expect(pcm.subarray(640 + 3840).equals(alone.decode(second))).toBe(true);
    decoder.close();
    alone.close();
  });

  it('refuses a rate that Opus does not have', async () => {
    await expect(OpusDecoder.create(11_025)).rejects.toMatchObject({ code: 'unsupported-codec' });
  });
});
