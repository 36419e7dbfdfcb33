import { asciiDigits, parseClock } from '../clock-time.ts';

/** WebVTT, SubRip, SubViewer as YouTube writes it. */
export type CueFileKind = 'vtt' | 'srt' | 'sbv';

/** A caption as it stands in a file. */
export interface RawCue {
  /** The line before its times, null without one. */
  id: string | null;
  /** Milliseconds; null if they cannot be read. */
  startMs: number | null;
  endMs: number | null;
  /** Its text, line by line, with mark-up. */
  lines: string[];
}

export interface CueFile {
  /** In the order of the file. */
  cues: RawCue[];
  /** Comments, one a block. */
  notes: string[];
  /** Lines of the file's header. */
  header: string[];
}

interface Timing {
  startMs: number | null;
  endMs: number | null;
  /** What stands behind the times and their settings. */
  rest: string;
}

const TIME = String.raw`-?\d{1,9}(?::\d{1,9}){1,3}(?:[.,]\d{1,9})?`;
const TIMES = new RegExp(
  String.raw`^\s{0,20}(?<start>${TIME})\s{0,20}(?:-{1,3}\s?>|[–—]>|→)\s{0,20}(?<end>${TIME})(?<rest>(?:\s.*)?)$`,
  'su',
);
/** The times of YouTube's SubViewer files. */
const TIMES_BY_COMMA = /^\s{0,20}(?<start>[\d:.]{4,20}),(?<end>[\d:.]{4,20})\s{0,20}$/u;
/** A line that must be times, since no caption may hold an arrow, though one of them is broken. */
const BROKEN_TIMES =
  /^\s{0,20}(?<start>\S{1,30})\s{0,20}-->\s{0,20}(?<end>\S{1,30})(?<rest>(?:\s.*)?)$/su;
const SETTING =
  /^(?:(?:vertical|line|position|size|align|region):\S*|(?:[XY][12]|[ADLRST]):[\d.%]+)$/iu;
const NUMBER = /^\d{1,9}$/u;
/** Ids as Teams and Webex write them: hexadecimal groups, then a count; a number, a name, a number. */
const MACHINE_ID =
  /^(?:[\da-f]{8}-[\da-f-]{4,40}(?:\/[\w-]{1,20})?|\d{1,9} "[^"]{1,100}" \(\d{1,20}\))$/iu;
/** A line before the times is an id in at least this share of the captions, or it is text. */
const MOST = 0.8;

/**
 * Splits a WebVTT, SubRip or SubViewer file into captions, forgiving what the formats forbid: no empty
 * line between captions, empty lines within one, times in any number of digits. Every line that is not
 * a comment, a header, an id or times is text of a caption. Takes linear time.
 *
 * @param kind only WebVTT has a header, comments (`NOTE`) and styles; in the others they are text
 */
export function readCueFile(lines: readonly string[], kind: CueFileKind): CueFile {
  const timings = lines.map((line) => parseTiming(line, kind));
  return new CueFileReader(lines, timings, kind === 'vtt').read();
}

class CueFileReader {
  readonly #lines: readonly string[];
  readonly #timings: readonly (Timing | null)[];
  readonly #isVtt: boolean;
  /** Share of the captions before whose times a line stands by itself, and before whose times a number. */
  readonly #idShare: number;
  readonly #numberShare: number;
  readonly #cues: RawCue[] = [];
  readonly #notes: string[] = [];
  readonly #header: string[] = [];
  /** Text before the first caption. */
  readonly #before: string[] = [];
  /** What the block is that is being read. */
  #block: 'header' | 'note' | 'style' | 'text' = 'text';
  #lastNumber: number | null = null;

  constructor(lines: readonly string[], timings: readonly (Timing | null)[], isVtt: boolean) {
    this.#lines = lines;
    this.#timings = timings;
    this.#isVtt = isVtt;
    const all = timings.flatMap((timing, at) => (timing ? [at] : []));
    const withNumber = all.filter((at) => NUMBER.test(this.#lineAt(at - 1)));
    const withLine = all.filter((at) => this.#lineAt(at - 1) !== '' && this.#lineAt(at - 2) === '');
    this.#numberShare = withNumber.length / Math.max(1, all.length);
    this.#idShare = withLine.length / Math.max(1, all.length);
  }

  read(): CueFile {
    const first = this.#lines.findIndex((line) => line.trim() !== '');
    if (this.#isVtt && /^WEBVTT/u.test(this.#lineAt(first))) this.#block = 'header';
    for (const [at, line] of this.#lines.entries()) {
      const timing = this.#timings[at];
      if (timing) this.#open(at, timing);
      else if (line.trim() !== '') this.#take(at, line);
      else if (at > first) this.#block = 'text';
    }
    if (this.#cues.length > 0 && this.#before.length > 0) {
      this.#cues.unshift({ id: null, startMs: null, endMs: null, lines: this.#before });
    }
    return { cues: this.#cues, notes: this.#notes, header: this.#header };
  }

  #open(at: number, { startMs, endMs, rest }: Timing): void {
    this.#block = 'text';
    const id = this.#isId(at - 1) ? this.#lineAt(at - 1) : null;
    if (id !== null && NUMBER.test(id)) this.#lastNumber = Number(id);
    this.#cues.push({ id, startMs, endMs, lines: rest === '' ? [] : [rest] });
  }

  #take(at: number, line: string): void {
    if (this.#isId(at)) return;
    if (this.#isVtt && this.#block === 'text' && this.#lineAt(at - 1) === '') {
      if (/^NOTE(?:\s|$)/u.test(line)) {
        this.#block = 'note';
        this.#notes.push('');
      } else if (this.#cues.length === 0 && /^(?:STYLE|REGION)\s{0,20}$/u.test(line)) {
        this.#block = 'style';
      }
    }
    if (this.#block === 'text') (this.#cues.at(-1)?.lines ?? this.#before).push(line);
    else if (this.#block === 'header') this.#header.push(line.trim());
    else if (this.#block === 'note') this.#notes.push(`${this.#notes.pop() ?? ''}${line}\n`);
  }

  /** True if a line is the id of the caption that begins behind it, not text of the one before. */
  #isId(at: number): boolean {
    if (!this.#timings[at + 1]) return false;
    const line = this.#lineAt(at);
    if (line === '') return false;
    if (MACHINE_ID.test(line)) return true;
    if (this.#lineAt(at - 1) === '') return this.#idShare >= MOST || !/\s/u.test(line);
    if (!NUMBER.test(line)) return false;
    return this.#numberShare >= MOST || Number(line) === (this.#lastNumber ?? 0) + 1;
  }

  #lineAt(at: number): string {
    return this.#lines[at]?.trim() ?? '';
  }
}

function parseTiming(line: string, kind: CueFileKind): Timing | null {
  const text = asciiDigits(line);
  const whole = (TIMES.exec(text) ?? (kind === 'sbv' ? TIMES_BY_COMMA.exec(text) : null))?.groups;
  const groups = whole ?? BROKEN_TIMES.exec(text)?.groups;
  if (groups?.start === undefined || groups.end === undefined) return null;
  const startMs = parseClock(groups.start);
  const endMs = parseClock(groups.end);
  // Two words with an arrow between them are times if one of them can be read, or both look like times.
  const looksTimed = [groups.start, groups.end].every((time) => /\d.*:|:.*\d/su.test(time));
  if (startMs === null && endMs === null && !looksTimed) return null;
  // Digits of other scripts keep their place and width: the text itself is taken as it stands.
  return {
    startMs,
    endMs,
    rest: withoutSettings(line.slice(line.length - (groups.rest ?? '').length)),
  };
}

/** What follows the settings of a caption on the line of its times. */
function withoutSettings(rest: string): string {
  const words = rest.split(/\s+/u).filter((word) => word !== '');
  const first = words.findIndex((word) => !SETTING.test(word));
  return first < 0 ? '' : words.slice(first).join(' ');
}
