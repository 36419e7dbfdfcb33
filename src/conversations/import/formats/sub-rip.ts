import { parseCaptions } from '../captions/caption-turns.ts';
import type { TranscriptFormat } from '../transcript-format.ts';

const NUMBERED =
  /^\s{0,100}\d{1,9}\s{0,20}\r?\n\s{0,20}[\d٠-٩۰-۹]{1,3}:[\d:.,٠-٩۰-۹]{3,20}\s{0,20}-{1,3}\s?>/u;
const TIMED = /^\s{0,20}\d{1,9}:[\d:.,]{3,20}\s{0,20}-{1,3}>/mu;

/** SubRip captions, and captions of WebVTT that lack its first line. */
export const subRip: TranscriptFormat = {
  id: 'srt',
  family: 'srt',
  title: 'SubRip captions',
  recognise: ({ text, extension }) => {
    if (NUMBERED.test(text.slice(0, 400))) return 1;
    if (TIMED.test(text.slice(0, 4_000))) return 0.8;
    return extension === 'srt' ? 0.3 : 0;
  },
  parse: (file) => parseCaptions(file, 'srt'),
};
