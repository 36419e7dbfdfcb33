import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sttOptions, transcribeResumed } from '../fixtures/provider-speech.ts';
import { pcmBatches } from '../fixtures/speech-audio.ts';
import { finalWords } from '../fixtures/speech-comparison.ts';
import { STT_VENDORS, type SttVendor } from '../fixtures/stt-vendors.ts';
import { loadSpeechClips, pitchShifted, type SpeechClip } from '../simulators/speech-clips.ts';

const clips = loadSpeechClips();
const otherVoice = clips.map((clip) => pitchShifted(clip, 1.2, 1));

/** A service that does not end its sentences by itself is given a pause after each. */
const PAUSE_MS = 1234.5;

/** Clips one after another, each behind a pause, and every word at its time. */
function spoken(parts: readonly SpeechClip[]) {
  const rate = parts[0]?.sampleRate ?? 16_000;
  const pause = Math.round((PAUSE_MS * rate) / 1000);
  const total = parts.reduce((sum, part) => sum + pause + part.samples.length, 0);
  const samples = new Int16Array(total);
  let at = 0;
  const words = parts.flatMap((part) => {
    at += pause;
    samples.set(part.samples, at);
    const shiftMs = (at * 1000) / rate;
    at += part.samples.length;
    return part.words.map(({ text, startMs, endMs }) => {
      const { speaker } = part;
      return { text, startMs: startMs + shiftMs, endMs: endMs + shiftMs, speaker };
    });
  });
  return { batches: pcmBatches(samples, rate), words, rate };
}

describe.skipIf(clips.length === 0).each(Object.entries(STT_VENDORS))(
  'real speech to %s',
  (_name, start) => {
    let vendor: SttVendor;
    beforeAll(async () => {
      vendor = await start([...clips, ...otherVoice]);
    });
    afterAll(() => vendor.close());

    function hear({ batches, rate }: ReturnType<typeof spoken>) {
      const format = { encoding: 'pcm-s16le', sampleRate: rate } as const;
      const options = sttOptions({ model: vendor.model, format });
      return transcribeResumed(vendor.provider, options, batches);
    }

    it.each(
      clips.flatMap((clip) => [false, true].map((lost) => ({ clip, name: clip.name, lost }))),
    )('has the words of $name at their times (connection lost: $lost)', async ({ clip, lost }) => {
      if (lost) vendor.fail({ kind: 'drop', afterAudioMs: 2500 });
      const said = spoken([clip]);
      const words = finalWords(await hear(said));
      expect(words.map(({ text }) => text)).toEqual(said.words.map(({ text }) => text));
      for (const [i, { startMs, endMs }] of said.words.entries()) {
        expect(Math.abs((words[i]?.startMs ?? 0) - startMs)).toBeLessThan(100);
        expect(Math.abs((words[i]?.endMs ?? 0) - endMs)).toBeLessThan(100);
      }
    });

    it.each([false, true])('keeps two voices apart (connection lost: %s)', async (lost) => {
      if (lost) vendor.fail({ kind: 'drop', afterAudioMs: 12_000 });
      const parts = [clips[0], otherVoice[1], clips[2], otherVoice[0]].flatMap((c) => c ?? []);
      const said = spoken(parts);
      const words = finalWords(await hear(said));
      expect(words.map(({ text, speaker }) => `${speaker} ${text}`)).toEqual(
        said.words.map(({ text, speaker }) => `${speaker} ${text}`),
      );
    });
  },
);
