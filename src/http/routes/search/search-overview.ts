import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { AppError } from '../../../kernel/errors.ts';
import type { Memory } from '../../../model/memory.ts';
import { toIso } from '../../../model/timestamp.ts';
import type { LibraryCounter } from '../../../users/library-counts.ts';
import type { MemorySearch } from '../../route-search.ts';

const tags = ['search'];
const MAX_MEMORIES = 500;

const countsSchema = z.object({
  starred: z.int(),
  recaps: z.int(),
  memories: z.int(),
  people: z.int(),
  places: z.int(),
  folders: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      icon: z.string(),
      color: z.string(),
      count: z.int(),
    }),
  ),
});

const memoryItemSchema = z.object({
  memory_id: z.string(),
  memory_layer: z.string(),
  tier: z.string(),
  content: z.string(),
  lifecycle_status: z.string(),
  processing_state: z.string(),
  confidence: z.number().nullable(),
  visibility: z.string(),
  visibility_source: z.string(),
  source: z.enum(['manual', 'conversation']),
  date: z.string(),
  evidence: z.array(z.object({ id: z.string() })),
  agent_use: z.string(),
  access_reason: z.string(),
  superseded_by: z.string().nullable(),
});
/** What Omi says of the rollout of its tiers. */
const accessSchema = z.object({
  archive_default_visible: z.boolean(),
  policy: z.object({
    consumer: z.string(),
    app_has_default_memory_grant: z.boolean(),
    archive_capability: z.boolean(),
    raw_provenance_capability: z.boolean(),
  }),
  global_read_gate: z.object({
    source_path: z.string(),
    read_decision: z.string(),
    fallback_reason: z.string().nullable(),
    reason: z.string(),
  }),
  rollout: z.object({
    consumer: z.string(),
    enabled: z.boolean(),
    reason: z.string(),
    read_decision: z.string(),
    mode: z.string(),
    memory_reads_enabled: z.boolean(),
    legacy_reads_authoritative: z.boolean(),
    default_memory_grant: z.boolean(),
    archive_default_visible: z.boolean(),
    archive_capability: z.boolean(),
    fallback_reason: z.string().nullable(),
    capabilities: z.object({
      legacy_only: z.boolean(),
      shadow_artifacts_enabled: z.boolean(),
      memory_writes_enabled: z.boolean(),
      memory_reads_enabled: z.boolean(),
      legacy_reads_authoritative: z.boolean(),
    }),
    surface: z.string(),
    archive_capability_required: z.boolean(),
    archive_capability_granted: z.boolean(),
    explicit_archive_request: z.boolean(),
    app_context: z.record(z.string(), z.string()),
  }),
});
const memorySearchSchema = accessSchema
  .extend({
    uid: z.string(),
    query: z.string(),
    items: z.array(memoryItemSchema),
    total_count: z.int(),
    returned_count: z.int(),
    limit: z.int(),
    offset: z.int(),
  })
  .meta({ id: 'MemorySearchResult' });

/** The search page of Omi's newest app: counts, and a search of memories. */
export function searchOverviewRoutes(deps: {
  libraryCounter: LibraryCounter;
  search: MemorySearch;
}): FastifyPluginAsyncZod {
  const { libraryCounter, search } = deps;
  return async (app) => {
    app.get(
      '/v1/search/overview',
      {
        schema: {
          tags,
          summary: 'Count starred conversations, recaps, memories, people, places and folders',
          response: { 200: countsSchema },
        },
      },
      async ({ uid }) => {
        const { folders, ...counts } = await libraryCounter.count(uid);
        return {
          ...counts,
          folders: folders.map(({ folder: { id, name, icon, color }, count }) => ({
            id,
            name,
            icon,
            color,
            count,
          })),
        };
      },
    );

    app.get(
      '/memory/search',
      {
        schema: {
          tags,
          response: { 200: memorySearchSchema },
          summary: 'Search memories, best first',
          querystring: z.object({
            query: z.string().max(1_000).default(''),
            limit: z.coerce.number().int().default(100),
            offset: z.coerce.number().int().default(0),
          }),
        },
      },
      async ({ uid, query: { query, limit, offset } }) => {
        if (limit < 1 || limit > MAX_MEMORIES) {
          throw new AppError('bad-request', `limit must be between 1 and ${MAX_MEMORIES}`);
        }
        if (offset < 0) throw new AppError('bad-request', 'offset must be non-negative');
        const wanted = Math.min(MAX_MEMORIES, offset + limit);
        const found =
          query.trim() === '' ? [] : await search.searchMemories(uid, { query, limit: wanted });
        const items = found.slice(offset, offset + limit).map(({ memory }) => toItem(memory));
        return {
          uid,
          query,
          items,
          total_count: found.length,
          returned_count: items.length,
          limit,
          offset,
          ...ACCESS,
        };
      },
    );
  };
}

/** A memory in the form of Omi's tiered memories, which are one tier here. */
function toItem(memory: Memory): z.output<typeof memoryItemSchema> {
  return {
    memory_id: memory.id,
    memory_layer: 'product_memory',
    tier: 'long_term',
    content: memory.content,
    lifecycle_status: 'active',
    processing_state: 'processed',
    confidence: null,
    visibility: memory.visibility,
    visibility_source: 'memory',
    source: memory.manuallyAdded ? 'manual' : 'conversation',
    date: toIso(memory.createdAt),
    evidence: [],
    agent_use: 'allowed',
    access_reason: 'owner',
    superseded_by: memory.replacedBy,
  };
}

/** What Omi says of the rollout of its tiers; here every user reads their own memories. */
const ACCESS: z.output<typeof accessSchema> = {
  archive_default_visible: false,
  policy: {
    consumer: 'omi_app',
    app_has_default_memory_grant: true,
    archive_capability: false,
    raw_provenance_capability: false,
  },
  global_read_gate: {
    source_path: 'self_hosted',
    read_decision: 'USE_MEMORY',
    fallback_reason: null,
    reason: 'enabled',
  },
  rollout: {
    consumer: 'omi_app',
    enabled: true,
    reason: 'enabled',
    read_decision: 'USE_MEMORY',
    mode: 'memory',
    memory_reads_enabled: true,
    legacy_reads_authoritative: false,
    default_memory_grant: true,
    archive_default_visible: false,
    archive_capability: false,
    fallback_reason: null,
    capabilities: {
      legacy_only: false,
      shadow_artifacts_enabled: false,
      memory_writes_enabled: true,
      memory_reads_enabled: true,
      legacy_reads_authoritative: false,
    },
    surface: 'product_default_search',
    archive_capability_required: false,
    archive_capability_granted: false,
    explicit_archive_request: false,
    app_context: {},
  },
};
