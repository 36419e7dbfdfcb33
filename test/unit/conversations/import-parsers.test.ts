import { describe, expect, it } from 'vitest';
import type { ImportFormat } from '../../../src/conversations/import/imported-transcript.ts';
import { parseTranscript } from '../../../src/conversations/import/parse-transcript.ts';
import { isPersonName, splitSpeaker } from '../../../src/conversations/import/speaker-name.ts';

function parse(content: string | Uint8Array, fileName: string, format: ImportFormat | null = null) {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return parseTranscript(bytes, { fileName, format });
}

const turn = (speaker: string | null, text: string, startMs: number, endMs: number) => ({
  speaker,
  text,
  startMs,
  endMs,
});

describe('WebVTT', () => {
  it('gives the words of each voice, with entities, mark-up, notes and settings read', async () => {
    const file = [
      'WEBVTT - a title',
      '',
      'NOTE not spoken',
      '',
      'intro',
      '00:00:01.000 --> 00:00:03.000 align:start position:10%',
      '<v.loud Anna Smith>Hello &amp; <i>welcome</i> all',
      'of you</v>',
      '',
      '01:02.500 --> 01:04.500',
      '<v Bob>Hi.</v> <v Carl>Good day, Anna.</v>',
    ].join('\n');
    expect(await parse(file, 'call.vtt')).toEqual({
      format: 'vtt',
      turns: [
        turn('Anna Smith', 'Hello & welcome all of you', 1000, 3000),
        turn('Bob', 'Hi.', 62_500, 63_000),
        turn('Carl', 'Good day, Anna.', 63_000, 64_500),
      ],
    });
  });

  it('takes a name before the words where there is no voice', async () => {
    const { turns } = await parse('WEBVTT\n\n00:01.000 --> 00:02.000\nZoë Q: yes\nplease\n', 'a');
    expect(turns).toEqual([turn('Zoë Q', 'yes please', 1000, 2000)]);
  });

  it('puts cues into the order in which they are spoken, and skips those with broken times', async () => {
    const cues = [
      '00:05.000 --> 00:06.000\nlate',
      '00:xx --> 00:02.000\nbad',
      '00:01.000 --> 00:02.000\nearly',
    ];
    const { turns } = await parse(`WEBVTT\n\n${cues.join('\n\n')}\n`, 'a.vtt');
    expect(turns.map((t) => t.text)).toEqual(['early', 'late']);
  });

  it('is recognised by its first line, whatever the name of the file', async () => {
    expect((await parse('\uFEFFWEBVTT\n\n00:01.000 --> 00:02.000\nhi', 'a.txt')).format).toBe(
      'vtt',
    );
  });

  it('is refused without that line', async () => {
    await expect(parse('00:01.000 --> 00:02.000\nhi', 'a.vtt')).rejects.toMatchObject({
      code: 'bad-request',
      message: 'It is not WebVTT: the first line is not WEBVTT.',
    });
  });
});

describe('SubRip', () => {
  const file = [
    '1',
    '00:00:01,000 --> 00:00:03,000',
    'ANNA: Hello there',
    'BOB: And <b>you</b>?',
    '',
    '2',
    '01:00:00,500 --> 01:00:01,000',
    'fine',
    '',
  ];

  it.each([
    ['\n', ''],
    ['\r\n', '\uFEFF'],
  ])('is read with line ends %j', async (newline, mark) => {
    expect(await parse(mark + file.join(newline), 'film.srt')).toEqual({
      format: 'srt',
      turns: [
        turn('ANNA', 'Hello there', 1000, 2000),
        turn('BOB', 'And you?', 2000, 3000),
        turn(null, 'fine', 3_600_500, 3_601_000),
      ],
    });
  });

  it('is recognised without its extension', async () => {
    expect((await parse(file.join('\n'), 'film')).format).toBe('srt');
  });

  it('without cues is refused', async () => {
    await expect(parse('hello', 'a.srt')).rejects.toThrow(
      'Nobody says anything in it, read as srt.',
    );
  });
});

describe('plain text', () => {
  it('is one turn a named line, at 0.3 s a word, and goes on without a name', async () => {
    const text = 'Anna: one two\nthree\n\n- Bob Miller: see http://a.b: at 10:30\n\nnobody known\n';
    expect((await parse(text, 'notes.txt')).turns).toEqual([
      turn('Anna', 'one two three', 0, 900),
      turn('Bob Miller', 'see http://a.b: at 10:30', 900, 2100),
      turn(null, 'nobody known', 2100, 2700),
    ]);
  });

  it('in UTF-16 with a byte order mark is read', async () => {
    const bytes = Buffer.from('\uFEFFÅsa: hej', 'utf16le');
    expect((await parse(bytes, 'a.txt')).turns).toEqual([turn('Åsa', 'hej', 0, 300)]);
  });

  it('that names nobody but says nothing is refused', async () => {
    await expect(parse('Anna:\nBob:   \n', 'a.txt')).rejects.toThrow('Nobody says anything');
  });
});

describe('meeting JSON', () => {
  it('gives its turns, blank ones left out', async () => {
    const meeting = {
      topic_list: [],
      meeting_transcripts: [
        { speaker: 'PhD B', content: ' Am I  on ?\n' },
        { speaker: 'Grad E', content: '  ' },
        { speaker: '', content: 'Yes' },
      ],
    };
    expect(await parse(JSON.stringify(meeting), 'm.json')).toEqual({
      format: 'json',
      turns: [turn('PhD B', 'Am I on ?', 0, 1200), turn(null, 'Yes', 1200, 1500)],
    });
  });

  it.each([
    ['{"meeting_transcripts":[{"speaker":"A"}]}', /meeting_transcripts\.0\.content/],
    ['{"a":1}', /It is not a meeting: meeting_transcripts/],
    ['[]', /It is not a meeting/],
    ['{"meeting_transcripts":[', /^It is not valid JSON\.$/],
    ['{"meeting_transcripts":[]}', /Nobody says anything/],
  ])('%s is refused with the place', async (content, message) => {
    await expect(parse(content, 'm.json')).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(message),
    });
  });

  it('is recognised by its content only where the name does not say text', async () => {
    const content = '{"meeting_transcripts":[{"speaker":"Al","content":"x"}]}';
    expect((await parse(content, 'dump')).format).toBe('json');
    expect((await parse(content, 'dump.txt')).format).toBe('text');
    expect((await parse(content, 'dump.txt', 'json')).format).toBe('json');
  });
});

describe('what is no transcript', () => {
  it.each<[string, Uint8Array]>([
    ['It is empty.', new Uint8Array(0)],
    ['It is empty.', Buffer.from(' \n\t\r\n')],
    ['It is not a text file in UTF-8.', Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 0xff, 0xfe])],
    ['It is not a text file.', Uint8Array.from([0x41, 0x00, 0x42])],
  ])('%s', async (message, bytes) => {
    await expect(parse(bytes, 'a.txt')).rejects.toMatchObject({ code: 'bad-request', message });
  });
});

describe('names before a colon', () => {
  it.each([
    ['Anna: hi', 'Anna'],
    ["Dr. O'Neil-Smith: hi", "Dr. O'Neil-Smith"],
    ['李雷: 你好', '李雷'],
    ['speaker 2: hi', 'speaker 2'],
    ['• Anna: hi', 'Anna'],
  ])('%j is said by %s', (line, name) => {
    expect(splitSpeaker(line)?.name).toBe(name);
  });

  it.each([
    'at 10:30 we met',
    'https://example.org is it',
    'this is it: the end',
    'One two three four five: no name',
    ': nothing',
    '12: number',
  ])('%j names nobody', (line) => {
    expect(splitSpeaker(line)).toBeUndefined();
  });

  it('are of people, unless a program made them up', () => {
    expect(['Anna', 'PhD B', 'Speakerman Joe'].filter(isPersonName)).toHaveLength(3);
    expect(
      ['SPEAKER_00', 'Speaker 1', 'unknown', 'X', 'Sprecher 2', 'a'.repeat(41)].filter(
        isPersonName,
      ),
    ).toEqual([]);
  });
});
