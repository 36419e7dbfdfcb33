import { z } from 'zod';
import { CATEGORIES } from '../../model/conversations/category.ts';

// The lists of allowed words are told to the model but not demanded of it: a category that is not
// one becomes `other`, which is cheaper than a second call.
const category = z.string().meta({ enum: [...CATEGORIES] });
const evidence = { segments: z.array(z.number().int()), quote: z.string() };

const headFields = {
  title: z.string(),
  overview: z.string(),
  emoji: z.string(),
  category,
};

/** A summary without claims: what the parts of a long conversation are joined to. */
export const headSchema = z.object(headFields).refine(hasHead, 'title and overview are missing');
export type Head = z.infer<typeof headSchema>;

const answerFields = z.object({
  discard: z.boolean(),
  ...headFields,
  actionItems: z.array(
    z.object({
      ...evidence,
      description: z.string(),
      owner: z.string().nullable(),
      due: z.string().nullable(),
    }),
  ),
  events: z.array(
    z.object({
      ...evidence,
      title: z.string(),
      description: z.string(),
      start: z.string(),
      durationMinutes: z.number(),
    }),
  ),
  memories: z.array(
    z.object({
      ...evidence,
      content: z.string(),
      category: z.string().meta({ enum: ['interesting', 'system'] }),
      replaces: z.array(z.number().int()).nullish(),
    }),
  ),
  people: z.array(z.string()).nullish(),
  topics: z.array(z.string()).nullish(),
  entities: z.array(z.string()).nullish(),
  dates: z.array(z.string()).nullish(),
});
export type Answer = z.infer<typeof answerFields>;

/** The answer about a talk that may turn out to be worth nothing. */
export const discardableAnswerSchema = answerFields.refine(
  (answer) => answer.discard || hasHead(answer),
  'title and overview are missing',
);

/** The answer about a talk that is kept in any case; the same JSON schema on the wire. */
export const keptAnswerSchema = answerFields
  .refine((answer) => !answer.discard, 'discard is not allowed for this conversation')
  .refine(hasHead, 'title and overview are missing');

function hasHead(head: { title: string; overview: string }): boolean {
  return head.title.trim() !== '' && head.overview.trim() !== '';
}
