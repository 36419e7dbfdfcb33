import type { z } from 'zod';
import type { ErrorLocation, ValidationErrorWire } from '../wire/error-wire.ts';

type Issue = z.core.$ZodIssue;
type Described = Pick<ValidationErrorWire, 'type' | 'msg' | 'ctx'>;

/** pydantic's type and message for a value of the wrong JSON type, by what was expected. */
const WRONG_TYPES: Record<string, Described> = {
  string: { type: 'string_type', msg: 'Input should be a valid string' },
  number: { type: 'float_type', msg: 'Input should be a valid number' },
  int: { type: 'int_type', msg: 'Input should be a valid integer' },
  boolean: { type: 'bool_type', msg: 'Input should be a valid boolean' },
  array: { type: 'list_type', msg: 'Input should be a valid list' },
  object: {
    type: 'model_attributes_type',
    msg: 'Input should be a valid dictionary or object to extract fields from',
  },
  record: { type: 'dict_type', msg: 'Input should be a valid dictionary' },
};

/**
 * The issues of a refused value as Omi's server words them.
 *
 * @param part the part of the request, first element of each `loc`
 * @param data the refused part, to quote the wrong values back to their sender
 */
export function issuesToWire(
  part: ErrorLocation[0],
  issues: readonly Issue[],
  data: unknown,
): ValidationErrorWire[] {
  return issues.flatMap((issue) => issueToWire(part, issue, data));
}

function issueToWire(part: ErrorLocation[0], issue: Issue, data: unknown): ValidationErrorWire[] {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
  const loc: ErrorLocation = [part, ...path];
  const input = valueAt(data, path);
  if (input === undefined) {
    const parent = path.length > 0 ? valueAt(data, path.slice(0, -1)) : undefined;
    return [{ type: 'missing', loc, msg: 'Field required', input: parent ?? null }];
  }
  return [{ ...describe(issue, input), loc, input }].map(({ type, msg, ctx, ...rest }) =>
    ctx ? { type, ...rest, msg, ctx } : { type, ...rest, msg },
  );
}

function describe(issue: Issue, input: unknown): Described {
  switch (issue.code) {
    case 'invalid_type':
      return WRONG_TYPES[issue.expected] ?? { type: 'value_error', msg: 'Input is not valid' };
    case 'too_small':
      return tooSmall(issue, input);
    case 'too_big':
      return tooBig(issue, input);
    case 'invalid_value':
      return invalidValue(issue.values);
    case 'invalid_format':
      return {
        type: 'string_pattern_mismatch',
        msg: `String should be a valid ${issue.format}`,
        ctx: { pattern: issue.pattern ?? issue.format },
      };
    case 'custom':
      return {
        type: typeof issue.params?.type === 'string' ? issue.params.type : 'value_error',
        msg: issue.message,
      };
    default:
      return { type: 'value_error', msg: 'Input is not valid' };
  }
}

function tooSmall(issue: z.core.$ZodIssueTooSmall, input: unknown): Described {
  const minimum = Number(issue.minimum);
  if (issue.origin === 'string') {
    return {
      type: 'string_too_short',
      msg: `String should have at least ${plural(minimum, 'character')}`,
      ctx: { min_length: minimum },
    };
  }
  if (issue.origin === 'array') {
    const actual = Array.isArray(input) ? input.length : 0;
    return {
      type: 'too_short',
      msg: `List should have at least ${plural(minimum, 'item')} after validation, not ${actual}`,
      ctx: { field_type: 'List', min_length: minimum, actual_length: actual },
    };
  }
  return issue.inclusive === false
    ? {
        type: 'greater_than',
        msg: `Input should be greater than ${minimum}`,
        ctx: { gt: minimum },
      }
    : {
        type: 'greater_than_equal',
        msg: `Input should be greater than or equal to ${minimum}`,
        ctx: { ge: minimum },
      };
}

function tooBig(issue: z.core.$ZodIssueTooBig, input: unknown): Described {
  const maximum = Number(issue.maximum);
  if (issue.origin === 'string') {
    return {
      type: 'string_too_long',
      msg: `String should have at most ${plural(maximum, 'character')}`,
      ctx: { max_length: maximum },
    };
  }
  if (issue.origin === 'array') {
    const actual = Array.isArray(input) ? input.length : 0;
    return {
      type: 'too_long',
      msg: `List should have at most ${plural(maximum, 'item')} after validation, not ${actual}`,
      ctx: { field_type: 'List', max_length: maximum, actual_length: actual },
    };
  }
  return issue.inclusive === false
    ? { type: 'less_than', msg: `Input should be less than ${maximum}`, ctx: { lt: maximum } }
    : {
        type: 'less_than_equal',
        msg: `Input should be less than or equal to ${maximum}`,
        ctx: { le: maximum },
      };
}

/** `'a', 'b' or 'c'`, as pydantic lists the values of an enum. */
function invalidValue(values: readonly z.core.util.Primitive[]): Described {
  const quoted = values.map((value) => (typeof value === 'string' ? `'${value}'` : String(value)));
  const last = quoted.at(-1) ?? '';
  const expected = quoted.length > 1 ? `${quoted.slice(0, -1).join(', ')} or ${last}` : last;
  return { type: 'enum', msg: `Input should be ${expected}`, ctx: { expected } };
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function valueAt(data: unknown, path: readonly (string | number)[]): unknown {
  let value = data;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}
