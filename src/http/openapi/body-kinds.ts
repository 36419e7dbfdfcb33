import { z } from 'zod';

/** Describes a response or a part of a form whose bytes are not JSON. */
export const bytesSchema = z.unknown().meta({ type: 'string', format: 'binary' });

/** Returns the description of a response that is not JSON, by its content type. */
export function contentResponse(description: string, ...types: string[]) {
  return {
    description,
    content: Object.fromEntries(types.map((type) => [type, { schema: bytesSchema }])),
  };
}

/** A page of HTML. */
export const pageResponse = contentResponse('A page.', 'text/html');

/** A redirect; the address is in `Location`. */
export const redirectResponse = z.undefined().meta({ description: 'Redirects.' });
