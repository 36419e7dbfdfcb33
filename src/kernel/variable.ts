import { z } from 'zod';
import { Secret } from './secret.ts';

/**
 * One environment variable: its documentation, and how its text becomes a value. A variable that is not
 * set (or set to nothing) takes `fallback`, which is written as an operator would write it and goes
 * through the same schema. A null fallback gives the value null.
 */
export interface Variable<T> {
  description: string;
  /** Allowed values in words, for the documents. */
  type: string;
  fallback: string | null;
  /** What happens if it is not set and has no fallback, for the documents. */
  absent: string | null;
  /** A secret value is never repeated, not even in the message that refuses it. */
  secret: boolean;
  schema: z.ZodType<T>;
}

interface Described {
  description: string;
  absent?: string;
}

/** Free text. */
export function text(options: Described & { fallback: string }): Variable<string> {
  return { ...plain(options), type: 'text', fallback: options.fallback, schema: z.string() };
}

/** A JSON object of objects of numbers, such as prices by model. */
export function numbersByName(
  options: Described & { keys: readonly string[]; optional: readonly string[] },
): Variable<ReadonlyMap<string, Readonly<Partial<Record<string, number>>>> | null> {
  const { keys, optional } = options;
  const type = `JSON object: ${keys.join(', ')} by name`;
  const entry = z.strictObject(
    Object.fromEntries(
      keys.map((key) => {
        const number = z.number().nonnegative();
        return [key, optional.includes(key) ? number.optional() : number];
      }),
    ),
  );
  const schema = z
    .string()
    .transform((value, context) => {
      try {
        const parsed = z.record(z.string(), entry).safeParse(JSON.parse(value));
        if (parsed.success) {
          return new Map<string, Readonly<Partial<Record<string, number>>>>(
            Object.entries(parsed.data),
          );
        }
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
      }
      context.addIssue({ code: 'custom', message: `must be a ${type}` });
      return z.NEVER;
    })
    .nullable();
  return { ...plain(options), type, schema };
}

/** Free text, optional. */
export function optionalText(options: Described): Variable<string | null> {
  return { ...plain(options), type: 'text', schema: z.string().nullable() };
}

/** A secret of several lines, such as a key in PEM or JSON. */
export function secretText(options: Described): Variable<Secret | null> {
  return secretOf(z.string(), options);
}

/** A key or password. */
export function secret(options: Described): Variable<Secret | null> {
  const word = z.string().regex(/^[\x21-\x7e]+$/, 'must be one word of printable ASCII');
  return secretOf(word, options);
}

/** A whole number within inclusive bounds. */
export function integer(
  options: Described & { fallback: number; min: number; max: number },
): Variable<number> {
  const { min, max } = options;
  const type = `whole number, ${min} to ${max}`;
  const schema = z
    .string()
    .regex(/^-?\d{1,15}$/, `must be a ${type}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a ${type}`);
  return { ...plain(options), type, fallback: String(options.fallback), schema };
}

/** A number with decimals within inclusive bounds. */
export function decimal(
  options: Described & { fallback: number; min: number; max: number },
): Variable<number> {
  const { min, max } = options;
  const type = `number, ${min} to ${max}`;
  const schema = z
    .string()
    .regex(/^\d{1,9}(\.\d{1,9})?$/, `must be a ${type}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a ${type}`);
  return { ...plain(options), type, fallback: String(options.fallback), schema };
}

/** `true` or `false`, in any case; `1` and `0` mean the same. */
export function flag(options: Described & { fallback: boolean }): Variable<boolean> {
  const schema = z
    .string()
    .transform((value) => value.toLowerCase())
    .refine((value) => ['true', 'false', '1', '0'].includes(value), 'must be true or false')
    .transform((value) => value === 'true' || value === '1');
  return { ...plain(options), type: 'true or false', fallback: String(options.fallback), schema };
}

/** One of a few names; `planned` are names that exist elsewhere, but not in this version. */
export function choice<const A extends string>(
  options: Described & { fallback: A; allowed: readonly A[]; planned?: readonly string[] },
): Variable<A> {
  const schema = z.string().transform((value, context) => {
    return pick(value, options.allowed, options.planned ?? [], context);
  });
  return { ...plain(options), type: names(options.allowed), fallback: options.fallback, schema };
}

/** One of a few names, or none. */
export function optionalChoice<const A extends string>(
  options: Described & { allowed: readonly A[] },
): Variable<A | null> {
  const schema = z
    .string()
    .transform((value, context) => pick(value, options.allowed, [], context))
    .nullable();
  return { ...plain(options), type: names(options.allowed), schema };
}

/** A comma-separated list of names in order of preference, at least one, none twice. */
export function choices<const A extends string>(
  options: Described & { fallback: string; allowed: readonly A[]; planned?: readonly string[] },
): Variable<readonly A[]> {
  const schema = z.string().transform((value, context) => {
    const items = splitList(value);
    if (items.length === 0) context.addIssue({ code: 'custom', message: 'names nothing' });
    return [
      ...new Set(items.map((item) => pick(item, options.allowed, options.planned ?? [], context))),
    ];
  });
  const type = `comma-separated list of ${names(options.allowed)}`;
  return { ...plain(options), type, fallback: options.fallback, schema };
}

/** A comma-separated list `name:amount` of whole numbers from 0, no name twice. */
export function amounts<const A extends string>(
  options: Described & { names: readonly A[]; max: number },
): Variable<ReadonlyMap<A, number> | null> {
  const { max } = options;
  const schema = z.string().transform((value, context) => {
    const found = new Map<A, number>();
    for (const item of splitList(value)) {
      const [name = '', amount = ''] = item.split(/:(.*)/s).map((part) => part.trim());
      const known = pick(name, options.names, [], context);
      if (!/^\d{1,9}$/.test(amount) || Number(amount) > max || found.has(known)) {
        const message = `must give each name once, with a whole number from 0 to ${max}`;
        context.addIssue({ code: 'custom', message });
        return z.NEVER;
      }
      found.set(known, Number(amount));
    }
    return found;
  });
  const type = `comma-separated list of \`name:number\`, names: ${names(options.names)}`;
  return { ...plain(options), type, schema: schema.nullable() };
}

/** A comma-separated list of words of one form, none twice; may be empty. */
export function words(
  options: Described & { fallback: string; form: RegExp; what: string },
): Variable<readonly string[]> {
  const schema = z.string().transform((value, context) => {
    const items = splitList(value === 'none' ? '' : value);
    if (items.every((item) => options.form.test(item))) return [...new Set(items)];
    context.addIssue({ code: 'custom', message: `must list ${options.what}, or be none` });
    return z.NEVER;
  });
  const type = `comma-separated list of ${options.what}, or \`none\``;
  return { ...plain(options), type, fallback: options.fallback, schema };
}

/** A comma-separated list of positive numbers, in order; `none` for an empty one. */
export function numbers(options: Described & { fallback: string }): Variable<readonly number[]> {
  const schema = z.string().transform((value, context) => {
    const items = splitList(value === 'none' ? '' : value);
    const isGood = items.length <= 50 && items.every((item) => /^\d{1,9}(\.\d{1,3})?$/.test(item));
    if (isGood) return items.map(Number);
    context.addIssue({ code: 'custom', message: 'must list numbers, or be none' });
    return z.NEVER;
  });
  const type = 'comma-separated list of numbers, or `none`';
  return { ...plain(options), type, fallback: options.fallback, schema };
}

/** A URL of one of the schemes, without credentials, query and fragment; a final slash is dropped. */
export function url(
  options: Described & { fallback: string; schemes: readonly string[] },
): Variable<string> {
  const type = urlType(options.schemes);
  return {
    ...plain(options),
    type,
    fallback: options.fallback,
    schema: urlSchema(type, options.schemes),
  };
}

/** Like `url`, optional. */
export function optionalUrl(
  options: Described & { schemes: readonly string[] },
): Variable<string | null> {
  const type = urlType(options.schemes);
  return { ...plain(options), type, schema: urlSchema(type, options.schemes).nullable() };
}

/** A comma-separated list of web origins such as `https://app.example.com`, or `*` for any. */
export function origins(options: Described): Variable<readonly string[] | null> {
  const schema = z.string().transform((value, context) => {
    const items = splitList(value);
    if (items.every((item) => item === '*' || parseUrl(item)?.origin === item)) return items;
    context.addIssue({
      code: 'custom',
      message: 'must list origins such as https://app.example.com, without a path, or *',
    });
    return z.NEVER;
  });
  return {
    ...plain(options),
    type: 'comma-separated list of origins',
    schema: schema.nullable(),
  };
}

/** An IANA time zone such as `Europe/Berlin`. */
export function timeZone(options: Described): Variable<string | null> {
  const schema = z
    .string()
    .refine(isTimeZone, 'must be an IANA time zone such as Europe/Berlin')
    .nullable();
  return { ...plain(options), type: 'IANA time zone', schema };
}

function secretOf(text: z.ZodType<string>, options: Described): Variable<Secret | null> {
  const schema = text.transform((value) => new Secret(value)).nullable();
  return { ...plain(options), type: 'secret', secret: true, schema };
}

function plain(options: Described): Omit<Variable<never>, 'type' | 'schema'> {
  const { description } = options;
  return { description, absent: options.absent ?? null, fallback: null, secret: false };
}

function urlType(schemes: readonly string[]): string {
  return `URL (${schemes.join(', ')})`;
}

function urlSchema(type: string, schemes: readonly string[]): z.ZodType<string> {
  return z.string().transform((value, context) => {
    const parsed = parseUrl(value);
    const fits =
      parsed !== null &&
      schemes.includes(parsed.protocol.slice(0, -1)) &&
      `${parsed.username}${parsed.password}${parsed.search}${parsed.hash}` === '';
    if (fits && parsed !== null) return parsed.href.replace(/\/+$/, '');
    context.addIssue({
      code: 'custom',
      message: `must be a ${type} without user name, password, query and fragment`,
    });
    return z.NEVER;
  });
}

function parseUrl(value: string): URL | null {
  return URL.canParse(value) ? new URL(value) : null;
}

function pick<A extends string>(
  value: string,
  allowed: readonly A[],
  planned: readonly string[],
  context: z.RefinementCtx,
): A {
  const found = allowed.find((name) => name === value);
  if (found !== undefined) return found;
  const message = planned.includes(value)
    ? `cannot be ${value} in this version; available: ${names(allowed)}`
    : `knows ${names(allowed)} only`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}

function names(allowed: readonly string[]): string {
  return allowed.map((name) => `\`${name}\``).join(', ');
}

function splitList(value: string): string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function isTimeZone(value: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
