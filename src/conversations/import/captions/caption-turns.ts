import { countWords } from '../../../text/word-count.ts';
import {
  flattenText,
  type ImportedTurn,
  LeftOutCounter,
  talkOf,
  type UntimedTurn,
} from '../imported-transcript.ts';
import { placeTimes } from '../place-times.ts';
import { SpeakerLabels } from '../speaker-labels.ts';
import type { ParsedFile, TextFile } from '../transcript-format.ts';
import { type CueFile, type CueFileKind, type RawCue, readCueFile } from './cue-file.ts';
import { parseCueText } from './cue-text.ts';
import { type LinedCue, unrollCaptions } from './rolling-captions.ts';

/** Webex names the speaker in the id: `1 "Anna Smith" (123)`. */
const WEBEX_ID = /^\d{1,9} "(?<name>[^"]{1,100})"/u;
const HEADER_LANGUAGE = /^language\s{0,5}:\s{0,5}(?<tag>[a-z]{2,3}(?:-[a-z\d]{2,8})*)$/iu;
/** Lines of a header that a program reads. */
const HEADER_FIELD = /^(?:[A-Za-z-]{2,40}\s{0,5}[:=]|WEBVTT$)/u;

/**
 * The conversation that captions hold. The speaker is a caption's voice (`<v Name>`), the name in its
 * id, or else a name before its words; several in one caption share its time by the number of their
 * words. No caption is left out for its times, and what is left out is counted.
 */
export function parseCaptions(file: TextFile, kind: CueFileKind): ParsedFile {
  const leftOut = new LeftOutCounter();
  const found = readCueFile(file.lines, kind);
  for (const note of found.notes) leftOut.add('comment', note.replace(/^NOTE\b/u, ''));
  const cues = placeCues(found.cues.map(toLines), leftOut);
  const lined = unrollCaptions(cues, leftOut);
  const labels = new SpeakerLabels(unnamedLines(lined), file.knownNames);
  const turns = lined.flatMap((cue) => turnsOf(cue, labels));
  return { talks: [talkOf(turns, headerOf(found, leftOut))], leftOut: leftOut.list() };
}

/** A caption whose times may not be known yet. */
interface TextCue {
  startMs: number | null;
  endMs: number | null;
  lines: UntimedTurn[];
}

function toLines(cue: RawCue): TextCue {
  const named = WEBEX_ID.exec(cue.id ?? '')?.groups?.name ?? null;
  const lines = parseCueText(cue.lines.join('\n')).flatMap(({ speaker, text }) => {
    const voice = speaker ?? named;
    // Line breaks within what a voice says only wrap it.
    const split = voice === null ? text.split('\n') : [text];
    return split.map((line) => ({ speaker: voice, text: flattenText(line) }));
  });
  return { ...cue, lines: lines.filter((line) => line.text !== '') };
}

/** Captions with words, in order, each with a beginning and an end behind it. */
function placeCues(cues: readonly TextCue[], leftOut: LeftOutCounter): LinedCue[] {
  const worded = cues.filter((cue) => cue.lines.length > 0);
  for (const { startMs } of worded) if (startMs === null) leftOut.add('unreadable time', '');
  return placeTimes(worded, ({ lines }) =>
    lines.reduce((sum, line) => sum + countWords(line.text), 0),
  );
}

function unnamedLines(cues: readonly LinedCue[]): string[] {
  return cues.flatMap(({ lines }) =>
    lines.flatMap((line) => (line.speaker === null ? line.text : [])),
  );
}

/** What each speaker says in a caption. */
function turnsOf({ lines, startMs, endMs }: LinedCue, labels: SpeakerLabels): ImportedTurn[] {
  const parts: UntimedTurn[] = [];
  // A line without a label goes on with the one before, but not with what a voice says.
  let isOpen = false;
  for (const line of lines) {
    const last = parts.at(-1);
    const labelled = line.speaker === null ? labels.split(line.text) : undefined;
    if (labelled) parts.push({ speaker: labelled.speaker, text: labelled.words });
    else if (last && line.speaker === null && isOpen) {
      last.text = last.text === '' ? line.text : `${last.text} ${line.text}`;
    } else parts.push({ ...line });
    isOpen = line.speaker === null;
  }
  const spoken = parts.filter((part) => part.text !== '');
  const total = spoken.reduce((sum, part) => sum + countWords(part.text), 0);
  let words = 0;
  const at = () => Math.round(startMs + ((endMs - startMs) * words) / total);
  return spoken.map((part) => {
    const from = at();
    words += countWords(part.text);
    return { ...part, startMs: from, endMs: at() };
  });
}

/** What the header tells: `WEBVTT - a title`, `Language: en`. */
function headerOf(
  { header }: CueFile,
  leftOut: LeftOutCounter,
): { title: string | null; language: string | null } {
  let language: string | null = null;
  let title: string | null = null;
  for (const [at, line] of header.entries()) {
    const tag = HEADER_LANGUAGE.exec(line)?.groups?.tag;
    if (tag !== undefined) language = tag;
    else if (at === 0) title = line.replace(/^WEBVTT(?: FILE)?[\s–-]{0,10}/u, '').trim() || null;
    else if (!HEADER_FIELD.test(line)) leftOut.add('header line', line);
  }
  return { title, language };
}
