import { parseCaptions } from '../captions/caption-turns.ts';
import type { TranscriptFormat } from '../transcript-format.ts';

/** WebVTT (https://www.w3.org/TR/webvtt1/), as Zoom, Teams, Webex and YouTube write it. */
export const webVtt: TranscriptFormat = {
  id: 'vtt',
  family: 'vtt',
  title: 'WebVTT captions',
  recognise: ({ text, extension }) =>
    /^\s{0,100}WEBVTT(?:\s|$)/u.test(text.slice(0, 200)) ? 1 : extension === 'vtt' ? 0.3 : 0,
  parse: (file) => parseCaptions(file, 'vtt'),
};
