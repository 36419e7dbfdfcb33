import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { TRANSCRIPT_FORMATS } from '../../../../src/conversations/import/registry.ts';
import { isPersonName } from '../../../../src/conversations/import/speaker-name.ts';
import { parse, spoken, turnsOf } from './parsed.ts';

describe('every format', () => {
  it('is in a file of its own, known to the registry, under a name of its own', async () => {
    const folder = new URL('../../../../src/conversations/import/formats/', import.meta.url);
    expect(TRANSCRIPT_FORMATS).toHaveLength((await readdir(folder)).length);
    expect(new Set(TRANSCRIPT_FORMATS.map(({ id }) => id)).size).toBe(TRANSCRIPT_FORMATS.length);
  });

  it('stands in the table for users', async () => {
    const page = await readFile(new URL('../../../../docs/importing.md', import.meta.url), 'utf8');
    expect(TRANSCRIPT_FORMATS.filter(({ id }) => !page.includes(`\`${id}\``))).toEqual([]);
  });

  it('can be asked for by its name, and an unknown name is refused with the list', async () => {
    const { format } = await parse('Anna  0:02\nHello', 'a.txt', { format: 'plain-text' });
    expect(format).toBe('plain-text');
    await expect(parse('x', 'a.txt', { format: 'oter' })).rejects.toThrow(
      /^Unknown format "oter"\. Use one of: json, vtt, srt, text, assemblyai, /u,
    );
  });
});

describe('text without times', () => {
  it('is one turn a named line, at 0.3 s a word, and goes on without a name', async () => {
    const text = 'Anna: one two\nthree\n\n- Bob Miller: see http://a.b: at 10:30\n\nnobody known\n';
    const turns = await turnsOf(text, 'notes.txt');
    expect(spoken(turns)).toEqual([
      '0 Anna: one two three',
      '0.9 Bob Miller: see http://a.b: at 10:30',
      '2.1 -: nobody known',
    ]);
    expect(turns.map(({ endMs }) => endMs)).toEqual([900, 2100, 2700]);
  });

  it('that names people but says nothing is refused', async () => {
    await expect(parse('Anna:\nBob:   \n', 'a.txt')).rejects.toThrow('No speech was found');
  });
});

describe('what is no transcript', () => {
  it.each<[string, Uint8Array]>([
    ['It is empty.', new Uint8Array(0)],
    ['It is empty.', Buffer.from(' \n\t\r\n')],
    ['It is not a text file.', Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 0xff, 0xfe])],
    ['It is not a text file.', Uint8Array.from([0x41, 0x00, 0x42])],
  ])('%s', async (message, bytes) => {
    await expect(parse(bytes, 'a.txt')).rejects.toMatchObject({ code: 'bad-request', message });
  });
});

describe('encodings', () => {
  it('of a file in UTF-8 with a broken byte stay UTF-8, and the byte is counted', async () => {
    const bytes = Buffer.concat([
      Buffer.from('Anna: äöü äöü äöü äöü '),
      Buffer.from([0xff]),
      Buffer.from(' Zürich'),
    ]);
    const { talks, leftOut } = await parse(bytes, 'a.txt');
    expect(talks[0]?.turns[0]?.text).toBe('äöü äöü äöü äöü \uFFFD Zürich');
    expect(leftOut).toEqual([
      { what: 'group of characters in no readable encoding', count: 1, words: 0 },
    ]);
  });

  it('beyond these have to be named', async () => {
    const cyrillic = Uint8Array.from(
      [...'Анна: привет, как дела'].map((letter) => {
        const code = letter.charCodeAt(0);
        return code < 0x80 ? code : code - 0x0410 + 0xc0;
      }),
    );
    await expect(parse(cyrillic, 'a.txt')).rejects.toThrow('Name its encoding with --encoding');
    const turns = await turnsOf(cyrillic, 'a.txt', { encoding: 'windows-1251' });
    expect(spoken(turns)).toEqual(['0 Анна: привет, как дела']);
    await expect(parse(cyrillic, 'a.txt', { encoding: 'klingon' })).rejects.toThrow(
      'Unknown encoding "klingon"',
    );
  });
});

describe('labels of speakers', () => {
  it('are names of people, unless they stand for a voice', () => {
    expect(
      ['Anna', 'PhD B', 'Speakerman Joe', 'Berg, Anna (Ext)'].filter(isPersonName),
    ).toHaveLength(4);
    const voices = [
      'SPEAKER_00',
      'Speaker 1',
      'unknown',
      'X',
      'Sprecher 2',
      '+1 555****123',
      'iPhone (2)',
      "Tom's iPad",
      'Host',
      'a'.repeat(41),
    ];
    expect(voices.filter(isPersonName)).toEqual([]);
  });
});
