import { describe, expect, it } from 'vitest';
import { audioClock } from '../../../src/audio/audio-clock.ts';
import { Lc3Decoder } from '../../../src/audio/lc3-decoder.ts';
import { hasDecoder, lc3Frames } from '../../fixtures/coded-speech.ts';
import { compareSpeech, NO_DIFFERENCE } from '../../fixtures/speech-comparison.ts';
import { synthesise } from '../../fixtures/speech-synthesis.ts';
import { SpeechRecogniser } from '../../simulators/speech-recogniser.ts';

const SPEECH = synthesise([
  { speaker: 1, text: 'Thirty bytes are ten milliseconds.' },
  { speaker: 4, text: 'Every word survives.' },
]);

describe('the clock of LC3', () => {
  const clock = audioClock({ encoding: 'lc3', sampleRate: 16_000 });

  it('counts ten milliseconds a frame', () => {
    expect(clock.toMs(clock.ticksOf(new Uint8Array(30)))).toBe(10);
    expect(clock.toMs(clock.ticksOf(new Uint8Array(90)))).toBe(30);
  });

  it('takes nothing else for a frame', () => {
    for (const bytes of [0, 1, 29, 31, 320]) expect(clock.ticksOf(new Uint8Array(bytes))).toBe(0);
  });
});

describe('Lc3Decoder', () => {
  it('refuses a rate that LC3 does not have', async () => {
    await expect(Lc3Decoder.create(44_100)).rejects.toMatchObject({ code: 'unsupported-codec' });
  });

  describe.skipIf(!hasDecoder('liblc3'))('with liblc3', () => {
    it.each([8_000, 16_000, 48_000] as const)('decodes to speech at %i Hz', async (rate) => {
      const spoken = synthesise(
        SPEECH.words.map(({ text, speaker }) => ({ text, speaker })),
        { sampleRate: rate, utteranceGapMs: 80 },
      );
      const decoder = await Lc3Decoder.create(rate);
      const recogniser = new SpeechRecogniser(rate, null);
      const heard = lc3Frames(spoken.samples, rate).flatMap((frame) => {
        const pcm = decoder.decode(frame);
        expect(pcm.length).toBe(rate / 50);
        return recogniser.push(new Int16Array(pcm.buffer));
      });
      decoder.close();
      const words = heard.map((word) => ({ ...word, confidence: null, language: null }));
      expect(compareSpeech(spoken.words, words)).toEqual(NO_DIFFERENCE);
    });

    it('decodes several frames of one message', async () => {
      const decoder = await Lc3Decoder.create(16_000);
      const [a, b] = lc3Frames(SPEECH.samples, 16_000);
      if (!a || !b) throw new Error('no frames');
      expect(decoder.decode(Buffer.concat([a, b]))).toHaveLength(640);
      decoder.close();
    });

    it('conceals what is damaged, keeps the clock and goes on', async () => {
      const decoder = await Lc3Decoder.create(16_000);
      const [frame] = lc3Frames(SPEECH.samples, 16_000);
      if (!frame) throw new Error('no frames');
      expect(decoder.decode(new Uint8Array(30).fill(0xff))).toHaveLength(320);
      expect(decoder.decode(frame)).toHaveLength(320);
      decoder.close();
    });
  });
});
