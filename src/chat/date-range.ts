import { DateTime } from 'luxon';
import { collapseSpaces, edgesOf } from '../kernel/bounded-text.ts';
import { zonedTime } from '../model/zoned-time.ts';
import { resolveDates } from '../understanding/rules/english/dates/resolve-date.ts';
import { parseNumber } from '../understanding/rules/english/dates/spoken-number.ts';
import { DAY_WORDS, type Span } from './day-words.ts';
import type { DateRange, LocalTime } from './local-time.ts';

/** Characters at the beginning and at the end of a message that are read for a time. */
const READ_AT_EDGE = 1000;

const UNIT = '(minute|min|hour|hr|day|week|month|quarter|year)';
type Unit = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';
const COUNT =
  '(\\d{1,3}|half an?|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:a )?(?:couple of|couple|few))';
/** Words with which a question is about what is to come. */
const AHEAD =
  /\b(?:will|shall|should|must|need to|supposed to|do (?:I|we) have|upcoming|coming|due|going to|planned|plans?|scheduled?|next|later|tomorrow)\b/i;
type Rule = [RegExp, (match: RegExpMatchArray, now: DateTime) => Span];

const rule = (pattern: string, make: Rule[1]): Rule => [new RegExp(`\\b${pattern}\\b`, 'i'), make];

function whole(day: DateTime, unit: Unit): Span {
  return { from: day.startOf(unit), to: day.endOf(unit) };
}

function countOf(word: string): number {
  const text = word.toLowerCase();
  if (text.includes('couple')) return 2;
  if (text.includes('few')) return 3;
  if (text.startsWith('half')) return 0.5;
  if (text === 'a' || text === 'an') return 1;
  return parseNumber(text) ?? 1;
}

function unitOf(word: string | undefined): Unit {
  const unit = (word ?? 'day').toLowerCase();
  if (unit === 'min') return 'minute';
  return unit === 'hr' ? 'hour' : (unit as Unit);
}

/** About so long ago: people do not look at the clock when they ask. */
function around(now: DateTime, amount: number, unit: 'minute' | 'hour'): Span {
  const minutes = unit === 'hour' ? amount * 60 : amount;
  const margin = Math.min(90, Math.max(unit === 'hour' ? 30 : 5, minutes / 4));
  return {
    from: now.minus({ minutes: minutes + margin }),
    to: now.minus({ minutes: Math.max(0, minutes - margin) }),
  };
}

/**
 * How people ask about what has been: the first rule that fits decides. Unlike in a conversation,
 * if "Tuesday" is the coming one, a question means the one that was.
 */
const RULES: readonly Rule[] = [
  rule(`(?:in |over |within |during )?(?:the )?(?:last|past) ${COUNT} ${UNIT}s?`, (m, now) => {
    const unit = unitOf(m[2]);
    const from = now.minus({ [`${unit}s`]: countOf(m[1] ?? '') });
    // Whole days, except if hours are counted.
    return { from: unit === 'minute' || unit === 'hour' ? from : from.startOf('day'), to: now };
  }),
  rule(`(?:the )?(?:past ${UNIT}|last (minute|hour))`, (m, now) => {
    const unit = unitOf(m[1] ?? m[2]);
    return { from: now.minus({ [`${unit}s`]: 1 }), to: now };
  }),
  rule(`(?:the )?(?:this|current) ${UNIT}`, (m, now) => whole(now, unitOf(m[1]))),
  rule(`(?:about |around )?${COUNT} (minute|min|hour|hr)s? ago`, (m, now) =>
    around(now, countOf(m[1] ?? ''), unitOf(m[2]) === 'hour' ? 'hour' : 'minute'),
  ),
  rule('(?:recently|lately|in recent days)', (_m, now) => ({
    from: now.minus({ days: 14 }).startOf('day'),
    to: now,
  })),
  rule('(?:just now|a moment ago|a (?:little )?while ago)', (_m, now) => ({
    from: now.minus({ hours: 3 }),
    to: now,
  })),
  ...DAY_WORDS.map(([pattern, span]): Rule => [pattern, (_m, now) => span(now)]),
];

/**
 * The time that a message asks about, resolved in the user's zone; null if it names none. Weeks
 * are those of the calendar, from Monday. "Since" runs to now, "between … and …" from the first day
 * to the second; a weekday or month is the last one unless the message is about what is to come.
 * Of a long message the first and last 1,000 characters are read. The words are given with single
 * spaces between them.
 */
export function findDateRange(message: string, local: LocalTime): DateRange | null {
  const text = collapseSpaces(edgesOf(message, READ_AT_EDGE));
  const now = zonedTime(local.now, local.timeZone);
  const two = betweenTwo(text, now);
  if (two) return two;
  const one = singleRange(text, now);
  if (!one) return null;
  return relatedToNow(text, one, local.now);
}

/** "Since" and "after" run to now; what was before a day or is due by it was said on no day that is named. */
function relatedToNow(text: string, one: DateRange, now: number): DateRange | null {
  const before = text.slice(0, text.indexOf(one.text));
  const word = /\b(since|starting|from|after|before|until|till|by) (?:the )?$/i.exec(before)?.[1];
  switch (word?.toLowerCase()) {
    case 'before':
    case 'until':
    case 'till':
    case 'by':
      return AHEAD.test(text) ? one : null;
    case 'after':
      return one.to < now ? { from: one.to + 1, to: now, text: `${word} ${one.text}` } : one;
    case undefined:
      return one;
    default:
      return one.from <= now ? { from: one.from, to: now, text: `${word} ${one.text}` } : one;
  }
}

function betweenTwo(text: string, now: DateTime): DateRange | null {
  const match = /\b(?:between|from) (.{2,40}?) (?:and|to|until|till|through) (.{2,40})/i.exec(text);
  if (!match) return null;
  const [first, second] = [match[1] ?? '', match[2] ?? ''];
  const from = singleRange(first, now);
  const to = singleRange(second, now);
  // Both have to begin with a date, else these are not the ends of a time.
  if (!from || !to || first.trim() !== from.text || second.indexOf(to.text) !== 0) return null;
  if (from.from > to.to) return null;
  const end = (match.index ?? 0) + match[0].indexOf(second, first.length) + to.text.length;
  return { from: from.from, to: to.to, text: text.slice(match.index, end) };
}

/** The longest words that name a time decide: "last week's Sunday", not "last week". */
function singleRange(text: string, now: DateTime): DateRange | null {
  const isPast = !AHEAD.test(text);
  const found = RULES.flatMap(([pattern, make]) => {
    const match = text.match(pattern);
    return match ? [{ text: match[0], span: () => make(match, now) }] : [];
  });
  const named = resolved(text, now, isPast);
  if (named) found.push({ text: named.text, span: () => named.span });
  const [best] = found.sort((a, b) => b.text.length - a.text.length);
  if (!best) return null;
  const { from, to } = best.span();
  return { from: from.toMillis(), to: to.toMillis(), text: best.text };
}

/** Dates with a name of their own ("March 3rd", "in May", "the 12th", "Easter last year"). */
function resolved(
  text: string,
  now: DateTime,
  isPast: boolean,
): { span: Span; text: string } | null {
  const timeZone = now.zoneName ?? 'utc';
  const found = resolveDates(text, { reference: now.toMillis(), timeZone, isPast });
  // A clock time alone ("at five") says nothing about which day.
  const date = found.find(({ hasDay }) => hasDay);
  if (!date || (date.fromNow && date.start > now.toMillis())) return null;
  // "On Monday and Tuesday" asks about both.
  const end = date.index + date.text.length;
  const other = found.find(({ index }) => /^,? (?:and|or) (?:on )?$/i.test(text.slice(end, index)));
  const last = other?.hasDay && other.asked.from > date.asked.from ? other : date;
  const from = DateTime.fromMillis(date.asked.from, { zone: timeZone });
  const to = DateTime.fromMillis(last.asked.to, { zone: timeZone });
  return { span: { from, to }, text: text.slice(date.index, last.index + last.text.length) };
}
