import { z } from 'zod';

/**
 * What a client suggested as one segment, as far as it is part of a stored one: by it the same segment is
 * known again when the client repeats or corrects it.
 */
export const suggestedPartSchema = z.object({
  /** The client's own id of the segment, null if it has none. */
  id: z.string().nullable(),
  text: z.string(),
  /** Epoch milliseconds. */
  startAt: z.number().int(),
  endAt: z.number().int(),
  /** The start as the client gave it: milliseconds from the start of its session. */
  offsetMs: z.number().int(),
});
export type SuggestedPart = z.infer<typeof suggestedPartSchema>;
