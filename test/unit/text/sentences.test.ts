import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endsSentence, splitSentences } from '../../../src/text/sentences.ts';

describe('splitSentences', () => {
  it.each([
    ['It costs 1.5 million. See example.org now.', 2],
    ['Dr. Smith came at 5 p.m. on Monday. He left.', 2],
    ['No. I cannot. It is room No. 5 today.', 3],
    ['He said "stop." Then he left…  Why?!', 3],
    ['你好。明天开会吗？好！', 3],
    ['क्या आप आएंगे? हाँ। ठीक है।', 3],
    ['هل ستأتي؟ نعم.', 2],
    ['A heading\nand a line', 2],
    ['no end', 1],
    ['', 0],
  ])('splits %j', (text, count) => {
    expect(splitSentences(text)).toHaveLength(count);
  });

  it('loses no character', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'aB. !?。…\n"\')5') }), (text) => {
        expect(splitSentences(text).join('')).toBe(text);
      }),
    );
  });

  it.each([
    ['full stops', '.'.repeat(300_000)],
    ['full stops before a letter', `${'.'.repeat(300_000)}a`],
    ['quotes', `.${'"'.repeat(300_000)}a`],
    ['line breaks', '\n'.repeat(300_000)],
  ])('reads long runs of %s in one pass', (_, text) => {
    expect(splitSentences(text).join('')).toHaveLength(text.length);
  });
});

describe('endsSentence', () => {
  it('tells an end from a short form', () => {
    expect(endsSentence('done.', '')).toBe(true);
    expect(endsSentence('(done.)', 'Next')).toBe(true);
    expect(endsSentence('Mrs.', 'Lee')).toBe(false);
    expect(endsSentence('No.', '5')).toBe(false);
    expect(endsSentence('No.', 'Not')).toBe(true);
    expect(endsSentence('done', '')).toBe(false);
  });
});
