import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CitationFilter, withoutCitations } from '../../../src/chat/citation-filter.ts';

function filter(pieces: readonly string[], retrieved = 2) {
  const citations = new CitationFilter((n) => n >= 1 && n <= retrieved);
  const text = pieces.map((piece) => citations.push(piece)).join('') + citations.end();
  return { text, cited: citations.cited };
}

describe('citations in a streamed answer', () => {
  it('pass where they are real, in the order of their use', () => {
    expect(filter(['B[2] a[1]', '[2].'])).toEqual({ text: 'B[2] a[1][2].', cited: [2, 1] });
    expect(filter(['x[', '1, 7', ', 2]'])).toEqual({ text: 'x[1][2]', cited: [1, 2] });
    expect(filter(['x[0][3][99]y'])).toEqual({ text: 'xy', cited: [] });
  });

  it('leave every other bracket alone', () => {
    for (const text of ['[a]', '[[', 'a [link](x)', '[1', '[', '[12 apples]', '[ ]x', '[[x]']) {
      expect(filter([text]).text).toBe(text);
    }
    expect(filter(['[[1]']).text).toBe('[[1]');
  });

  it('do not depend on how the answer was cut', () => {
    const parts = fc.constantFrom('[1]', '[2]', '[9]', '[1, 2]', '[', ']', 'word ', '1', ',', '\n');
    fc.assert(
      fc.property(fc.array(parts), fc.infiniteStream(fc.nat(4)), (texts, sizes) => {
        const text = texts.join('');
        const pieces: string[] = [];
        for (let at = 0; at < text.length; ) {
          const size = 1 + Number(sizes.next().value);
          pieces.push(text.slice(at, at + size));
          at += size;
        }
        expect(filter(pieces)).toEqual(filter([text]));
      }),
    );
  });

  it('are not stored', () => {
    expect(withoutCitations('He said so[1][12]. [not]')).toBe('He said so. [not]');
  });
});
