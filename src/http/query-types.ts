import { z } from 'zod';

const TRUE = new Set(['true', '1', 'yes', 'on', 't', 'y']);
const FALSE = new Set(['false', '0', 'no', 'off', 'f', 'n']);

interface Bounds {
  min?: number;
  max?: number;
}

/** Makes a schema when it is first asked for; routes share it, of which there are many. */
function once<S>(make: () => S): () => S {
  let made: S | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Like `once`, but one schema for each pair of bounds. */
function onceForBounds<S>(make: (bounds: Bounds) => S): (bounds?: Bounds) => S {
  const made = new Map<string, S>();
  return (bounds = {}) => {
    const key = `${bounds.min} ${bounds.max}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    const schema = make(bounds);
    made.set(key, schema);
    return schema;
  };
}

/** A boolean in a query string as pydantic reads it: true/false/1/0/yes/no/on/off, any case. */
export const queryBoolean = once(() =>
  z
    .string()
    .transform((text, context) => {
      const word = text.trim().toLowerCase();
      if (TRUE.has(word)) return true;
      if (FALSE.has(word)) return false;
      return refuse(
        context,
        'bool_parsing',
        'Input should be a valid boolean, unable to interpret input',
      );
    })
    .meta({ type: 'boolean' }),
);

/** A whole number in a query string, within inclusive bounds. */
export const queryInt = onceForBounds((bounds) =>
  z
    .string()
    .transform((text, context) => {
      const trimmed = text.trim();
      if (/^[+-]?\d{1,15}$/.test(trimmed)) return Number(trimmed);
      return refuse(
        context,
        'int_parsing',
        'Input should be a valid integer, unable to parse string as an integer',
      );
    })
    .pipe(bounded(bounds))
    .meta({ type: 'integer' }),
);

/** A number in a query string, within inclusive bounds. */
export const queryNumber = onceForBounds((bounds) =>
  z
    .string()
    .transform((text, context) => {
      const value = text.trim() === '' ? Number.NaN : Number(text);
      if (Number.isFinite(value)) return value;
      return refuse(
        context,
        'float_parsing',
        'Input should be a valid number, unable to parse string as a number',
      );
    })
    .pipe(bounded(bounds))
    .meta({ type: 'number' }),
);

/** A point in time in a query string, as milliseconds since the epoch; see `parseIsoTime`. */
export const queryTime = once(() =>
  z.string().transform(toTime).meta({ type: 'string', format: 'date-time' }),
);

/**
 * A point in time in a JSON body, as milliseconds since the epoch: ISO-8601 (see `parseIsoTime`),
 * or a Unix time in seconds, or in milliseconds if it is larger than 2e10.
 */
export const bodyTime = once(() =>
  z
    .union([z.string(), z.number()])
    .transform((value, context) => {
      if (typeof value === 'string') return toTime(value, context);
      const time = Math.round(Math.abs(value) > 2e10 ? value : value * 1000);
      return isFourDigitYear(time) ? time : refuseTime(context);
    })
    .meta({ format: 'date-time' }),
);

/** A day as `YYYY-MM-DD`; its start in UTC, epoch milliseconds. */
export const queryDay = once(() =>
  z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/u, 'Use the form YYYY-MM-DD')
    .refine((day) => !Number.isNaN(Date.parse(day)), 'There is no such day')
    .transform((day) => Date.parse(day)),
);

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?(Z|[+-]\d{2}:?(?:\d{2})?)?$/i;

/**
 * Milliseconds since the epoch of an ISO-8601 date or time, undefined if it is none. Without a
 * zone it is taken as UTC; a date alone is its first moment. A space before an offset stands for
 * the `+` that the client did not encode.
 */
export function parseIsoTime(text: string): number | undefined {
  const match = ISO.exec(text.trim().replace(/ (?=\d{2}:?\d{2}$)(?<=:\d{2}[.\d]* )/, '+'));
  if (!match) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone] = match;
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const local = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    ms,
  );
  const date = new Date(local);
  const isReal =
    date.getUTCFullYear() === Number(year) &&
    date.getUTCMonth() === Number(month) - 1 &&
    date.getUTCDate() === Number(day) &&
    date.getUTCHours() === Number(hour) &&
    date.getUTCMinutes() === Number(minute);
  return isReal ? local - zoneOffsetMs(zone) : undefined;
}

function zoneOffsetMs(zone: string | undefined): number {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 0;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2, 4));
  return (zone.startsWith('-') ? -1 : 1) * minutes * 60_000;
}

function toTime(text: string, context: z.core.$RefinementCtx): number {
  const time = parseIsoTime(text);
  return time === undefined || !isFourDigitYear(time) ? refuseTime(context) : time;
}

const FIRST_TIME = Date.parse('0001-01-01T00:00:00Z');

/** What ISO 8601 writes with four digits, and so what every client can read. */
function isFourDigitYear(time: number): boolean {
  return time >= FIRST_TIME && time < Date.UTC(10_000, 0);
}

function refuseTime(context: z.core.$RefinementCtx): never {
  return refuse(
    context,
    'datetime_from_date_parsing',
    'Input should be a valid datetime or date, in ISO 8601 form',
  );
}

function bounded(bounds: Bounds) {
  return z
    .number()
    .min(bounds.min ?? Number.NEGATIVE_INFINITY)
    .max(bounds.max ?? Number.POSITIVE_INFINITY);
}

function refuse(context: z.core.$RefinementCtx, type: string, message: string): never {
  context.addIssue({ code: 'custom', message, params: { type } });
  return z.NEVER;
}
