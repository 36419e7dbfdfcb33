import { assemblyai } from './formats/assemblyai.ts';
import { deepgram } from './formats/deepgram.ts';
import { fireflies } from './formats/fireflies.ts';
import { googleMeet } from './formats/google-meet.ts';
import { granola } from './formats/granola.ts';
import { limitless } from './formats/limitless.ts';
import { meetingJson } from './formats/meeting-json.ts';
import { namedTimes } from './formats/named-times.ts';
import { omi } from './formats/omi.ts';
import { otter } from './formats/otter.ts';
import { plainText } from './formats/plain-text.ts';
import { plaud } from './formats/plaud.ts';
import { subRip } from './formats/sub-rip.ts';
import { subViewer } from './formats/sub-viewer.ts';
import { teams } from './formats/teams.ts';
import { timedHeadings } from './formats/timed-headings.ts';
import { timedLines } from './formats/timed-lines.ts';
import { webVtt } from './formats/web-vtt.ts';
import { whatsapp } from './formats/whatsapp.ts';
import { whisper } from './formats/whisper.ts';
import { whisperCpp } from './formats/whisper-cpp.ts';
import { whisperx } from './formats/whisperx.ts';
import { zoomCaptions } from './formats/zoom-captions.ts';
import type { TranscriptFormat } from './transcript-format.ts';

/** Every kind of transcript file; which one a file is, each says for itself. */
export const TRANSCRIPT_FORMATS: readonly TranscriptFormat[] = [
  assemblyai,
  deepgram,
  fireflies,
  googleMeet,
  granola,
  limitless,
  meetingJson,
  namedTimes,
  omi,
  otter,
  plainText,
  plaud,
  subRip,
  subViewer,
  teams,
  timedHeadings,
  timedLines,
  webVtt,
  whatsapp,
  whisper,
  whisperCpp,
  whisperx,
  zoomCaptions,
];
