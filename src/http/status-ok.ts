import { z } from 'zod';

/** The answer of routes that only do something. */
export const statusOkSchema = z.object({ status: z.literal('ok') });

export const STATUS_OK: z.output<typeof statusOkSchema> = { status: 'ok' };

/** A number of changes that all may be left out; no body at all changes nothing. */
export function optionalBody<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.object(shape).prefault(() => ({}) as never);
}

/** The answer of routes that have nothing to say: 204, without a body. */
export const noContent = z.undefined().meta({ description: 'Done; there is no body.' });
