import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { CLUTTER_KINDS } from '../../../action-items/clutter.ts';
import { CLEANUP_SECONDS, SCAN_CAP, type TaskCleanup } from '../../../action-items/task-cleanup.ts';

const tags = ['action items'];
/** Tasks of each kind that are shown as a sample. */
const SAMPLE = 5;
const MAX_IDS = 5_000;

const days = z.number().int().min(1).max(365);
const part = z.number().min(0.5).max(1);
const candidate = z.object({ strategy: z.string(), description: z.string() });

/** Looking for old, overdue, repeated and vague tasks, and deleting those that the user does not keep. */
export function taskCleanupRoutes(deps: { taskCleanup: TaskCleanup }): FastifyPluginAsyncZod {
  const { taskCleanup } = deps;
  return async (app) => {
    app.post(
      '/v1/action-items/cleanup/preview',
      {
        schema: {
          tags,
          summary: 'Find open action items that may be clutter; nothing is deleted',
          description:
            'No model is asked: `llm_relevance` and `conversation_context` find nothing. What is found can be deleted for five minutes.',
          body: z.object({
            strategies: z.array(z.enum(CLUTTER_KINDS)).max(20).default(['stale_age']),
            age_days: days.default(30),
            overdue_days: days.default(7),
            similarity_threshold: part.default(0.92),
            llm_confidence_threshold: part.default(0.92),
            scan_cursor: z.string().max(1_000).nullish(),
          }),
          response: {
            200: z.object({
              session_id: z.string(),
              total_candidates: z.number().int(),
              breakdown: z.record(z.string(), z.number().int()),
              sample: z.array(candidate),
              candidate_ids: z.array(z.string()),
              candidate_meta: z.array(candidate.extend({ id: z.string() })),
              expires_in_seconds: z.number().int(),
              total_open_action_items: z.number().int(),
              scan_cap: z.number().int(),
              scan_truncated: z.boolean(),
              next_scan_cursor: z.string().nullable(),
            }),
          },
        },
      },
      async ({ uid, body }) => {
        const limits = {
          ageDays: body.age_days,
          overdueDays: body.overdue_days,
          similarity: body.similarity_threshold,
        };
        const cursor = body.scan_cursor || null;
        const made = await taskCleanup.preview(uid, body.strategies, limits, cursor);
        const found = made.found.map(({ item: { id, description }, kind: strategy }) => ({
          id,
          strategy,
          description,
        }));
        const sample = new Set(body.strategies);
        return {
          session_id: made.sessionId,
          total_candidates: found.length,
          breakdown: made.counts,
          sample: [...sample].flatMap((kind) =>
            found.filter(({ strategy }) => strategy === kind).slice(0, SAMPLE),
          ),
          candidate_ids: found.map(({ id }) => id),
          candidate_meta: found,
          expires_in_seconds: CLEANUP_SECONDS,
          total_open_action_items: made.openItems,
          scan_cap: SCAN_CAP,
          scan_truncated: made.nextCursor !== null,
          next_scan_cursor: made.nextCursor,
        };
      },
    );

    app.post(
      '/v1/action-items/cleanup/execute',
      {
        schema: {
          tags,
          summary: 'Delete what a preview has found',
          body: z.object({
            session_id: z.string().max(128),
            excluded_ids: z.array(z.string()).max(MAX_IDS).default([]),
          }),
          response: { 200: z.object({ deleted_count: z.number().int() }) },
        },
      },
      async ({ uid, body }) => ({
        deleted_count: await taskCleanup.execute(uid, body.session_id, body.excluded_ids),
      }),
    );
  };
}
