import { describe, expect, it } from 'vitest';
import { parse, spoken, turnsOf } from './parsed.ts';

const read = async (lines: readonly string[], name = 'a.txt') => {
  const { format, talks, leftOut } = await parse(lines.join('\n'), name);
  return { format, turns: talks.flatMap((talk) => spoken(talk.turns)), leftOut, talks };
};

const TURNS = [
  '2 Anna Berg: Hello all.',
  '7 Tom Reed: I will call. Note: on Friday.',
  '75 Anna Berg: Good.',
];

/** The same three turns as programs write them. */
const EXPORTS: [string, string, string[]][] = [
  [
    'Otter',
    'otter',
    [
      'Anna Berg  0:02',
      'Hello all.',
      '',
      'Tom Reed  0:07',
      'I will call. Note: on Friday.',
      '',
      'Anna Berg  1:15',
      'Good.',
      '',
      'Transcribed by https://otter.ai',
    ],
  ],
  [
    'headings with a time in brackets',
    'named-times',
    [
      'Anna Berg (00:02):',
      'Hello all.',
      '',
      'Tom Reed (00:07):',
      'I will call.',
      'Note: on Friday.',
      '',
      'Anna Berg (01:15):',
      'Good.',
    ],
  ],
  [
    'headings with a bar',
    'otter',
    [
      'Anna Berg | 00:02',
      'Hello all.',
      'Tom Reed | 00:07',
      'I will call. Note: on Friday.',
      'Anna Berg | 01:15',
      'Good.',
    ],
  ],
  [
    'names and times in Markdown',
    'named-times',
    [
      '**Anna Berg** (00:02): Hello all.',
      '',
      '**Tom Reed** (00:07): I will call. Note: on Friday.',
      '',
      '**Anna Berg** (01:15): Good.',
    ],
  ],
  [
    'times and names in Markdown',
    'timed-lines',
    [
      '- **[00:02] Anna Berg:** Hello all.',
      '- **[00:07] Tom Reed:** I will call. Note: on Friday.',
      '- **[01:15] Anna Berg:** Good.',
    ],
  ],
  [
    'headings of Markdown',
    'otter',
    [
      '### Anna Berg 0:02',
      '',
      'Hello all.',
      '',
      '### Tom Reed 0:07',
      '',
      'I will call. Note: on Friday.',
      '',
      '### Anna Berg 1:15',
      '',
      'Good.',
    ],
  ],
  [
    'times in brackets',
    'timed-lines',
    [
      '[00:00:02] Anna Berg: Hello all.',
      '[00:00:07] Tom Reed: I will call. Note: on Friday.',
      '[00:01:15] Anna Berg: Good.',
    ],
  ],
  [
    'times in round brackets',
    'timed-lines',
    [
      '(0:02) Anna Berg: Hello all.',
      '(0:07) Tom Reed: I will call. Note: on Friday.',
      '(1:15) Anna Berg: Good.',
    ],
  ],
  [
    'times without brackets',
    'timed-lines',
    [
      '00:00:02 Anna Berg: Hello all.',
      '00:00:07 Tom Reed: I will call.',
      'Note: on Friday.',
      '00:01:15 Anna Berg: Good.',
    ],
  ],
  [
    'times from and to',
    'timed-lines',
    [
      '[00:00:02.000 --> 00:00:05.000]  Anna Berg: Hello all.',
      '[00:00:07.000 --> 00:00:09.000]  Tom Reed: I will call. Note: on Friday.',
      '[00:01:15.000 --> 00:01:16.000]  Anna Berg: Good.',
    ],
  ],
  [
    'times as links',
    'timed-lines',
    [
      '[00:02](https://example.org/a?t=2) Anna Berg: Hello all.',
      '[00:07](https://example.org/a?t=7) Tom Reed: I will call. Note: on Friday.',
      '[01:15](https://example.org/a?t=75) Anna Berg: Good.',
    ],
  ],
  [
    'Fathom',
    'timed-headings',
    [
      '0:02 - Anna Berg (Example Inc.)',
      'Hello all.',
      '',
      '0:07 - Tom Reed',
      'I will call. Note: on Friday.',
      '',
      '1:15 - Anna Berg (Example Inc.)',
      'Good.',
    ],
  ],
  [
    'Teams, the name above the time',
    'teams',
    [
      'Anna Berg',
      '0:02',
      'Hello all.',
      'Tom Reed',
      '0:07',
      'I will call. Note: on Friday.',
      'Anna Berg',
      '1:15',
      'Good.',
    ],
  ],
  [
    'Teams, the times above the name',
    'teams',
    [
      '0:0:2.0 --> 0:0:5.0',
      'Anna Berg',
      'Hello all.',
      '0:0:7.110 --> 0:0:9.0',
      'Tom Reed',
      'I will call. Note: on Friday.',
      '0:1:15.0 --> 0:1:16.0',
      'Anna Berg',
      'Good.',
    ].map((line) => line.replace('7.110', '7.0')),
  ],
  [
    'Zoom captions on the clock',
    'zoom',
    [
      '[Anna Berg] 14:02:02',
      'Hello all.',
      '',
      '[Tom Reed] 14:02:07',
      'I will call. Note: on Friday.',
      '',
      '[Anna Berg] 14:03:15',
      'Good.',
    ],
  ],
];

describe('transcripts as text', () => {
  it.each(EXPORTS)('of the form "%s" are read as %s', async (what, format, lines) => {
    const found = await read(lines);
    expect(found.format).toBe(format);
    const zero = what.includes('clock') ? 2 : 0;
    const expected = TURNS.map((turn) => turn.replace(/^\d+/u, (s) => String(Number(s) - zero)));
    expect(found.turns).toEqual(expected);
  });

  it('have a time above the words, as YouTube shows them', async () => {
    const found = await read([
      '0:02',
      'hello all',
      '0:07',
      'I will call',
      'on Friday',
      '1:15',
      'good',
    ]);
    expect(found.turns).toEqual(['2 -: hello all', '7 -: I will call on Friday', '75 -: good']);
  });

  it('have the chat of Zoom', async () => {
    const found = await read([
      '14:02:11 From Anna Berg to Everyone:',
      '\tHello all',
      '14:03:11 From Tom to Anna Berg (Direct Message):',
      '\tHi: there',
      '2:03:21 PM From  Tom : again',
    ]);
    expect(found).toMatchObject({
      format: 'zoom',
      turns: ['0 Anna Berg: Hello all', '60 Tom: Hi: there', '70 Tom: again'],
    });
  });

  it('go on behind midnight', async () => {
    const found = await read(['[Anna Berg] 23:59:50', 'Late.', '[Tom Reed] 00:00:10', 'Indeed.']);
    expect(found.turns).toEqual(['0 Anna Berg: Late.', '20 Tom Reed: Indeed.']);
  });

  it('of Google Meet have attendees, a title and times above minutes', async () => {
    const found = await read([
      '## abc-defg-hij (2026-03-10 14:00 GMT+1) - Transcript',
      '### Attendees',
      'Anna, Tom Reed',
      '### Transcript',
      '00:00:00',
      '**Anna:** Hello all.',
      '**Tom Reed:** Reminder: cake.',
      'And tea.',
      '### 00:05:00',
      '**Anna:** Good.',
      '### Meeting ended after 00:05:09 👋',
      '*This editable transcript was computer generated and might contain errors. People can also change the text after it was created.*',
    ]);
    expect(found).toMatchObject({
      format: 'google-meet',
      turns: ['0 Anna: Hello all.', '0.6 Tom Reed: Reminder: cake. And tea.', '300 Anna: Good.'],
      talks: [{ title: 'abc-defg-hij', startedAt: Date.parse('2026-03-10T13:00:00Z') }],
    });
    expect(found.leftOut).toEqual([
      { what: 'heading line', count: 4, words: 11 },
      { what: 'line of the program that wrote it', count: 2, words: 25 },
    ]);
  });

  it.each<[string, string[], string]>([
    [
      'Android',
      [
        '13/03/2026, 14:02 - Messages and calls are end-to-end encrypted. No one outside reads them.',
        '13/03/2026, 14:02 - Anna: Hello',
        'second: line',
        '13/03/2026, 14:03 - Tom Reed: <Media omitted>',
        '13/03/2026, 14:03 - Tom Reed: Hi',
        '14/03/2026, 09:00 - Anna: Morning',
      ],
      'Europe/Berlin',
    ],
    [
      'iOS',
      [
        '\u200e[13.03.26, 14:02:00] Anna: Hello',
        'second: line',
        '[13.03.26, 14:03:00] Tom Reed: \u200eimage omitted',
        '[13.03.26, 14:03:00] Tom Reed: Hi',
        '[14.03.26, 09:00:00] Anna: Morning',
      ],
      'Europe/Berlin',
    ],
    [
      'American',
      [
        '3/13/26, 2:02\u202fPM - Anna: Hello',
        'second: line',
        '3/13/26, 2:03\u202fPM - Tom Reed: null',
        '3/13/26, 2:03\u202fPM - Tom Reed: Hi',
        '3/14/26, 9:00\u202fAM - Anna: Morning',
      ],
      'Europe/Berlin',
    ],
  ])(
    'of WhatsApp on %s are conversations with times of the zone',
    async (_what, lines, timeZone) => {
      const { format, talks, leftOut } = await parse(lines.join('\n'), 'WhatsApp Chat.txt', {
        timeZone,
      });
      expect(format).toBe('whatsapp');
      expect(talks.map(({ startedAt }) => new Date(startedAt ?? 0).toISOString())).toEqual([
        '2026-03-13T13:02:00.000Z',
        '2026-03-14T08:00:00.000Z',
      ]);
      expect(talks.map(({ turns }) => spoken(turns))).toEqual([
        ['0 Anna: Hello second: line', '60 Tom Reed: Hi'],
        ['0 Anna: Morning'],
      ]);
      expect(leftOut.find(({ what }) => what === 'message without words')?.count).toBe(1);
    },
  );

  it('leave out a heading, and tell so', async () => {
    const found = await read([
      'Weekly call',
      'March 10',
      '',
      '[00:02] Anna: Hello',
      '[00:05] Tom: Hi',
    ]);
    expect(found.turns).toEqual(['2 Anna: Hello', '5 Tom: Hi']);
    expect(found.leftOut).toEqual([{ what: 'heading line', count: 2, words: 4 }]);
  });

  it.each([
    [
      'a schedule',
      ['Monday', '10:30 breakfast', 'Lunch 12:30', 'Yoga 18:00', 'We walk home at 19:00'],
    ],
    ['an address', ['Come to us at 10:30.', 'The door is open.']],
  ])('are not seen in %s', async (_what, lines) => {
    const found = await read(lines);
    expect(found.format).toBe('plain-text');
    expect(found.turns.join(' ')).toContain('10:30');
    expect(found.talks[0]?.turns.every(({ speaker }) => speaker === null)).toBe(true);
  });
});

describe('speakers before a colon', () => {
  const speakers = async (lines: readonly string[]) => [
    ...new Set((await turnsOf(lines.join('\n'), 'a.txt')).map(({ speaker }) => speaker)),
  ];

  it.each<[string, string[], (string | null)[]]>([
    ['single names in a dialogue', ['Anna: hi', 'Ben: hello'], ['Anna', 'Ben']],
    ['a single name alone', ['Åsa: hej'], ['Åsa']],
    [
      'a name that recurs within prose',
      ['We met.', 'Anna: hi', 'It rained.', 'Anna: bye', 'We left.', 'It was late.'],
      [null, 'Anna'],
    ],
    [
      'first and last name within prose',
      ['We met.', 'It rained.', '', 'Anna Berg: hi', '', 'It was late.'],
      [null, 'Anna Berg'],
    ],
    [
      'a part of a name that stands elsewhere',
      ['We met and talked.', 'It rained all day.', '', 'Anna Berg: hi', '', 'Anna: bye'],
      [null, 'Anna Berg', 'Anna'],
    ],
    ['bold names', ['**Anna:** hi', '', '**Ben**: hello'], ['Anna', 'Ben']],
    [
      'speakers by number',
      ['Speaker 1: hi', 'SPEAKER_02: hello', 'Unknown Speaker: yes'],
      ['Speaker 1', 'SPEAKER_02', 'Unknown Speaker'],
    ],
    ['scripts without capitals', ['李雷: 你好', '韩梅梅：你好'], ['李雷', '韩梅梅']],
    [
      'titles and double names',
      ["Dr. O'Neil-Smith: hi", 'Jean-Luc de la Tour: oui'],
      ["Dr. O'Neil-Smith", 'Jean-Luc de la Tour'],
    ],
    [
      'the last name first, and additions',
      ['Berg, Anna (Ext): hi', 'Tom Reed [Guest]: yes'],
      ['Berg, Anna (Ext)', 'Tom Reed [Guest]'],
    ],
    [
      'a name that is also a word',
      ['Jimmy Page: hi', 'June Carter: yes', 'Jimmy Page: bye'],
      ['Jimmy Page', 'June Carter'],
    ],
    ['names in lower case in a chat', ['anna: hi', 'ben: hello', 'anna: bye'], ['anna', 'ben']],
    [
      'a telephone number',
      ['+1 555 123 4567: hi', 'Anna Berg: yes'],
      ['+1 555 123 4567', 'Anna Berg'],
    ],
    ['words under a name', ['Anna:', 'hi there', '', 'Ben:', '', 'hello'], ['Anna', 'Ben']],
  ])('are %s', async (_what, lines, expected) => {
    expect(await speakers(lines)).toEqual(expected);
  });

  it.each<[string, string[]]>([
    [
      'reminders and postscripts',
      [
        'We met at 10:30.',
        'https://example.org/x is it.',
        'Reminder: bring cake.',
        'PS: call me.',
        'Q: Who pays?',
        'A: The club does.',
      ],
    ],
    [
      'a sentence',
      [
        'The plan is simple: we wait.',
        'So here is the thing: we lost.',
        'Two things matter: time and money.',
      ],
    ],
    ['a list', ['Flour: 200 g', 'Sugar: 100 g', 'Butter: 50 g']],
    [
      'headings',
      [
        'Action Items: call Tom',
        'Next Steps: none',
        'Meeting Notes: see below',
        'Key Takeaways: all',
      ],
    ],
    ['dates', ['2026-03-10: we met', '10.03.2026: again', 'Monday: rain', 'March: snow']],
    [
      'a device in a letter',
      [
        'We bought a few things for the office today.',
        'Laptop: a thousand euros, far too much.',
        'The rest was cheap, and it all fits on the desk.',
        'See you there.',
      ],
    ],
    [
      'words of other languages',
      [
        'Hinweis: morgen',
        'Frage: wer zahlt?',
        'Remarque: demain',
        'Nota: mañana',
        '提醒：明天',
        'Важно: завтра',
      ],
    ],
    ['settings', ['name: x', 'version: 2', 'author: y']],
  ])('are not seen in %s', async (_what, lines) => {
    const turns = await turnsOf(lines.join('\n'), 'a.txt');
    expect(turns.filter(({ speaker }) => speaker !== null)).toEqual([]);
    expect(turns.map(({ text }) => text).join(' ')).toBe(lines.join(' '));
  });

  it('are whom the caller knows', async () => {
    const text = 'We met and talked for long.\nIt rained.\nAnna: hi\nWe left.';
    expect((await turnsOf(text, 'a.txt')).filter(({ speaker }) => speaker !== null)).toEqual([]);
    const turns = await turnsOf(text, 'a.txt', { knownNames: ['Anna Berg'] });
    expect(turns.some(({ speaker }) => speaker === 'Anna')).toBe(true);
  });
});

describe('files in which nobody speaks', () => {
  it.each<[string, string, string]>([
    [
      'team.ics',
      'BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Call\nEND:VEVENT\nEND:VCALENDAR',
      'It is a calendar file.',
    ],
    ['call.txt', '\nBEGIN:VCALENDAR\nSUMMARY:Call', 'It is a calendar file.'],
    ['anna.vcf', 'BEGIN:VCARD\nFN:Anna Berg\nEND:VCARD', 'It is a contact file.'],
    ['a.rtf', '{\\rtf1 Anna: hi}', 'It is an RTF document'],
    ['a.html', '<!doctype html><p>Anna: hi</p>', 'It is an HTML or XML document'],
    ['a.ttml', '<?xml version="1.0"?><tt><p>hi</p></tt>', 'It is an HTML or XML document'],
    ['mail.txt', 'From: a@example.org\nTo: b@example.org\nSubject: Hi\n\nHello', 'It is an e-mail'],
    ['README.md', '# Tool\n\nIt does things.\n\n## Install\n\nRun it.', 'a file about a project'],
    ['README', 'This is a tool. Usage: run it.', 'a file about a project'],
    ['LICENSE.txt', 'Permission is granted to anyone.', 'a file about a project'],
    ['notes.md', '# Title\n\nSome text.\n\n## More\n\nOther text.', 'a Markdown document'],
    ['run.sh', '#!/bin/sh\necho hi', 'It is a program'],
    ['table.csv', 'a,b\n1,2', 'a .csv file'],
    ['config.yml', 'name: x\nversion: 2', 'a .yml file'],
    ['code.py', 'def f():\n    return 1', 'a .py file'],
  ])('%s is refused', async (name, content, reason) => {
    await expect(parse(content, name)).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining(reason),
    });
  });

  it.each<[string, string | number[], string]>([
    ['a.txt', '%PDF-1.7', 'a PDF document'],
    ['a.docx', 'PK\u0003\u0004xxxx', 'a ZIP archive or a document of Word'],
    ['a.txt', [0x89, 0x50, 0x4e, 0x47], 'a PNG image'],
  ])('%s in binary is told by its kind', async (name, content, reason) => {
    const bytes =
      typeof content === 'string' ? Buffer.from(content, 'latin1') : Uint8Array.from(content);
    await expect(parse(bytes, name)).rejects.toThrow(reason);
  });

  it('are read if somebody says that they are transcripts', async () => {
    expect((await parse('# Tool\n\nIt does.', 'README.md', { format: 'plain-text' })).format).toBe(
      'plain-text',
    );
    expect(
      (await turnsOf('# Call\n\n## Talk\n\n**Anna:** hi\n\n**Ben:** yes', 'notes.md')).length,
    ).toBeGreaterThan(1);
  });
});
