import { parseCaptions } from '../captions/caption-turns.ts';
import type { TranscriptFormat } from '../transcript-format.ts';

const TIMED = /^\s{0,100}\d{1,2}:\d{2}:\d{2}\.\d{1,3},\d{1,2}:\d{2}:\d{2}\.\d{1,3}\s{0,20}$/mu;

/** SubViewer captions as YouTube Studio writes them: `0:00:01.000,0:00:03.000` above the words. */
export const subViewer: TranscriptFormat = {
  id: 'sbv',
  family: 'srt',
  title: 'SubViewer captions (.sbv)',
  recognise: ({ text }) => (TIMED.test(text.slice(0, 400)) ? 1 : 0),
  parse: (file) => parseCaptions(file, 'sbv'),
};
