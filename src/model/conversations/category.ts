import { z } from 'zod';

/** The categories of a conversation, as on Omi's wire. */
export const CATEGORIES = [
  'personal',
  'education',
  'health',
  'finance',
  'legal',
  'philosophy',
  'spiritual',
  'science',
  'entrepreneurship',
  'parenting',
  'romantic',
  'travel',
  'inspiration',
  'technology',
  'business',
  'social',
  'work',
  'sports',
  'politics',
  'literature',
  'history',
  'architecture',
  'music',
  'weather',
  'news',
  'entertainment',
  'psychology',
  'real',
  'design',
  'family',
  'economics',
  'environment',
  'other',
] as const;

export const categorySchema = z.enum(CATEGORIES);
export type Category = z.infer<typeof categorySchema>;

/** Returns the category that a text names; `other` if it names none. */
export function toCategory(text: string): Category {
  const parsed = categorySchema.safeParse(text.trim().toLowerCase());
  return parsed.success ? parsed.data : 'other';
}
