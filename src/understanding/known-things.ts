import { z } from 'zod';
import { factWords } from '../memories/fact-similarity.ts';
import { findSingleValue } from '../memories/single-value-facts.ts';
import type { Conversation } from '../model/conversations/conversation.ts';
import { isCurrent, memories } from '../model/memory.ts';
import { actionItems } from '../model/tasks/action-item.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { KnownFact, OpenTask, SpokenSegment } from './understanding-engine.ts';

const relativesSchema = z.object({
  merge_metadata: z.object({ source_conversation_ids: z.array(z.string()) }).nullish(),
  split_metadata: z
    .object({
      conversation_ids: z.array(z.string()).nullish(),
      source_conversation_id: z.string().nullish(),
    })
    .nullish(),
});

/** Of each kind, what an engine is told at most, and what it is chosen from. */
const MAX_TOLD = 10;
const MAX_READ = 300;
/** Tasks that nobody has touched for longer are not what is meant by a task today. */
const TASK_ACTIVE_MS = 7 * 86_400_000;

/**
 * What is known from other conversations and may be meant again in this one: the user's open tasks of
 * the last seven days, and facts that hold, those first that share most words with what is said.
 */
export async function loadKnownThings(
  store: DocumentStore,
  uid: string,
  conversation: Pick<Conversation, 'id' | 'externalData'>,
  segments: readonly SpokenSegment[],
  now: number,
): Promise<{ openTasks: OpenTask[]; knownFacts: KnownFact[] }> {
  const own = ownIds(conversation);
  const said = new Set(segments.flatMap(({ text }) => factWords(text)));
  const { items: tasks } = await store.query(actionItems, uid, {
    query: 'recent',
    filters: { completed: false },
    limit: MAX_READ,
  });
  const { items: facts } = await store.query(memories, uid, { query: 'recent', limit: MAX_READ });
  const open = tasks.filter(
    (task) => !own.has(task.conversationId ?? '') && task.updatedAt >= now - TASK_ACTIVE_MS,
  );
  const holding = facts.filter(
    (fact) => isCurrent(fact) && fact.userReview !== false && !own.has(fact.conversationId ?? ''),
  );
  return {
    openTasks: likeliest(open, ({ description }) => description, said).map(
      ({ id, description, owner, dueAt }) => ({ id, description, owner, dueAt }),
    ),
    knownFacts: likeliest(holding, ({ content }) => content, said).map(({ id, content }) => ({
      id,
      content,
    })),
  };
}

/** The conversation, and those that it was made of or was one with: what they say is the same talk. */
function ownIds({ id, externalData }: Pick<Conversation, 'id' | 'externalData'>): Set<string> {
  const parsed = relativesSchema.safeParse(externalData ?? {});
  const { merge_metadata, split_metadata } = parsed.data ?? {};
  return new Set([
    id,
    ...(merge_metadata?.source_conversation_ids ?? []),
    ...(split_metadata?.conversation_ids ?? []),
    ...(split_metadata?.source_conversation_id ? [split_metadata.source_conversation_id] : []),
  ]);
}

/** Weight of a fact of which there is one at a time: "we broke up" ends one without naming it. */
const SINGLE_VALUE_WEIGHT = 0.01;

/** Those that share a word with what is said, most shared first, then homes, jobs, bonds and the like. */
function likeliest<T>(
  things: readonly T[],
  textOf: (thing: T) => string,
  said: ReadonlySet<string>,
): T[] {
  return things
    .map((thing) => {
      const words = factWords(textOf(thing));
      const shared = words.filter((word) => said.has(word)).length;
      const least = findSingleValue(textOf(thing)) === undefined ? 0 : SINGLE_VALUE_WEIGHT;
      return { thing, score: Math.max(least, words.length === 0 ? 0 : shared / words.length) };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, MAX_TOLD)
    .map(({ thing }) => thing);
}
