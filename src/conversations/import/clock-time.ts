/** Longest time that a transcript may tell, milliseconds: eleven years. */
const MAX_MS = 100_000 * 3_600_000;
/** Zeros of the digits of scripts in which times are written, beside ASCII. */
const ZEROS = [0x0660, 0x06f0, 0x0966, 0x09e6, 0x0e50, 0xff10];

const CLOCK =
  /^(?<sign>-?)(?:(?<hours>\d{1,9}):)?(?<minutes>\d{1,9}):(?<seconds>\d{1,2})(?:[.,:;](?<fraction>\d{1,9}))?$/u;

/**
 * Milliseconds of `mm:ss`, `h:mm:ss` and both with decimals after a full stop or a comma, however many
 * digits each part has. A negative time is 0. Null for anything else and beyond 100,000 hours.
 */
export function parseClock(text: string): number | null {
  const groups = CLOCK.exec(asciiDigits(text.trim()))?.groups;
  if (!groups) return null;
  const seconds =
    Number(groups.hours ?? 0) * 3_600 + Number(groups.minutes) * 60 + Number(groups.seconds);
  const fraction = groups.fraction === undefined ? 0 : Number(`0.${groups.fraction}`);
  const ms = Math.round((seconds + fraction) * 1000);
  if (ms > MAX_MS) return null;
  return groups.sign === '-' ? 0 : ms;
}

/** Text in which digits of other scripts are ASCII digits. */
export function asciiDigits(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII text is the usual case
  if (/^[\u0000-\u007f]*$/u.test(text)) return text;
  return text.replace(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    const zero = ZEROS.find((start) => code >= start && code < start + 10);
    return zero === undefined ? digit : String(code - zero);
  });
}

const HALF_DAY = /(?<half>[ap])\.?m\.?$/iu;

/** Pattern of a time as transcripts show it: `0:02`, `00:01:15`, `00:00:02.000`, `2:02 PM`. */
export const STAMP = String.raw`\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?(?:[ \u202f]?[ap]\.?m\.?)?`;

/** Milliseconds of a time that matches `STAMP`: of a recording, or of the day. Null for another text. */
export function parseStamp(text: string): number | null {
  return HALF_DAY.test(text) ? parseTimeOfDay(text) : parseClock(text);
}

/** Milliseconds since midnight of `14:02`, `14:02:11`, `2:02 PM`; null for another text. */
export function parseTimeOfDay(text: string): number | null {
  const half = HALF_DAY.exec(text);
  const time = half ? text.slice(0, half.index).trim() : text;
  const ms = parseClock(/:.*:/u.test(time) ? time : `${time}:00`);
  if (ms === null || !half) return ms;
  const hours = Math.floor(ms / 3_600_000) % 12;
  const isAfternoon = half.groups?.half?.toLowerCase() === 'p';
  return (ms % 3_600_000) + (hours + (isAfternoon ? 12 : 0)) * 3_600_000;
}
