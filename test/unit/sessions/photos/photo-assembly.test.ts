import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ImageChunk, PhotoAssembly } from '../../../../src/sessions/photos/photo-assembly.ts';
import { makePhoto, photoChunks } from '../../../fixtures/photos.ts';

function chunk(parts: Partial<ImageChunk>): ImageChunk {
  return { type: 'image_chunk', id: 'a', index: 0, total: 2, data: 'QUJD', ...parts };
}

describe('PhotoAssembly', () => {
  it('puts parts together in whatever order they come, and however often', () => {
    const base64 = makePhoto('a harbour in the morning', 20_000);
    const parts = photoChunks('img', base64, 1_000).map((text) => JSON.parse(text) as ImageChunk);
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...parts, ...parts], { minLength: 2 * parts.length }),
        (shuffled) => {
          const assembly = new PhotoAssembly();
          const done = shuffled.flatMap((part) => {
            const result = assembly.take(part, 0);
            return result.type === 'complete' ? [result] : [];
          });
          expect(done[0]).toEqual({ type: 'complete', tempId: 'img', base64 });
        },
      ),
      { numRuns: 30 },
    );
  });

  it('takes the first of an index, and no other number of parts', () => {
    const assembly = new PhotoAssembly();
    assembly.take(chunk({ index: 0, data: 'AAAA' }), 0);
    assembly.take(chunk({ index: 0, data: 'BBBB' }), 0);
    expect(assembly.take(chunk({ index: 2, total: 3, data: 'CCCC' }), 0).type).toBe('waiting');
    expect(assembly.take(chunk({ index: 1, data: 'DDDD' }), 0)).toMatchObject({
      base64: 'AAAADDDD',
    });
  });

  it('ignores an index beyond the total, and a total beyond reason', () => {
    const assembly = new PhotoAssembly();
    expect(assembly.take(chunk({ index: 2, total: 2 }), 0).type).toBe('waiting');
    expect(assembly.take(chunk({ index: Number.MAX_SAFE_INTEGER, total: 2 }), 0).type).toBe(
      'waiting',
    );
    expect(assembly.take(chunk({ total: 1e9 }), 0).type).toBe('waiting');
    expect(assembly.take(chunk({ index: 1, total: 2 }), 0).type).toBe('waiting');
  });

  it('drops the oldest of more than fifty', () => {
    const assembly = new PhotoAssembly();
    for (let i = 0; i <= 50; i += 1) assembly.take(chunk({ id: `p${i}` }), i);
    expect(assembly.take(chunk({ id: 'p1', index: 1 }), 60).type).toBe('complete');
    expect(assembly.take(chunk({ id: 'p0', index: 1 }), 60).type).toBe('waiting');
  });

  it('forgets what is not complete after a minute', () => {
    const assembly = new PhotoAssembly();
    assembly.take(chunk({}), 0);
    expect(assembly.take(chunk({ id: 'b' }), 60_001).type).toBe('waiting');
    expect(assembly.take(chunk({ index: 1 }), 60_002).type).toBe('waiting');
  });

  it('holds no more than eight million characters', () => {
    const assembly = new PhotoAssembly();
    const data = 'A'.repeat(600_000);
    for (let i = 0; i < 40; i += 1) assembly.take(chunk({ id: `p${i}`, data }), i);
    expect(assembly.take(chunk({ id: 'p26', index: 1 }), 41).type).toBe('waiting');
    expect(assembly.take(chunk({ id: 'p39', index: 1 }), 41).type).toBe('complete');
  });

  it('refuses once what is too large or no base64', () => {
    const assembly = new PhotoAssembly();
    const data = 'A'.repeat(400_000);
    expect(assembly.take(chunk({ total: 3, data }), 0).type).toBe('waiting');
    expect(assembly.take(chunk({ total: 3, index: 1, data }), 0)).toMatchObject({
      type: 'refused',
      tempId: 'a',
    });
    expect(assembly.take(chunk({ total: 3, index: 2, data }), 0).type).toBe('waiting');
    for (const wrong of ['A', 'AA=A', '====', 'AB C', 'AAAA\n', 'ÄÄÄÄ', '-_-_']) {
      const result = assembly.take(chunk({ id: wrong, total: 1, data: wrong }), 0);
      expect(result.type).toBe('refused');
    }
  });
});
