import { z } from 'zod';
import { wordsOf } from '../../../text/tokenizer.ts';
import { defineTool } from '../tool.ts';
import { toNewMemory } from './new-memory.ts';

/** As much of the words in common, of all of both, makes two preferences the same. */
const SAME = 0.9;

/** Keeps how the user wants to be answered, as a memory. */
export const saveUserPreferenceTool = defineTool({
  name: 'save_user_preference',
  chat: {
    scope: 'memories.write',
    description:
      'Keeps a lasting preference of the user ("always answer in French"). Only if the user asks for it.',
    status: 'Saving preference',
    writes: ['create-memory'],
    keepsToScope: true,
    schema: z.object({ preference: z.string().min(1).max(2000) }),
    run: async ({ memories, search }, { uid, permission }, { preference }) => {
      permission.take('create-memory', preference);
      const content = preference.trim();
      const known = await search.searchMemories(uid, { query: content, limit: 5 });
      if (known.some(({ memory }) => likeness(memory.content, content) >= SAME)) {
        return 'That preference is known already.';
      }
      const memory = await memories.create(uid, toNewMemory({ content, tags: ['preference'] }));
      return `Saved preference: ${memory.content}`;
    },
  },
});

/** Share of the words of both that both have (Jaccard). */
function likeness(a: string, b: string): number {
  const [one, other] = [new Set(wordsOf(a)), new Set(wordsOf(b))];
  const common = [...one].filter((word) => other.has(word)).length;
  return common / Math.max(1, one.size + other.size - common);
}
