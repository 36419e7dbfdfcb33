import { z } from 'zod';
import type { MemoryService } from '../../memories/memory-service.ts';
import { memoryCategorySchema } from '../../model/memory.ts';
import type { SearchService } from '../../search/question/search-service.ts';
import {
  dayOrTime,
  defineRecordTool,
  pageArguments,
  pageOf,
  type RecordTool,
  readDayOrTime,
} from './record-tool.ts';

const MAX_CREATED = 25;

const content = z.string().trim().min(1).max(2000);
const newMemory = z.object({
  content,
  category: memoryCategorySchema.optional(),
  tags: z.array(z.string().max(100)).max(50).default([]),
});

export interface MemoryToolDeps {
  memories: MemoryService;
  search: Pick<SearchService, 'searchMemories'>;
}

/** Tools for the facts about a user. */
export function memoryTools(deps: MemoryToolDeps): RecordTool[] {
  return [
    getMemories(deps),
    searchMemories(deps),
    createMemory(deps),
    createMemories(deps),
    editMemory(deps),
    deleteMemory(deps),
  ];
}

function getMemories({ memories }: MemoryToolDeps): RecordTool {
  return defineRecordTool({
    name: 'get_memories',
    title: 'List memories',
    scope: 'memories:read',
    effect: 'read',
    description: 'Facts that are known about the user, the most telling first.',
    schema: z.object({
      categories: z.array(memoryCategorySchema).max(20).default([]),
      ...pageArguments(20, 100),
      updated_after: dayOrTime('Only facts changed since; the oldest change comes first'),
    }),
    run: async ({ uid, timeZone }, args) => {
      const { categories, updated_after } = args;
      const updatedSince = readDayOrTime('updated_after', updated_after, timeZone, 'start');
      const page = await memories.page(uid, { categories, updatedSince }, pageOf(args));
      const items = page.items.filter(({ isLocked }) => !isLocked);
      return { kind: 'memories', items, scores: null, nextCursor: page.nextCursor };
    },
  });
}

function searchMemories({ search }: MemoryToolDeps): RecordTool {
  return defineRecordTool({
    name: 'search_memories',
    title: 'Search memories',
    scope: 'memories:read',
    effect: 'read',
    description: 'Facts about the user that fit a query, by words and by meaning, best first.',
    schema: z.object({
      query: z.string().trim().min(1).max(1000),
      limit: z.number().int().min(1).max(100).default(10),
    }),
    run: async ({ uid }, args) => {
      const found = await search.searchMemories(uid, args);
      return {
        kind: 'memories',
        items: found.map(({ memory }) => memory),
        scores: found.map(({ score }) => score),
        nextCursor: null,
      };
    },
  });
}

function createMemory({ memories }: MemoryToolDeps): RecordTool {
  return defineRecordTool({
    name: 'create_memory',
    title: 'Add a memory',
    scope: 'memories:write',
    effect: 'add',
    description: 'Keeps a fact about the user. A fact that is known already is not kept twice.',
    schema: newMemory,
    run: async ({ uid }, args) => ({
      kind: 'memory',
      item: await memories.create(uid, toInput(args)),
    }),
  });
}

function createMemories({ memories }: MemoryToolDeps): RecordTool {
  return defineRecordTool({
    name: 'create_memories',
    title: 'Add memories',
    scope: 'memories:write',
    effect: 'add',
    description: `Keeps up to ${MAX_CREATED} facts about the user at once.`,
    schema: z.object({ memories: z.array(newMemory).min(1).max(MAX_CREATED) }),
    run: async ({ uid }, args) => ({
      kind: 'memories',
      items: await memories.createMany(uid, args.memories.map(toInput)),
      scores: null,
      nextCursor: null,
    }),
  });
}

function editMemory({ memories }: MemoryToolDeps): RecordTool {
  return defineRecordTool({
    name: 'edit_memory',
    title: 'Change a memory',
    scope: 'memories:write',
    effect: 'change',
    description: 'Replaces the text of a fact; it keeps its id.',
    schema: z.object({ memory_id: z.string().min(1).max(200), content }),
    run: async ({ uid }, args) => ({
      kind: 'memory',
      item: await memories.update(uid, args.memory_id, { content: args.content }),
    }),
  });
}

function deleteMemory({ memories }: MemoryToolDeps): RecordTool {
  return defineRecordTool({
    name: 'delete_memory',
    title: 'Delete a memory',
    scope: 'memories:write',
    effect: 'delete',
    description: 'Deletes a fact for good.',
    schema: z.object({ memory_id: z.string().min(1).max(200) }),
    run: async ({ uid }, args) => {
      await memories.delete(uid, args.memory_id);
      return { kind: 'done' };
    },
  });
}

function toInput({ content: text, category, tags }: z.output<typeof newMemory>) {
  const rest = { visibility: 'private' as const, headline: null };
  return { content: text, category: category ?? null, tags, ...rest };
}
