import { z } from 'zod';
import { memoryCategorySchema } from '../../../model/memory.ts';

/** The text of a memory. */
export const memoryContent = z.string().trim().min(1).max(2000);

/** A memory as programs give it. */
export const newMemory = z.object({
  content: memoryContent,
  category: memoryCategorySchema.optional(),
  tags: z.array(z.string().max(100)).max(50).default([]),
});

/** Returns the memory as the service takes it. */
export function toNewMemory({
  content,
  category = null,
  tags = [],
}: {
  content: string;
  category?: z.output<typeof memoryCategorySchema> | null | undefined;
  tags?: string[];
}) {
  return { content, category, tags, visibility: 'private' as const, headline: null };
}
