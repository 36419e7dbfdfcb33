import { describe, expect, it } from 'vitest';
import { parse, spoken } from './parsed.ts';

const read = async (value: unknown, name = 'a.json') => {
  const { format, talks } = await parse(JSON.stringify(value), name);
  return { format, talks: talks.map(({ turns, ...talk }) => ({ ...talk, said: spoken(turns) })) };
};

const UNTOLD = { title: null, startedAt: null, language: null, userLabel: null };
const SAID = ['0 -: Hello all.', '2.5 -: I will call.'];
const SEGMENTS = [
  { id: 0, start: 0, end: 2.1, text: ' Hello all.', avg_logprob: -0.2 },
  { id: 1, start: 2.5, end: 5, text: ' I will call.' },
];

describe('transcripts as JSON', () => {
  it.each<[string, unknown, string, object]>([
    [
      'Whisper',
      { text: ' Hello all. I will call.', segments: SEGMENTS, language: 'english' },
      'whisper',
      { language: 'en', said: SAID },
    ],
    ['a list of segments of Whisper', SEGMENTS, 'whisper', { said: SAID }],
    [
      'OpenAI with speakers',
      {
        task: 'transcribe',
        text: '',
        segments: [
          {
            type: 'transcript.text.segment',
            id: 's',
            start: 0,
            end: 2,
            text: 'Hello all.',
            speaker: 'A',
          },
        ],
      },
      'whisper',
      { said: ['0 Speaker A: Hello all.'] },
    ],
    [
      'WhisperX',
      {
        segments: [
          {
            start: 0,
            end: 2.1,
            text: ' Hello all.',
            speaker: 'SPEAKER_01',
            words: [{ word: 'Hello', start: 0, end: 1, speaker: 'SPEAKER_01' }],
          },
        ],
        word_segments: [],
        language: 'de',
      },
      'whisperx',
      { language: 'de', said: ['0 SPEAKER_01: Hello all.'] },
    ],
    [
      'WhisperX with speakers that change in a segment',
      {
        segments: [
          {
            start: 0,
            end: 3,
            text: 'Hello. Hi 2 you.',
            speaker: 'SPEAKER_00',
            words: [
              { word: 'Hello.', start: 0, end: 1, speaker: 'SPEAKER_00' },
              { word: 'Hi', start: 1.5, end: 2, speaker: 'SPEAKER_01' },
              { word: '2' },
              { word: 'you.', start: 2.5, end: 3, speaker: 'SPEAKER_01' },
            ],
          },
        ],
        word_segments: [],
      },
      'whisperx',
      { said: ['0 SPEAKER_00: Hello.', '1.5 SPEAKER_01: Hi 2 you.'] },
    ],
    [
      'whisper.cpp',
      {
        systeminfo: 'x',
        result: { language: 'en' },
        transcription: [
          {
            timestamps: { from: '00:00:00,000', to: '00:00:02,100' },
            offsets: { from: 0, to: 2100 },
            text: ' Hello all.',
          },
          { timestamps: { from: '00:00:02,500', to: '00:00:05,000' }, text: ' I will call.' },
        ],
      },
      'whisper-cpp',
      { language: 'en', said: SAID },
    ],
    [
      'whisper.cpp with channels',
      {
        transcription: [
          { offsets: { from: 0, to: 2100 }, text: '(speaker 1) Hello [SPEAKER_TURN]' },
        ],
      },
      'whisper-cpp',
      { said: ['0 Speaker 1: Hello'] },
    ],
    [
      'Deepgram with utterances',
      {
        metadata: { created: '2026-03-10T13:00:00Z' },
        results: {
          channels: [{ detected_language: 'en', alternatives: [{ transcript: 'x' }] }],
          utterances: [{ start: 0, end: 2, transcript: 'Hello all.', speaker: 0, channel: 0 }],
        },
      },
      'deepgram',
      {
        language: 'en',
        startedAt: Date.parse('2026-03-10T13:00:00Z'),
        said: ['0 Speaker 0: Hello all.'],
      },
    ],
    [
      'Deepgram with words',
      {
        results: {
          channels: [
            {
              alternatives: [
                {
                  transcript: 'hello all hi',
                  words: [
                    { word: 'hello', punctuated_word: 'Hello', start: 0, end: 1, speaker: 0 },
                    { word: 'all', punctuated_word: 'all.', start: 1, end: 2, speaker: 0 },
                    { word: 'hi', punctuated_word: 'Hi.', start: 3, end: 4, speaker: 1 },
                  ],
                },
              ],
            },
          ],
        },
      },
      'deepgram',
      { said: ['0 Speaker 0: Hello all.', '3 Speaker 1: Hi.'] },
    ],
    [
      'Deepgram with channels',
      {
        results: {
          channels: [
            {
              alternatives: [{ transcript: 'hello', words: [{ word: 'hello', start: 1, end: 2 }] }],
            },
            { alternatives: [{ transcript: 'hi', words: [{ word: 'hi', start: 0, end: 1 }] }] },
          ],
        },
      },
      'deepgram',
      { said: ['0 Channel 1: hi', '1 Channel 0: hello'] },
    ],
    [
      'AssemblyAI',
      {
        id: 'x',
        status: 'completed',
        text: 'Hello',
        language_code: 'en_us',
        utterances: [
          { speaker: 'A', text: 'Hello all.', start: 0, end: 2100, confidence: 0.9 },
          { speaker: 'B', text: 'I will call.', start: 2500, end: 5000 },
        ],
      },
      'assemblyai',
      { language: 'en-us', said: ['0 Speaker A: Hello all.', '2.5 Speaker B: I will call.'] },
    ],
    [
      'AssemblyAI by its text',
      {
        audio_url: 'https://example.org/a',
        text: 'Hello all.',
        audio_duration: 2,
        utterances: null,
      },
      'assemblyai',
      { said: ['0 -: Hello all.'] },
    ],
    [
      'Omi',
      {
        id: 'x',
        created_at: '2026-03-10T13:05:00Z',
        started_at: '2026-03-10T13:00:00Z',
        structured: { title: 'A call' },
        transcript_segments: [
          {
            text: 'Hello all.',
            speaker: 'SPEAKER_0',
            speaker_id: 0,
            is_user: true,
            start: 0,
            end: 2,
          },
          {
            text: 'I will call.',
            speaker: 'SPEAKER_1',
            speaker_id: 1,
            is_user: false,
            start: 2.5,
            end: 4,
          },
        ],
      },
      'omi',
      {
        title: 'A call',
        startedAt: Date.parse('2026-03-10T13:00:00Z'),
        userLabel: 'You',
        said: ['0 You: Hello all.', '2.5 SPEAKER_1: I will call.'],
      },
    ],
    [
      'an export of Omi',
      {
        people: [{ id: 'p1', name: 'Tom Reed' }],
        conversations: [
          {
            transcript_segments: [
              {
                text: 'Hi',
                speaker: 'SPEAKER_01',
                is_user: false,
                person_id: 'p1',
                start: 0,
                end: 1,
              },
            ],
          },
          { transcript_segments: null },
        ],
      },
      'omi',
      { said: ['0 Tom Reed: Hi'] },
    ],
    [
      'Limitless',
      {
        data: {
          lifelogs: [
            {
              id: 'x',
              title: 'Walk',
              startTime: '2026-03-10T13:00:00Z',
              contents: [
                { type: 'heading1', content: 'Walk' },
                {
                  type: 'heading2',
                  content: 'Plans',
                  children: [
                    {
                      type: 'blockquote',
                      content: 'Hello all.',
                      startOffsetMs: 0,
                      endOffsetMs: 2000,
                      speakerName: 'You',
                      speakerIdentifier: 'user',
                    },
                  ],
                },
                {
                  type: 'blockquote',
                  content: 'I will call.',
                  startTime: '2026-03-10T13:00:02.5Z',
                  endTime: '2026-03-10T13:00:04Z',
                  speakerName: 'Tom',
                  speakerIdentifier: null,
                },
              ],
            },
          ],
        },
        meta: {},
      },
      'limitless',
      {
        title: 'Walk',
        startedAt: Date.parse('2026-03-10T13:00:00Z'),
        userLabel: 'You',
        said: ['0 You: Hello all.', '2.5 Tom: I will call.'],
      },
    ],
    [
      'Plaud',
      {
        file_name: 'Call',
        trans_result: [
          {
            start_time: 0,
            end_time: 2100,
            content: 'Hello all.',
            speaker: 'Anna',
            original_speaker: 'Speaker 1',
          },
          {
            start_time: 2500,
            end_time: 5000,
            content: 'I will call.',
            speaker: '',
            original_speaker: 'Speaker 2',
          },
        ],
      },
      'plaud',
      { title: 'Call', said: ['0 Anna: Hello all.', '2.5 Speaker 2: I will call.'] },
    ],
    [
      'a list of Plaud',
      [{ start_time: 2500, end_time: 5000, content: 'I will call.', speaker: 'Anna' }],
      'plaud',
      { said: ['2.5 Anna: I will call.'] },
    ],
    [
      'Granola',
      [
        {
          document_id: 'd',
          start_timestamp: '2026-03-10T13:00:00.000Z',
          end_timestamp: '2026-03-10T13:00:02.000Z',
          text: 'Hello all.',
          source: 'microphone',
          is_final: true,
        },
        {
          document_id: 'd',
          start_timestamp: '2026-03-10T13:00:02.500Z',
          end_timestamp: '2026-03-10T13:00:03.000Z',
          text: 'I will',
          source: 'system',
          is_final: false,
        },
        {
          document_id: 'd',
          start_timestamp: '2026-03-10T13:00:02.500Z',
          end_timestamp: '2026-03-10T13:00:04.000Z',
          text: 'I will call.',
          source: 'system',
          is_final: true,
        },
      ],
      'granola',
      {
        startedAt: Date.parse('2026-03-10T13:00:00Z'),
        userLabel: 'You',
        said: ['0 You: Hello all.', '2.5 Speaker 1: I will call.'],
      },
    ],
    [
      'a note of Granola',
      {
        object: 'note',
        title: 'A call',
        created_at: '2026-03-10T12:00:00Z',
        transcript: [
          {
            speaker: { source: 'speaker', diarization_label: 'Speaker A' },
            text: 'Hello all.',
            start_time: '2026-03-10T13:00:00Z',
            end_time: '2026-03-10T13:00:02Z',
          },
        ],
      },
      'granola',
      {
        title: 'A call',
        startedAt: Date.parse('2026-03-10T13:00:00Z'),
        said: ['0 Speaker A: Hello all.'],
      },
    ],
    [
      'Fireflies',
      {
        data: {
          transcript: {
            id: 'x',
            title: 'A call',
            date: 1773147600000,
            duration: 5,
            sentences: [
              {
                index: 0,
                text: 'Hello all.',
                raw_text: 'hello all',
                start_time: '0',
                end_time: '2.1',
                speaker_id: 0,
                speaker_name: 'Anna Berg',
              },
              {
                index: 1,
                text: null,
                raw_text: 'I will call.',
                start_time: 2.5,
                end_time: 5,
                speaker_id: 1,
                speaker_name: null,
              },
            ],
          },
        },
      },
      'fireflies',
      {
        title: 'A call',
        startedAt: 1773147600000,
        said: ['0 Anna Berg: Hello all.', '2.5 Speaker 1: I will call.'],
      },
    ],
    [
      'a download of Fireflies',
      [
        {
          sentence: 'Hello all.',
          startTime: '00:02',
          endTime: '00:05',
          speaker_name: 'Anna Berg',
          speaker_id: 0,
        },
      ],
      'fireflies',
      { said: ['2 Anna Berg: Hello all.'] },
    ],
    [
      'QMSum',
      {
        meeting_transcripts: [
          { speaker: 'PhD B', content: ' Am I  on ?\n' },
          { speaker: '', content: 'Yes' },
        ],
      },
      'qmsum',
      { said: ['0 PhD B: Am I on ?', '1.2 -: Yes'] },
    ],
  ])('of %s are read', async (_what, value, format, expected) => {
    const found = await read(value);
    expect(found.format).toBe(format);
    expect(found.talks).toEqual([{ ...UNTOLD, ...expected }]);
  });

  it('hold several conversations, and those without words are counted', async () => {
    const talk = (text: string) => ({ transcript_segments: [{ text, start: 0, end: 1 }] });
    const { talks, leftOut } = await parse(
      JSON.stringify([talk('Hello'), talk('  '), talk('Bye')]),
      'export.json',
    );
    expect(talks.map(({ turns }) => turns[0]?.text)).toEqual(['Hello', 'Bye']);
    expect(leftOut).toEqual([{ what: 'conversation without words', count: 1, words: 0 }]);
  });

  it('keep words whose times are missing, wrong or not in order', async () => {
    const segments = [
      { start: 5, end: 6, text: 'third' },
      { start: null, end: null, text: 'fourth' },
      { start: 2, end: 1, text: 'second' },
      { start: -4, end: 'x', text: 'at the end of what comes before' },
      { text: 'without times' },
    ];
    const { talks } = await parse(JSON.stringify({ segments }), 'a.json');
    const turns = talks[0]?.turns ?? [];
    expect(turns.map(({ text }) => text).sort()).toEqual(segments.map(({ text }) => text).sort());
    expect(turns.every(({ startMs, endMs }) => startMs >= 0 && endMs > startMs)).toBe(true);
    expect(turns.map(({ startMs }) => startMs)).toEqual(
      turns.map(({ startMs }) => startMs).sort((a, b) => a - b),
    );
  });

  it.each<[string, string]>([
    ['an unknown form', '{"name":"x","version":"1.0.0"}'],
    ['a list of numbers', '[1,2,3]'],
    ['an empty object', '{}'],
    ['a list of nothing', '[]'],
    ['an object with text alone', '{"text":"hello"}'],
  ])('%s is refused with the list of known ones', async (_what, content) => {
    await expect(parse(content, 'a.json')).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(
        /^It is JSON of no known form\. Known are transcripts of AssemblyAI, Deepgram, Fireflies, Granola, Limitless, QMSum meetings, Omi, Plaud, Whisper, whisper\.cpp, WhisperX\.$/u,
      ),
    });
  });

  it('that is broken is refused, without its words', async () => {
    await expect(parse('{"secret": [', 'a.json')).rejects.toMatchObject({
      code: 'bad-request',
      message: 'It is not valid JSON.',
    });
  });

  it('is recognised whatever the name of the file, if it is JSON', async () => {
    const content = JSON.stringify({ segments: SEGMENTS });
    for (const name of ['dump', 'dump.txt', 'dump.log']) {
      expect((await parse(content, name)).format).toBe('whisper');
    }
  });

  it('of a form that somebody asks for is refused with the place', async () => {
    const content = '{"meeting_transcripts":[{"speaker":"A"}]}';
    await expect(parse(content, 'm.json', { format: 'qmsum' })).rejects.toThrow(
      /^It is no transcript of QMSum meetings: meeting_transcripts\.0\.content: /u,
    );
  });
});
