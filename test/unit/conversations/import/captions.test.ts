import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, spoken, turnsOf } from './parsed.ts';

const vtt = (...blocks: string[]) => `${['WEBVTT', ...blocks].join('\n\n')}\n`;
const cue = (text: string, times = '00:01.000 --> 00:03.000') => `${times}\n${text}`;
const said = async (content: string | Uint8Array, name = 'a.vtt') =>
  spoken(await turnsOf(content, name));

describe('voices and text of captions', () => {
  it.each<[string, string, string[]]>([
    ['a voice without a name', '<v>Empty voice.</v>', ['1 -: Empty voice.']],
    ['a voice with classes', '<v.loud.first Anna Smith>Hello</v>', ['1 Anna Smith: Hello']],
    ['a voice in quotation marks', '<v "Anna Smith">Hello</v>', ['1 Anna Smith: Hello']],
    ['a voice that is not ended', '<v Anna>Hello', ['1 Anna: Hello']],
    ['a voice with entities', '<v R&amp;D>Hello</v>', ['1 R&D: Hello']],
    ['a voice with a comma and brackets', '<v Berg, Tom (Ext)>Hello', ['1 Berg, Tom (Ext): Hello']],
    ['a capital V', '<V Anna>Hello</V>', ['1 Anna: Hello']],
    ['two voices', '<v Bob>Hi.</v> <v Carl>Hi, Bob.</v>', ['1 Bob: Hi.', '1.667 Carl: Hi, Bob.']],
    ['less than', '<v Anna>Is x < 5 still so?</v>', ['1 Anna: Is x < 5 still so?']],
    ['less than without spaces', 'a<b and b>c', ['1 -: a<b and b>c']],
    ['a comparison that looks like a tag', 'if i<b> c', ['1 -: if i<b> c']],
    ['a heart', 'I <3 you <3', ['1 -: I <3 you <3']],
    [
      'sounds in angle brackets',
      '<laughs> so funny <unknown>',
      ['1 -: <laughs> so funny <unknown>'],
    ],
    ['an open bracket at the end', 'less <', ['1 -: less <']],
    ['a voice tag that is never closed', 'the <v tag', ['1 -: the <v tag']],
    ['an arrow', 'go -> there => now', ['1 -: go -> there => now']],
    ['styles', '<b>bold</b> <i>it</i><c.red>red</c> <u>u', ['1 -: bold itred u']],
    ['HTML', '<font color="#fff">white</font><br/>line<br>two', ['1 -: white line two']],
    ['timestamps', 'one<00:00:02.000><c> two</c>', ['1 -: one two']],
    ['positions of SubStation', '{\\an8}Up {\\pos(1,2)}here {curly}', ['1 -: Up here {curly}']],
    [
      'entities',
      'R&amp;D &lt;3 &quot;q&quot; &#39;s&#x27; a&nbsp;b',
      ['1 -: R&D <3 "q" \'s\' a b'],
    ],
    ['an ampersand', 'salt & pepper, AT&T', ['1 -: salt & pepper, AT&T']],
    ['wrapped lines', 'one\ntwo', ['1 -: one two']],
    ['marks of a new speaker', '>> ANNA: Hello\n>> BOB: Hi', ['1 ANNA: Hello', '2 BOB: Hi']],
  ])('reads %s', async (_what, text, expected) => {
    expect(await said(vtt(cue(text)))).toEqual(expected);
  });

  it('names the speaker that Webex writes into the id', async () => {
    const file = vtt('1 "Anna Smith" (123)\n00:00:01.000 --> 00:00:03.000\nHello there.');
    expect(await said(file)).toEqual(['1 Anna Smith: Hello there.']);
  });

  it('takes a caller, a device and a guest for voices, and makes a name of none of them', async () => {
    const file = vtt(
      cue('+49 30 ****12: Can you hear me?'),
      cue("Tom's iPad: From the van.", '00:04.000 --> 00:05.000'),
      cue('Galaxy S21 (2): Me too.', '00:05.000 --> 00:06.000'),
      cue('Anna Smith (Guest): Yes.', '00:06.000 --> 00:07.000'),
    );
    expect(await said(file)).toEqual([
      '1 +49 30 ****12: Can you hear me?',
      "4 Tom's iPad: From the van.",
      '5 Galaxy S21 (2): Me too.',
      '6 Anna Smith (Guest): Yes.',
    ]);
  });

  it('leaves words before a colon in a sentence', async () => {
    const file = vtt(
      cue('Reminder: bring cake.'),
      cue('The plan is simple: we wait.', '00:04.000 --> 00:05.000'),
      cue('We met at 10:30 at https://example.org', '00:05.000 --> 00:06.000'),
    );
    expect(await said(file)).toEqual([
      '1 -: Reminder: bring cake.',
      '4 -: The plan is simple: we wait.',
      '5 -: We met at 10:30 at https://example.org',
    ]);
  });
});

describe('times of captions', () => {
  it.each<[string, string, [number, number]]>([
    ['comma decimals', '00:00:01,500 --> 00:00:02,000', [1500, 2000]],
    ['one digit', '0:00:1.5 --> 0:00:2.25', [1500, 2250]],
    ['no decimals', '00:00:01 --> 00:00:03', [1000, 3000]],
    ['six decimals', '00:00:01.000000 --> 00:00:03.500000', [1000, 3500]],
    ['a colon before milliseconds', '00:00:01:500 --> 00:00:02:000', [1500, 2000]],
    ['minutes above 59', '75:00.000 --> 76:00.000', [4_500_000, 4_560_000]],
    ['a hundred hours', '100:00:01.000 --> 100:00:02.000', [360_001_000, 360_002_000]],
    ['no space around the arrow', '00:01.000-->00:02.000', [1000, 2000]],
    ['a short arrow', '00:00:01,000 -> 00:00:02,000', [1000, 2000]],
    ['an arrow with a space', '00:00:01,000 -- > 00:00:02,000', [1000, 2000]],
    ['full-width digits', '００:００:０１.０００ --> ００:００:０２.０００', [1000, 2000]],
    ['Arabic digits', '٠٠:٠٠:٠١.٠٠٠ --> ٠٠:٠٠:٠٢.٠٠٠', [1000, 2000]],
    ['settings', '00:01.000 --> 00:02.000 align:start position:0% line:-1', [1000, 2000]],
    ['coordinates', '00:00:01,000 --> 00:00:02,000 X1:100 X2:200 Y1:1 Y2:2', [1000, 2000]],
    ['no length', '00:01.000 --> 00:01.000', [1000, 1600]],
    ['a negative length', '00:09.000 --> 00:05.000', [9000, 9600]],
    ['a negative beginning', '-00:00:01.000 --> 00:00:02.000', [0, 2000]],
    ['a broken beginning', '00:xx --> 00:02.000', [0, 2000]],
    ['a broken end', '00:01.000 --> 00:yy', [1000, 1600]],
    ['no time that can be read', '0?:01 --> ??:02', [0, 600]],
  ])('reads %s', async (_what, times, [startMs, endMs]) => {
    expect(await turnsOf(vtt(cue('two words', times)), 'a.vtt')).toEqual([
      { speaker: null, text: 'two words', startMs, endMs },
    ]);
  });

  it('keeps words that stand behind the times', async () => {
    const file = vtt('00:01.000 --> 00:02.000 align:start hello there\nand more');
    expect(await said(file)).toEqual(['1 -: hello there and more']);
  });

  it('puts captions into the order in which they are spoken', async () => {
    const late = cue('late', '00:05.000 --> 00:06.000');
    expect(await said(vtt(late, cue('early')))).toEqual(['1 -: early', '5 -: late']);
  });

  it('tells how many times could not be read', async () => {
    const { leftOut } = await parse(vtt(cue('words', '00:xx --> 00:yy')), 'a.vtt');
    expect(leftOut).toEqual([{ what: 'unreadable time', count: 1, words: 0 }]);
  });
});

describe('captions without order', () => {
  it('are told apart without empty lines, with ids and without', async () => {
    const file =
      'WEBVTT\n1\n00:01.000 --> 00:02.000\nFirst 42\n2\n00:03.000 --> 00:04.000\nThe year was\n2024\n3\n00:05.000 --> 00:06.000\nThird\n00:07.000 --> 00:08.000\nFourth';
    expect(await said(file)).toEqual([
      '1 -: First 42',
      '3 -: The year was 2024',
      '5 -: Third',
      '7 -: Fourth',
    ]);
  });

  it('keep a number at the end of a caption if captions have no numbers', async () => {
    const file =
      '00:00:01,000 --> 00:00:02,000\nThe answer is\n42\n00:00:03,000 --> 00:00:04,000\nYes\n00:00:05,000 --> 00:00:06,000\nGood';
    expect(await said(file, 'a.srt')).toEqual(['1 -: The answer is 42', '3 -: Yes', '5 -: Good']);
  });

  it('keep text behind an empty line within a caption', async () => {
    const file =
      '1\n00:00:01,000 --> 00:00:02,000\none\n\ntwo three\n\n2\n00:00:03,000 --> 00:00:04,000\nfour';
    expect(await said(file, 'a.srt')).toEqual(['1 -: one two three', '3 -: four']);
  });

  it('of WebVTT are read without its first line', async () => {
    expect(await said('00:01.000 --> 00:02.000\nhi')).toEqual(['1 -: hi']);
  });

  it('of SubViewer are read', async () => {
    const file = '0:00:01.000,0:00:02.500\nHello there\n\n0:00:03.000,0:00:04.000\nBye';
    expect(await said(file, 'captions.sbv')).toEqual(['1 -: Hello there', '3 -: Bye']);
  });

  it('have comments and styles that are counted, a title and a language', async () => {
    const file = vtt(
      'NOTE not spoken at all',
      'STYLE\n::cue { color: red }',
      cue('hello'),
      'NOTE\nConfidence: 0.9',
    ).replace('WEBVTT', 'WEBVTT - Weekly call\nKind: captions\nLanguage: de-AT');
    const { talks, leftOut } = await parse(file, 'a.vtt');
    expect(talks[0]).toMatchObject({ title: 'Weekly call', language: 'de-AT' });
    expect(spoken(talks[0]?.turns ?? [])).toEqual(['1 -: hello']);
    expect(leftOut).toEqual([{ what: 'comment', count: 2, words: 6 }]);
  });
});

describe('encodings of captions', () => {
  const srt = '1\r\n00:00:01,000 --> 00:00:02,500\r\nCafé – très bien\r\n';
  const expected = ['1 -: Café – très bien'];

  it.each<[string, Uint8Array]>([
    ['UTF-8', Buffer.from(srt)],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${srt}`)],
    ['UTF-16 with a mark', Buffer.from(`\uFEFF${srt}`, 'utf16le')],
    ['UTF-16 without a mark', Buffer.from(srt, 'utf16le')],
    ['UTF-16 big-endian', Buffer.from(`\uFEFF${srt}`, 'utf16le').swap16()],
    ['Windows-1252', Buffer.from(srt.replace('–', '\u0096'), 'latin1')],
    ['old line ends of the Mac', Buffer.from(srt.replaceAll('\r\n', '\r'))],
  ])('%s is read', async (_what, bytes) => {
    expect(await said(bytes, 'a.srt')).toEqual(expected);
  });
});

describe('rolling captions', () => {
  it('give every line once, and tell how many were repeated', async () => {
    const file = vtt(
      '00:00.240 --> 00:02.390\n \nwelcome<00:00:00.640><c> to</c><00:00:00.800><c> our</c> show',
      '00:02.390 --> 00:02.400\nwelcome to our show\n ',
      '00:02.400 --> 00:05.150\nwelcome to our show\ntoday<00:00:02.800><c> we plant</c>',
      '00:05.150 --> 00:05.160\ntoday we plant\n ',
      '00:05.160 --> 00:08.000\ntoday we plant\nbeans',
    );
    const { talks, leftOut } = await parse(file, 'a.vtt');
    expect(spoken(talks[0]?.turns ?? [])).toEqual([
      '0.24 -: welcome to our show',
      '2.4 -: today we plant',
      '5.16 -: beans',
    ]);
    expect(leftOut).toEqual([{ what: 'repeated caption line', count: 4, words: 14 }]);
  });

  it('are recognised without mark-up, as three lines that move up', async () => {
    const lines = ['one a', 'two b', 'three c', 'four d', 'five e'];
    const cues = lines.map((_, i) => {
      const shown = lines.slice(Math.max(0, i - 2), i + 1).join('\n');
      return `${i + 1}\n00:00:0${i},000 --> 00:00:0${i + 1},000\n${shown}`;
    });
    expect(await said(cues.join('\n\n'), 'a.srt')).toEqual(
      lines.map((line, i) => `${i} -: ${line}`),
    );
  });

  it('are recognised as a line that grows', async () => {
    const words = ['so', 'so here', 'so here we', 'so here we are'];
    const cues = words.map((text, i) => cue(text, `00:0${i}.000 --> 00:0${i + 1}.000`));
    expect((await said(vtt(...cues))).map((line) => line.split(': ')[1])).toEqual([
      'so',
      'here',
      'we',
      'are',
    ]);
  });

  it('are not seen in what people repeat', async () => {
    const texts = ['No.', 'No.', 'Never.', 'No.', 'No way.', 'Really?'];
    const cues = texts.map((text, i) => cue(text, `00:0${i}.000 --> 00:0${i + 1}.000`));
    expect((await said(vtt(...cues))).map((line) => line.split(': ')[1])).toEqual(texts);
  });
});

describe('any captions', () => {
  /** Words that are no mark-up, with what tempts a parser in between. */
  const word = fc.constantFrom(
    'alpha',
    'x',
    '<',
    '>',
    '<<',
    '->',
    '&',
    '<3',
    '5',
    '{',
    'a<b',
    'été',
    '会议',
    '"q"',
    '-',
    '…',
  );
  const text = fc
    .array(word, { minLength: 1, maxLength: 8 })
    .map((words) => `${words.join(' ')} end`);

  it('keep every word, or count it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { minLength: 1, maxLength: 8 }),
        fc.array(fc.integer({ min: 0, max: 400_000 }), { minLength: 16, maxLength: 16 }),
        fc.constantFrom('vtt', 'srt'),
        fc.constantFrom('\n\n', '\n'),
        async (texts, times, kind, gap) => {
          const clock = (s: number) =>
            `${String(Math.floor(s / 3600)).padStart(2, '0')}:${String(Math.floor(s / 60) % 60).padStart(2, '0')}:${String(s % 60).padStart(2, '0')}.000`;
          const cues = texts.map(
            (line, i) =>
              `${i + 1}\n${clock(times[i * 2] ?? 0)} --> ${clock(times[i * 2 + 1] ?? 0)}\n${line}`,
          );
          const content = `${kind === 'vtt' ? 'WEBVTT\n\n' : ''}${cues.join(gap)}\n`;
          const { talks, leftOut } = await parse(content, `a.${kind}`);
          const turns = talks[0]?.turns ?? [];
          const count = (list: readonly string[]) => list.join(' ').split(/\s+/u).sort();
          const left = leftOut.reduce((sum, { words }) => sum + words, 0);
          expect(turns.every(({ startMs, endMs }) => endMs > startMs)).toBe(true);
          if (left === 0) expect(count(turns.map((turn) => turn.text))).toEqual(count(texts));
          else
            expect(count(turns.map((turn) => turn.text)).length + left).toBe(count(texts).length);
        },
      ),
      { numRuns: 300 },
    );
  });
});
