import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinSamples } from '../../fixtures/pcm-samples.ts';
import { decodeWord, encodeWord, synthesise } from '../../fixtures/speech-synthesis.ts';
import type { HeardWord } from '../../simulators/heard-word.ts';
import { SpeechRecogniser } from '../../simulators/speech-recogniser.ts';

const speech = synthesise([{ speaker: 3, text: "Grüße, O'Neil pays $1,250 at 9:30." }]);

function listen(samples: Int16Array, chunk = 777): HeardWord[] {
  const recogniser = new SpeechRecogniser(16_000, null);
  const words: HeardWord[] = [];
  for (let at = 0; at < samples.length; at += chunk) {
    words.push(...recogniser.push(samples.subarray(at, at + chunk)));
  }
  return words;
}

function joined(...parts: Int16Array[]): Int16Array {
  return joinSamples(parts);
}

describe('the simulated recogniser', () => {
  it('hears what was said, by whom and when, whatever the pieces', () => {
    for (const chunk of [1, 160, 777, 100_000])
      expect(listen(speech.samples, chunk)).toEqual(speech.words);
  });

  it('hears nothing in silence and noise', () => {
    expect(listen(new Int16Array(48_000))).toEqual([]);
    let state = 1;
    const noise = Int16Array.from({ length: 48_000 }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
      return state >> 18;
    });
    expect(listen(noise)).toEqual([]);
  });

  it('hears twice what comes twice, later by as much as it is shifted', () => {
    const lead = new Int16Array(1600);
    const words = listen(joined(lead, speech.samples, speech.samples));
    const expected = [100, 100 + speech.durationMs].flatMap((shift) =>
      speech.words.map((w) => ({ ...w, startMs: w.startMs + shift, endMs: w.endMs + shift })),
    );
    expect(words).toEqual(expected);
  });

  it('hears no word of which a part is missing', () => {
    const [first, second, third] = speech.words;
    const at = (ms: number | undefined): number => Math.round((ms ?? 0) * 16);
    const middle = ((second?.startMs ?? 0) + (second?.endMs ?? 0)) / 2;
    const beginning = listen(speech.samples.subarray(at(middle)));
    expect(beginning.map(({ text }) => text)).toEqual(
      speech.words.slice(2).map(({ text }) => text),
    );
    const end = listen(speech.samples.slice(0, at(middle)));
    expect(end.map(({ text }) => text)).toEqual([first?.text]);
    const hole = joined(
      speech.samples.subarray(0, at(middle - 40)),
      speech.samples.subarray(at(middle + 40)),
    );
    expect(listen(hole).map(({ text }) => text)).not.toContain(second?.text);
    expect(listen(hole).map(({ text }) => text)).toContain(third?.text);
  });

  it('can be told any word', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }), (text) => {
        fc.pre(!/\s/.test(text));
        return decodeWord(encodeWord(text)) === text;
      }),
    );
  });
});
