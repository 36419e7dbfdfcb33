import { parseEmail } from '../../../src/conversations/import/email.ts';
import { parseTranscript } from '../../../src/conversations/import/parse-transcript.ts';
import { TRANSCRIPT_FORMATS } from '../../../src/conversations/import/registry.ts';
import { makeSegment } from '../../../src/model/conversations/transcript-segment.ts';
import { combineSegments } from '../../../src/transcripts/combine-segments.ts';
import { type EntryPoint, USUAL_WORST } from './entry-point.ts';

/** What is repeated in files of transcripts, and their beginnings. */
const WORST = [
  ...USUAL_WORST,
  'WEBVTT\n\n|00:00:00.000 --> 00:00:01.000\n',
  'WEBVTT\n\n|<v A>',
  'WEBVTT\n\n|-->',
  '1\n00:00:00,000 --> 00:00:01,000\na|{\\an8}',
  '1\n|00:00:00,000 --> 00:00:01,000\nthe same line\n\n',
  'Ada: ',
  'Ada: a\n',
  '**Ada:** ',
  '[00:02] Ada: a\n',
  'Ada (00:02): ',
  '12/03/2026, 10:11 - Ada: a\n',
  '{"text":"|a',
  '{"segments":[|{"start":0,"end":1,"text":"a"},',
  '[|[',
  '&amp;',
  '&#',
];

const read = (text: string, format: string | null) =>
  parseTranscript(Buffer.from(text), { fileName: 'file.txt', format });

/** Ways to read files and live words. */
export const IMPORT_ENTRY_POINTS: readonly EntryPoint[] = [
  { name: 'a transcript file that is recognised', read: (text) => read(text, null), worst: WORST },
  ...TRANSCRIPT_FORMATS.map(({ id }) => ({
    name: `a transcript file read as ${id}`,
    read: (text: string) => read(text, id),
    worst: WORST,
  })),
  {
    name: 'an e-mail',
    read: (text) => parseEmail(Buffer.from(text)),
    worst: [
      ...USUAL_WORST,
      'From: a@b.c\n\n|\n',
      'From: a@b.c\n\n|> ',
      'From: a@b.c\n\n|On Monday a@b.c wrote:\n',
      'From: a@b.c\nContent-Type: text/html\n\n|<div>',
      'From: a@b.c\nContent-Type: text/html\n\n|<!--',
      'From: a@b.c\nContent-Type: multipart/mixed; boundary=x\n\n|--x\n',
      'From: |=?utf-8?q?a?= ',
      'To: |a,',
      'To: |(',
    ],
  },
  {
    name: 'words of live speech',
    read: (text) => {
      const segments = [];
      for (let from = 0; from < text.length; from += 40) {
        segments.push(
          makeSegment({
            id: `s${from}`,
            text: text.slice(from, from + 40),
            startMs: from,
            endMs: from + 40,
          }),
        );
      }
      return combineSegments(null, segments);
    },
    worst: USUAL_WORST,
  },
];
