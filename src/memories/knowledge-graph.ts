import type { Clock } from '../kernel/clock.ts';
import { type Conversation, conversations } from '../model/conversations/conversation.ts';
import { type KnowledgeGraph, knowledgeGraphs } from '../model/knowledge-graph.ts';
import { isAsserted, type Memory, memories } from '../model/memory.ts';
import { people } from '../model/people/person.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { buildKnowledgeGraph } from './build-knowledge-graph.ts';

/** Newest memories that are read; a graph of more cannot be drawn. */
const MAX_MEMORIES = 1_000;
const MAX_PEOPLE = 500;
/** Newest conversations whose topics are shown. */
const MAX_CONVERSATIONS = 200;
/** Id of the one document of a user. */
const STATE = 'graph';

/**
 * Who and what a user's memories and conversations name, and how these belong together. It is derived from them
 * each time it is read, so that it never shows what was deleted or rejected.
 */
export class KnowledgeGraphs {
  readonly #store: DocumentStore;
  readonly #clock: Clock;

  constructor(options: { store: DocumentStore; clock: Clock }) {
    this.#store = options.store;
    this.#clock = options.clock;
  }

  /** Returns the graph of the newest 1,000 memories and 200 conversations; empty after `clear`, until new ones come. */
  async get(uid: string): Promise<KnowledgeGraph> {
    const state = await this.#store.find(knowledgeGraphs, uid, STATE);
    const clearedAt = state?.clearedAt ?? null;
    const facts: Memory[] = [];
    for await (const memory of queryAll(this.#store, memories, uid, { query: 'recent' })) {
      if (facts.length >= MAX_MEMORIES) break;
      if (clearedAt !== null && memory.createdAt <= clearedAt) break;
      if (isAsserted(memory) && !memory.isLocked) facts.push(memory);
    }
    const known = [];
    for await (const person of queryAll(this.#store, people, uid, { query: 'byName' })) {
      if (known.length >= MAX_PEOPLE) break;
      if (clearedAt === null || person.createdAt > clearedAt) known.push(person);
    }
    const talks = await this.#conversations(uid, clearedAt);
    return buildKnowledgeGraph(uid, { memories: facts, people: known, conversations: talks });
  }

  async #conversations(uid: string, clearedAt: number | null): Promise<Conversation[]> {
    const filters = { status: ['completed'] as const, discarded: false };
    const request = { query: 'recent', filters } as const;
    const found: Conversation[] = [];
    for await (const conversation of queryAll(this.#store, conversations, uid, request)) {
      if (found.length >= MAX_CONVERSATIONS) break;
      if (clearedAt !== null && conversation.createdAt <= clearedAt) break;
      if (!conversation.isLocked) found.push(conversation);
    }
    return found;
  }

  /** Shows everything again after `clear`. Returns the graph. */
  async rebuild(uid: string): Promise<KnowledgeGraph> {
    await this.#store.transact((tx) => tx.delete(knowledgeGraphs, uid, STATE));
    return await this.get(uid);
  }

  /** Leaves out everything that is known now; memories and conversations stay. */
  async clear(uid: string): Promise<void> {
    const clearedAt = this.#clock.now();
    await this.#store.transact((tx) => tx.put(knowledgeGraphs, uid, { id: STATE, clearedAt }));
  }
}
