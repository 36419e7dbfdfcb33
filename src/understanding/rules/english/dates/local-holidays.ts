import type { DateTime } from 'luxon';
import { escapePattern } from '../../../../text/escape-pattern.ts';
import { isUnspaced } from '../../../../text/scripts.ts';
import { dayOfNthWeekday, easterOf } from './calendar-arithmetic.ts';
import HOLIDAY_TABLE from './holiday-table.json' with { type: 'json' };

/** The holidays of one country. */
export interface LocalHolidays {
  /** Regular expression source of their names. */
  names: string;
  /** True if a text names one of them. */
  isNamedIn(text: string): boolean;
  /** Month and day of a holiday in a year; null if the country has none of that name then. */
  dayOf(name: string, year: number): { month: number; day: number } | null;
}

/** Shorter names are words of other meaning as well. */
const SHORTEST_NAME = 5;

interface CountryTable {
  lines: Map<string, string>;
  countryOf: Map<string, string>;
}

let tables: CountryTable | null = null;
const loaded = new Map<string, LocalHolidays>();

/** The lines by country, and countries by time zone; a zone of several countries belongs to none. */
function readTables(): CountryTable {
  if (tables) return tables;
  const lines = new Map<string, string>();
  const zones = new Map<string, string[]>();
  for (const line of HOLIDAY_TABLE.lines) {
    const [country = '', listed = '', holidays = ''] = line.split('|');
    lines.set(country, holidays);
    for (const zone of listed.split(' ')) zones.set(zone, [...(zones.get(zone) ?? []), country]);
  }
  const countryOf = new Map<string, string>();
  for (const [zone, [country = '', ...others]] of zones) {
    if (others.length > 0) continue;
    countryOf.set(zone, country);
    countryOf.set(canonicalZone(zone), country);
  }
  tables = { lines, countryOf };
  return tables;
}

/** The name that the platform uses for a zone: `Asia/Calcutta` and `Asia/Kolkata` are one. */
function canonicalZone(zone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch (error) {
    if (error instanceof RangeError) return zone;
    throw error;
  }
}

/** A name as it is compared. */
const plainName = (name: string): string =>
  name.toLowerCase().replaceAll('’', "'").replace(/^the /, '');

/** The holidays of the country that a time zone lies in; null if that is not clear. */
export function localHolidays(zone: string): LocalHolidays | null {
  const { lines, countryOf } = readTables();
  const country = countryOf.get(zone) ?? countryOf.get(canonicalZone(zone));
  const line = country === undefined ? undefined : lines.get(country);
  if (country === undefined || line === undefined) return null;
  const known = loaded.get(country) ?? readCountry(line);
  loaded.set(country, known);
  return known;
}

function readCountry(line: string): LocalHolidays {
  const rules = new Map<string, string>();
  for (const entry of line.split(';')) {
    const [rule = '', names = ''] = entry.split('=');
    for (const name of names.split('/')) {
      if (name.length >= SHORTEST_NAME || isUnspaced(name)) rules.set(plainName(name), rule);
    }
  }
  // The longest first: "Easter Monday" before "Easter".
  const names = [...rules.keys()].sort((a, b) => b.length - a.length);
  const sourceOf = (of: readonly string[]): string =>
    of.map((name) => escapePattern(name).replaceAll("'", "['’]")).join('|');
  const spaced = sourceOf(names.filter((name) => !isUnspaced(name)));
  // Scripts without spaces have no borders of words.
  const unspaced = sourceOf(names.filter(isUnspaced));
  const bordered = `(?<![\\p{L}\\p{M}])(?:${spaced})(?![\\p{L}\\p{M}])`;
  const all = [spaced && bordered, unspaced].filter(Boolean).join('|');
  const pattern = new RegExp(all, 'iu');
  return {
    names: all,
    isNamedIn: (text) => pattern.test(text),
    dayOf: (name, year) => dayOfRule(rules.get(plainName(name)) ?? '', year),
  };
}

/** Reads `1225`, `4.4.11` (fourth Thursday of November), `e-2` (Good Friday) or `180507,190506` (days). */
function dayOfRule(rule: string, year: number): { month: number; day: number } | null {
  if (/^\d{4}$/.test(rule)) return { month: Number(rule.slice(0, 2)), day: Number(rule.slice(2)) };
  if (rule.startsWith('e')) {
    const easter = easterOf(year);
    const date = new Date(Date.UTC(year, easter.month - 1, easter.day + Number(rule.slice(1))));
    return { month: date.getUTCMonth() + 1, day: date.getUTCDate() };
  }
  const [nth, weekday, month] = rule.split('.').map(Number);
  if (nth !== undefined && weekday !== undefined && month !== undefined) {
    const day = dayOfNthWeekday(year, month, nth, weekday);
    return day === null ? null : { month, day };
  }
  const said = rule.split(',').find((date) => 2000 + Number(date.slice(0, 2)) === year);
  return said === undefined
    ? null
    : { month: Number(said.slice(2, 4)), day: Number(said.slice(4, 6)) };
}

/** The coming day of a holiday, today included; null if the country has none of that name. */
export function comingLocalDay(
  { dayOf }: LocalHolidays,
  name: string,
  now: DateTime,
): DateTime | null {
  const today = now.startOf('day');
  for (const year of [today.year, today.year + 1]) {
    const found = dayOf(name, year);
    const day = found && today.set({ year, ...found });
    if (day && day >= today) return day;
  }
  return null;
}
