import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileKindOf } from '../../../src/chat/files/file-kind.ts';
import { rankPassages } from '../../../src/chat/files/file-passages.ts';
import { FileReader } from '../../../src/chat/files/read-file.ts';
import { FILE_LIMITS, readInThread } from '../../../src/chat/files/read-in-thread.ts';
import { toPassages } from '../../../src/chat/files/split-passages.ts';
import { makePdf, makePdfBomb } from '../../fixtures/pdf.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('the kind of a file', () => {
  it.each([
    ['x.txt', bytes('\xff\xd8\xff\xe0'), 'image/jpeg'],
    ['x.jpg', bytes('\x89PNG\r\n\x1a\n'), 'image/png'],
    ['x', bytes('GIF89a'), 'image/gif'],
    ['x.webp', bytes('RIFF\x00\x00\x00\x00WEBPVP8 '), 'image/webp'],
    ['x.md', bytes('\n\n%PDF-1.7'), 'application/pdf'],
    ['notes.MD', Buffer.from('# Grüße'), 'text/markdown'],
    ['a.txt', Buffer.from('plain'), 'text/plain'],
    [
      'a.docx',
      bytes('PK\x03\x04'),
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    ],
  ])('of %s is told by its bytes', (name, content, mimeType) => {
    expect(fileKindOf(name, content)?.mimeType).toBe(mimeType);
  });

  it.each([
    ['a.exe', bytes('MZ')],
    ['a.svg', Buffer.from('<svg onload="x"/>')],
    ['a.html', Buffer.from('<script>')],
    ['a.zip', bytes('PK\x03\x04')],
    ['binary.txt', bytes('a\x00b')],
    ['latin.txt', bytes('Gr\xfc\xdfe')],
    ['png', Buffer.from('png')],
  ])('refuses %s', (name, content) => expect(fileKindOf(name, content)).toBeNull());
});

describe('passages', () => {
  it('hold every word once, in order, whatever the text', () => {
    fc.assert(
      fc.property(fc.array(fc.lorem({ maxCount: 60 }), { maxLength: 30 }), (lines) => {
        const passages = toPassages(lines.join('\n'), 4);
        const said = passages.flatMap(({ text }) => text.split(/\s+/)).filter(Boolean);
        expect(said).toEqual(lines.join(' ').split(/\s+/).filter(Boolean));
        for (const { text, page } of passages) {
          expect(text.length).toBeLessThanOrEqual(1500);
          expect(page).toBe(4);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('say in which line they begin', () => {
    const lines = Array.from(
      { length: 40 },
      (_, i) => `Line number ${i + 1} of the file. ${'x '.repeat(20)}`,
    );
    for (const { line, text } of toPassages(lines.join('\n'), null)) {
      expect(text).toMatch(new RegExp(`^Line number ${line} of`));
    }
  });

  it('are ranked by rare words before common ones', async () => {
    const passages = ['The roof costs money.', 'The roof is red.', 'The roof and the zebra.'].map(
      (text, i) => ({ page: i + 1, line: 1, text }),
    );
    const found = await rankPassages([{ file: 'f', passages }], 'Is there a zebra on the roof?', 5);
    expect(found.map(({ page }) => page)).toEqual([3, 2, 1]);
    expect(await rankPassages([{ file: 'f', passages }], 'What about submarines?', 5)).toEqual([]);
  });
});

describe('reading a PDF', () => {
  it('gives the text of each page', async () => {
    const pages = ['The first page\nhas (two) lines.', 'The second \\ page.'];
    const text = await readInThread('pdf', makePdf(pages, true));
    expect(text.pages).toEqual({ count: 2, read: 2 });
    expect(text.passages).toEqual([
      { page: 1, line: 1, text: 'The first page\nhas (two) lines.' },
      { page: 2, line: 1, text: 'The second \\ page.' },
    ]);
  });

  it('stops at the limits of pages and characters, and says so', async () => {
    const pages = Array.from({ length: 8 }, (_, i) => `Page ${i + 1} of many.`);
    const short = await readInThread('pdf', makePdf(pages), { ...FILE_LIMITS, maxChars: 20 });
    // The line break between the pages is no text of a passage.
    expect(short.passages.map(({ text }) => text).join('')).toHaveLength(19);
    expect(short.isCut).toBe(true);
    const kind = { kind: 'text', mimeType: 'application/pdf', extension: 'pdf' } as const;
    const reader = new FileReader({ ...FILE_LIMITS, maxPages: 3 });
    expect(await reader.read(makePdf(pages), kind)).toMatchObject({
      pages: 8,
      unread: 'Only the first 3 of 8 pages were read.',
    });
  });

  it('says what is wrong with one that cannot be read', async () => {
    const kind = { kind: 'text', mimeType: 'application/pdf', extension: 'pdf' } as const;
    const reader = new FileReader();
    expect(await reader.read(Buffer.from('%PDF-1.7 and nothing'), kind)).toEqual({
      passages: [],
      pages: null,
      unread: 'The PDF is damaged.',
    });
    expect((await reader.read(makePdf(['']), kind)).unread).toBe(
      'The PDF holds no text; it may be scanned.',
    );
  });

  it('gives up on one that unpacks to more memory or time than it may take', async () => {
    const bomb = makePdfBomb(400);
    expect(bomb.length).toBeLessThan(4 * 2 ** 20);
    const limits = { ...FILE_LIMITS, maxMemoryBytes: 200 * 2 ** 20, timeoutMs: 100_000 };
    await expect(readInThread('pdf', bomb, limits)).rejects.toMatchObject({
      code: 'bad-request',
      message: 'The PDF takes too much memory to read.',
    });
    const hurried = { ...FILE_LIMITS, timeoutMs: 1 };
    await expect(readInThread('pdf', makePdf(['x']), hurried)).rejects.toMatchObject({
      message: 'The PDF takes too much time to read.',
    });
  }, 120_000);
});

describe('reading a text', () => {
  const kind = { kind: 'text', mimeType: 'text/plain', extension: 'txt' } as const;

  it('happens in a thread of its own, within the limits of a PDF', async () => {
    const line = 'A line of a very long text about nothing in particular.\n';
    const long = Buffer.from(line.repeat(360_000));
    expect(long.length).toBeGreaterThan(19_000_000);
    const reader = new FileReader();
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    const { passages, unread } = await reader.read(long, kind);
    clearInterval(timer);
    // The event loop went round meanwhile.
    expect(turns).toBeGreaterThan(10);
    expect(unread).toBe('Only the first 3000000 characters were read.');
    expect(passages.at(-1)?.line).toBeGreaterThan(53_000);
    const hurried = new FileReader({ ...FILE_LIMITS, timeoutMs: 1 });
    expect((await hurried.read(long, kind)).unread).toBe('The file takes too much time to read.');
  });

  it('is not cut within a character', async () => {
    const { passages } = await readInThread('text', Buffer.from('ab😀'), {
      ...FILE_LIMITS,
      maxChars: 3,
    });
    expect(passages).toEqual([{ page: null, line: 1, text: 'ab' }]);
    expect((await new FileReader().read(Buffer.from(' \n'), kind)).unread).toBe(
      'The file is empty.',
    );
  });
});
