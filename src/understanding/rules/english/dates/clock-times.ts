import { type DayPart, PART_HOURS, WEEKDAY } from './calendar-arithmetic.ts';
import { CARDINAL, parseNumber } from './spoken-number.ts';
import { readZone } from './spoken-zone.ts';

interface Clock {
  hour: number;
  minute: number;
  /** False if neither am nor pm, nor a 24-hour time, was said. */
  sure: boolean;
}

/** A time of day found in a text. Hours run to 24, which is the midnight that ends the day. */
export interface ClockPiece extends Clock {
  kind: 'clock';
  index: number;
  length: number;
  end: Clock | null;
  /** IANA zone or offset that is named with it; null: the user's. */
  zone: string | null;
}

/** A part of the day: `morning`, 9:00. `bare` ones ("good morning") count only beside a day. */
export interface DayPartPiece {
  kind: 'part';
  index: number;
  length: number;
  part: DayPart;
  hour: number;
  minute: number;
  bare: boolean;
}

const HOUR =
  '(?:1[0-2]|0?[1-9]|ten|eleven|twelve|one|two|three|four|five|six|seven|eight|nine)(?!\\d|\\.\\d)';
const MINUTE =
  "(?:[0-5]\\d|o[h']?[ -]?(?:one|two|three|four|five|six|seven|eight|nine)|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twenty|thirty|forty|fifty)(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?)";
const DIGITAL = '(?:[01]?\\d|2[0-3]):[0-5]\\d';
const DOTTED = '(?:1[0-2]|0?[1-9])\\.[0-5]\\d(?![\\d.%])';
/** "Five to ten" is a time, "one to ten" a span: before the hour only fives, or minutes by name. */
const NAMED = '(?:noon|midday|midnight|lunchtime)';
const RELATIVE = `(?:(?:half|(?:a )?quarter|${CARDINAL}(?: minutes)?) (?:past|after)|(?:half|(?:a )?quarter|five|ten|twenty(?:[ -]five)?|5|10|20|25|${CARDINAL} minutes) (?:to|till?|before)) (?:${HOUR}|noon|midnight)`;
const CLOCK = `(?:${DIGITAL}|${RELATIVE}|${HOUR}[ -]${MINUTE}(?! (?:minutes|percent|people))|${NAMED}|${HOUR})`;
/** A time of four figures, or whole hundreds, as timetables and soldiers say it. */
const HUNDREDS =
  '(?:(?:[01]\\d|2[0-3])[0-5]\\d|(?:1\\d|2[0-3]|0?\\d|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|oh [a-z]+) hundred)';
const MERIDIEM =
  '(?:\\s*(?:[ap]\\.? ?m\\b\\.?)|\\s+in the (?:morning|afternoon|evening|night)|\\s+at night)';
/** What may follow a bare hour for it to be a time and not a count ("at three levels"). */
const AFTER_BARE =
  '(?=\\s*(?:$|[.,;:?!)—-])|\\s+(?:on|in the|in|today|tomorrow|tonight|this|eastern|pacific|central|mountain|gmt|utc|est|pst|cet|next|every|each|and|or|but|so|if|with|for|to|at|sharp|then|please|is|was|works|would|suits?|fine|good|great|perfect|maybe|does|sound|i|we|you|because|when|until|monday|tuesday|wednesday|thursday|friday|saturday|sunday|the|by|instead|local|from|as|right|okay|ok|about|uh|um|oh|also|see|please|sounds)\\b)';

/** "On a scale from one to ten" is no time. */
const NO_COUNT =
  '(?<!\\b(?:scale|range[sd]?|ranging|rate[sd]?|count(?:s|ed|ing)?|anything|anywhere|somewhere|goes|went|grew) )';

/** Hour and minute of a spoken clock time, without its am or pm. */
function parseClock(text: string): Clock | null {
  const plain = text.trim().toLowerCase();
  if (plain === 'midnight') return { hour: 24, minute: 0, sure: true };
  if (/^(?:noon|midday|lunchtime)$/.test(plain)) return { hour: 12, minute: 0, sure: true };
  const hundreds = /^(?:(\d\d)(\d\d)|(.+) hundred)$/.exec(plain);
  if (hundreds) {
    const hour = parseNumber((hundreds[1] ?? hundreds[3] ?? '').replace(/^oh /, ''));
    return hour === null ? null : { hour, minute: Number(hundreds[2] ?? 0), sure: true };
  }
  const half = /^half (?!past|to|after|before)(.+)$/.exec(plain);
  if (half) {
    const hour = parseNumber(half[1] ?? '');
    return hour === null ? null : { hour, minute: 30, sure: false };
  }
  const digital = /^(\d{1,2})[.:](\d\d)$/.exec(plain);
  if (digital) {
    const hour = Number(digital[1]);
    const written24 = hour > 12 || hour === 0 || plain.startsWith('0');
    return { hour, minute: Number(digital[2]), sure: written24 };
  }
  const relative = /^(.+?)(?: minutes)? (past|to|till?|after|before) (.+)$/.exec(plain);
  if (relative) {
    const said = (relative[1] ?? '').replace(/^a /, '');
    const minutes = said === 'half' ? 30 : said === 'quarter' ? 15 : parseNumber(said);
    const named = { noon: 12, midnight: 24 }[relative[3] ?? ''];
    const hour = named ?? parseNumber(relative[3] ?? '');
    if (minutes === null || minutes > 59 || hour === null) return null;
    const sure = named !== undefined;
    if (relative[2] === 'past' || relative[2] === 'after') {
      return { hour: hour % 24, minute: minutes, sure };
    }
    return { hour: hour === 1 ? 12 : hour - 1, minute: 60 - minutes, sure };
  }
  const whole = parseNumber(plain);
  if (/^\d+$/.test(plain) || (whole !== null && whole <= 12)) {
    return whole === null ? null : { hour: whole, minute: 0, sure: false };
  }
  const [, first = '', rest = ''] = /^([a-z]+|\d{1,2})[ -](.+)$/.exec(plain) ?? [];
  const hour = parseNumber(first);
  const minute = parseNumber(rest.replace(/^o[h']?[ -]?/, ''));
  return hour === null || minute === null ? null : { hour, minute, sure: false };
}

/** The clock with its am or pm applied. */
function withMeridiem(clock: Clock, said: string | undefined): Clock {
  if (said === undefined || clock.hour > 12) return clock;
  // "Two in the night" is before dawn, "ten at night" is not.
  const morning = /a\.? ?m|morning/i.test(said) || (/night/i.test(said) && clock.hour < 6);
  const hour = clock.hour % 12;
  return { hour: morning ? hour : hour + 12, minute: clock.minute, sure: true };
}

/**
 * The usual hour if nobody said am or pm: from one to seven is the afternoon (people meet in
 * daylight), from eight to twelve as said, and later hours are of the evening when it is spoken of.
 */
export function guessHour(hour: number, context: { morning: boolean; evening: boolean }): number {
  if (hour > 12 || hour === 0) return hour;
  if (context.morning) return hour;
  if (context.evening) return hour === 12 ? 24 : hour < 5 ? hour + 12 : hour + 12;
  return hour < 8 ? hour + 12 : hour;
}

const LEAD = `${NO_COUNT}(?:from|between)\\s+`;
const TO = '\\s*(?:to|until|till|and|-|–|—)\\s*';
/** The same without "and" and without the hyphen of "forty-five". */
const HYPHENED = '\\s*(?:to|until|till|(?<!\\p{L})-|-(?!\\p{L})|–|—)\\s*';
const RANGE_LED = new RegExp(
  `\\b${LEAD}(?<a>${CLOCK})(?<am>${MERIDIEM})?${TO}(?<b>${CLOCK})(?:(?<bm>${MERIDIEM})|${AFTER_BARE})`,
  'gi',
);
/** Not "at ten to seven in the morning", which is one time. */
const RANGE_CLOSED = new RegExp(
  `\\b(?!(?<=\\bat )${RELATIVE})(?<a>${CLOCK})(?<am>${MERIDIEM})?${HYPHENED}(?<b>${CLOCK})(?<bm>${MERIDIEM})`,
  'giu',
);
/** "Noon to one", "10 am to noon", "Friday eleven to one": nothing else is meant there. */
const RANGES_CLEAR = [
  new RegExp(`\\b(?<a>${NAMED})${TO}(?<b>${CLOCK})(?:(?<bm>${MERIDIEM})|${AFTER_BARE})`, 'gi'),
  new RegExp(`\\b(?<a>${CLOCK})(?<am>${MERIDIEM})?${TO}(?<b>${NAMED})\\b`, 'gi'),
  new RegExp(
    `(?<=(?:day|tomorrow|tonight),? )(?<a>${CLOCK})${HYPHENED}(?<b>${CLOCK})${AFTER_BARE}`,
    'giu',
  ),
  // "Nine to five on Monday", "2-4 tomorrow".
  new RegExp(
    `(?<![\\d:.,/-])\\b(?<a>${CLOCK})${HYPHENED}(?<b>${CLOCK})(?=,? (?:(?:on|this|next) )?(?:\\p{L}+day\\b|tomorrow\\b|tonight\\b))`,
    'giu',
  ),
];
/** "A table for four on Saturday evening" is no time. */
const NO_HEADS =
  '(?<!\\b(?:tables?|rooms?|seats?|places|tickets?|part(?:y|ies)|groups?) (?:for|of) )';
/** Said of hours that are guessed. */
const ISH = '(?:-?ish)?';
const SINGLE = [
  new RegExp(`\\b(?<a>${CLOCK})(?<am>${MERIDIEM})`, 'gi'),
  new RegExp(`\\b(?<a>${CARDINAL}(?: minutes)? past ${HOUR})\\b`, 'gi'),
  new RegExp(
    `(?:\\b(?:at|say|around|about|by|until|before) |(?<=(?:day|evening|night|morning|afternoon|tomorrow),? ))(?<a>half ${HOUR})${AFTER_BARE}`,
    'gi',
  ),
  // "On Saturday for nine", "eight this evening".
  new RegExp(`(?<=(?:day|tomorrow|tonight|evening),? )for (?<a>${CLOCK})${AFTER_BARE}`, 'gi'),
  new RegExp(
    `${NO_HEADS}(?<!\\b(?:another|which|this|that|the|next|every|no|any) )\\b(?<a>${CLOCK})(?= (?:on \\p{L}+day |tomorrow |this )(?:morning|afternoon|evening|night)\\b| tonight\\b)`,
    'giu',
  ),
  new RegExp(
    `\\b(?:(?:at|by|until|before) (?<a>${HUNDREDS})(?: hours)?${AFTER_BARE}|(?<b>${HUNDREDS}) hours\\b)`,
    'gi',
  ),
  new RegExp(`\\b(?<a>${HOUR}) o['’]?\\s?clock(?<am>${MERIDIEM})?`, 'gi'),
  new RegExp(
    `\\b(?<a>${DIGITAL}|(?:half|(?:a )?quarter) (?:past|to|after|till?) ${HOUR}|(?:half|(?:a )?quarter|five|ten|twenty) (?:past|to|before|after) (?:noon|midnight)|${NAMED})${ISH}\\b`,
    'gi',
  ),
  new RegExp(
    `\\b(?:at|around|about|by|before|until|till|after|${NO_COUNT}from) (?:about |around )?(?<a>${CLOCK})${ISH}(?! (?:to|till?|until) ${CARDINAL} \\p{L})${AFTER_BARE}`,
    'giu',
  ),
  // "Say twenty to four?", "Five past ten, then."
  new RegExp(`(?<=^|[.?!] |\\b(?:say|make it|is|it's) )(?<a>${RELATIVE})(?=[.,;?!]|$)`, 'gi'),
  // "At 5.30", as Britain writes it.
  new RegExp(`\\b(?:at|by|until|till|before|after|from) (?<a>${DOTTED})${AFTER_BARE}`, 'gi'),
  new RegExp(`(?<![\\d.,])(?<a>${DOTTED})(?<am>${MERIDIEM})`, 'gi'),
  // "Two thirty on Friday", "Friday two thirty", "5.30 tomorrow".
  new RegExp(
    `(?<![\\d.,:/-])\\b(?<a>${HOUR}[ -]${MINUTE}|${DOTTED})(?=,? (?:(?:on|this|next) )?(?:${WEEKDAY}|tomorrow|tonight|today)\\b)`,
    'gi',
  ),
  new RegExp(
    `(?<=(?:day|tomorrow|tonight),? )(?<a>${HOUR}[ -]${MINUTE}|${DOTTED})${AFTER_BARE}`,
    'gi',
  ),
  // "Six-ish", "8ish tomorrow".
  new RegExp(`\\b(?<a>${HOUR})-?ish\\b`, 'gi'),
];
const PARTS =
  /\b(first thing(?: in the morning)?|(?:early |late )?(?:in the |during the )?(?:early |late )?(?:morning|afternoon|evening|night))\b/gi;
const END_OF_DAY =
  /(?<!\bat (?:the )?)\b(?:the )?(?:end of (?:the )?(?:business |working |work )?day|EOD|close of (?:business|play)|COB)\b/gi;

/** All clock times and parts of the day in a text, possibly overlapping. */
export function findClockTimes(text: string): (ClockPiece | DayPartPiece)[] {
  const pieces: (ClockPiece | DayPartPiece)[] = [];
  const push = (match: RegExpExecArray, clock: Clock, end: Clock | null): void => {
    const { index } = match;
    const named = readZone(text.slice(index + match[0].length, index + match[0].length + 40));
    const length = match[0].length + (named?.length ?? 0);
    pieces.push({ kind: 'clock', index, length, ...clock, end, zone: named?.zone ?? null });
  };
  for (const pattern of [RANGE_LED, RANGE_CLOSED, ...RANGES_CLEAR]) {
    for (const match of text.matchAll(pattern)) {
      const groups = match.groups ?? {};
      const from = parseClock(groups.a ?? '');
      const to = parseClock(groups.b ?? '');
      if (!from || !to) continue;
      const end = withMeridiem(to, groups.bm);
      const start = withMeridiem(from, groups.am ?? groups.bm);
      // "eleven to one pm": the first hour is before noon.
      const isEarlier = groups.am === undefined && groups.bm !== undefined && !from.sure;
      if (isEarlier && start.hour > end.hour && start.hour >= 12) start.hour -= 12;
      push(match, start, end);
    }
  }
  for (const pattern of SINGLE) {
    for (const match of text.matchAll(pattern)) {
      const clock = parseClock(match.groups?.a ?? match.groups?.b ?? '');
      if (clock) push(match, withMeridiem(clock, match.groups?.am), null);
    }
  }
  for (const match of text.matchAll(PARTS)) {
    const said = match[0].toLowerCase();
    const part = (/morning|afternoon|evening|night/.exec(said)?.[0] ?? 'morning') as DayPart;
    pieces.push({
      kind: 'part',
      index: match.index,
      length: match[0].length,
      part,
      hour: PART_HOURS[part],
      minute: 0,
      bare: !/in the|during the/.test(said),
    });
  }
  for (const match of text.matchAll(END_OF_DAY)) {
    push(match, { hour: 23, minute: 59, sure: true }, null);
  }
  return pieces;
}
