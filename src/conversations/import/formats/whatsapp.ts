import { DateTime } from 'luxon';
import { countWords } from '../../../text/word-count.ts';
import { parseTimeOfDay, STAMP } from '../clock-time.ts';
import {
  flattenText,
  type ImportedTalk,
  type ImportedTurn,
  LeftOutCounter,
  MS_PER_WORD,
  talkOf,
} from '../imported-transcript.ts';
import type { TextFile, TranscriptFormat } from '../transcript-format.ts';

/** `12/03/2026, 14:02 - ` of Android, `[12.03.26, 14:02:11] ` of iOS; then `Name: words`, or an event. */
const MESSAGE = new RegExp(
  String.raw`^\[?(?<date>\d{1,4}[./-]\d{1,2}[./-]\d{1,4}),? (?<time>${STAMP})(?:\] ?| [-–] )(?<rest>.*)$`,
  'isu',
);
const SENDER = /^~? ?(?<name>[^:]{1,80}): (?<words>.*)$/su;
const NO_WORDS =
  /^(?:<[^<>]{1,40}>|(?:image|video|audio|sticker|gif|document|contact card) omitted|bild weggelassen|null|this message was deleted\.?|you deleted this message\.?|messages and calls are end-to-end encrypted.*)$/isu;
/** Marks of the direction of writing, which WhatsApp puts before messages. */
const MARKS = /[\u200e\u200f\u202a-\u202e]/gu;
/** A chat that rests for longer is another conversation. */
const PAUSE_MS = 6 * 3_600_000;
/** A date is month first if more of the dates allow only that. */
type DateOrder = 'day-first' | 'month-first';

interface Message {
  at: number;
  speaker: string | null;
  text: string;
}

/** The chat that WhatsApp exports as text. A pause of six hours ends a conversation. */
export const whatsapp: TranscriptFormat = {
  id: 'whatsapp',
  family: 'text',
  title: 'WhatsApp chat export',
  recognise: ({ lines }) => {
    const spoken = lines.filter((line) => line.trim() !== '');
    const found = spoken.filter((line) => MESSAGE.test(plain(line))).length;
    return found > 0 && found >= spoken.length * 0.2 ? 0.98 : 0;
  },
  parse: (file) => {
    const leftOut = new LeftOutCounter();
    return { talks: talksOf(messagesOf(file, leftOut)), leftOut: leftOut.list() };
  },
};

function messagesOf(file: TextFile, leftOut: LeftOutCounter): Message[] {
  const messages: Message[] = [];
  const order = orderOf(file.lines);
  // Text that goes on belongs to the message before it; what goes on behind an event is none.
  let open: Message | null = null;
  for (const line of file.lines.map(plain)) {
    if (line === '') continue;
    const { date, time, rest } = MESSAGE.exec(line)?.groups ?? {};
    if (date === undefined || time === undefined || rest === undefined) {
      if (open) open.text += ` ${line}`;
      else leftOut.add('line outside of the messages', line);
      continue;
    }
    const { name, words } = SENDER.exec(rest)?.groups ?? {};
    const at = momentOf(date, time, order, file.timeZone);
    open = null;
    if (name === undefined || words === undefined || at === null)
      leftOut.add('event of the chat', rest);
    else if (NO_WORDS.test(words)) leftOut.add('message without words', words);
    else {
      open = { at, speaker: name.trim(), text: words };
      messages.push(open);
    }
  }
  return messages;
}

function talksOf(messages: readonly Message[]): ImportedTalk[] {
  const talks: ImportedTalk[] = [];
  let turns: ImportedTurn[] = [];
  let startedAt = 0;
  let before = Number.NEGATIVE_INFINITY;
  for (const { at, speaker, text } of messages) {
    if (at - before > PAUSE_MS) {
      turns = [];
      startedAt = at;
      talks.push(talkOf(turns, { startedAt }));
    }
    before = at;
    // Messages of one minute have the same time: they follow each other at the pace of speech.
    const startMs = Math.max(at - startedAt, turns.at(-1)?.endMs ?? 0);
    turns.push({
      speaker,
      text,
      startMs,
      endMs: startMs + Math.max(1, countWords(text)) * MS_PER_WORD,
    });
  }
  return talks;
}

/** Whether the day or the month comes first, by the dates that can be only one of them. */
function orderOf(lines: readonly string[]): DateOrder {
  let [dayFirst, monthFirst] = [0, 0];
  let slashes = 0;
  for (const line of lines) {
    const { date = '', time = '' } = MESSAGE.exec(plain(line))?.groups ?? {};
    const [first = 0, second = 0] = date.split(/[./-]/u).map(Number);
    if (first > 12) dayFirst += 1;
    if (second > 12) monthFirst += 1;
    // Half days and slashes are how dates are written where the month comes first.
    if (date.includes('/') && /m/iu.test(time)) slashes += 1;
  }
  if (dayFirst !== monthFirst) return dayFirst > monthFirst ? 'day-first' : 'month-first';
  return slashes > 0 ? 'month-first' : 'day-first';
}

function momentOf(date: string, time: string, order: DateOrder, zone: string): number | null {
  const parts = date.split(/[./-]/u).map(Number);
  const [first = 0, second = 0, third = 0] = parts;
  const isIso = (date.split(/[./-]/u)[0] ?? '').length === 4;
  const [year, month, day] = isIso
    ? [first, second, third]
    : order === 'day-first'
      ? [third, second, first]
      : [third, first, second];
  const midnight = DateTime.fromObject(
    { year: year < 100 ? 2000 + year : year, month, day },
    { zone },
  );
  const ms = parseTimeOfDay(time);
  if (!midnight.isValid || ms === null) return null;
  return midnight
    .set({
      hour: Math.floor(ms / 3_600_000),
      minute: Math.floor(ms / 60_000) % 60,
      second: Math.floor(ms / 1000) % 60,
    })
    .toMillis();
}

function plain(line: string): string {
  return flattenText(line.replace(MARKS, ''));
}
