import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileKindOf } from '../../../src/chat/files/file-kind.ts';
import { rankPassages, toPassages } from '../../../src/chat/files/file-passages.ts';
import { FileReader } from '../../../src/chat/files/read-file.ts';
import { PDF_LIMITS, readPdf } from '../../../src/chat/files/read-pdf.ts';
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

  it('are ranked by rare words before common ones', () => {
    const passages = ['The roof costs money.', 'The roof is red.', 'The roof and the zebra.'].map(
      (text, i) => ({ page: i + 1, line: 1, text }),
    );
    const found = rankPassages([{ file: 'f', passages }], 'Is there a zebra on the roof?', 5);
    expect(found.map(({ page }) => page)).toEqual([3, 2, 1]);
    expect(rankPassages([{ file: 'f', passages }], 'What about submarines?', 5)).toEqual([]);
  });
});

describe('reading a PDF', () => {
  it('gives the text of each page', async () => {
    const pages = ['The first page\nhas (two) lines.', 'The second \\ page.'];
    const text = await readPdf(makePdf(pages, true));
    expect(text.pageCount).toBe(2);
    expect(text.pages.map((page) => page.trim())).toEqual([
      'The first page\nhas (two) lines.',
      'The second \\ page.',
    ]);
  });

  it('stops at the limits of pages and characters, and says so', async () => {
    const pages = Array.from({ length: 8 }, (_, i) => `Page ${i + 1} of many.`);
    const short = await readPdf(makePdf(pages), { ...PDF_LIMITS, maxChars: 20 });
    expect(short.pages.join('')).toHaveLength(20);
    const kind = { kind: 'text', mimeType: 'application/pdf', extension: 'pdf' } as const;
    const reader = new FileReader({ ...PDF_LIMITS, maxPages: 3 });
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
    const limits = { ...PDF_LIMITS, maxMemoryBytes: 200 * 2 ** 20, timeoutMs: 100_000 };
    await expect(readPdf(bomb, limits)).rejects.toMatchObject({
      code: 'bad-request',
      message: 'The PDF takes too much memory to read.',
    });
    const hurried = { ...PDF_LIMITS, timeoutMs: 1 };
    await expect(readPdf(makePdf(['x']), hurried)).rejects.toMatchObject({
      message: 'The PDF takes too much time to read.',
    });
  }, 120_000);
});
