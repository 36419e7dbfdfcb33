import type { z } from 'zod';

/**
 * Whose documents a collection holds. `user`: documents under one user, reached by user id.
 * `global`: a few collections of the whole installation, reached with the owner `GLOBAL`.
 */
export type CollectionScope = 'user' | 'global';

/** The owner of documents in global collections. */
export const GLOBAL = '';

/**
 * A query that the product may make, declared beside the entity so that every engine can prepare an
 * index for it. Results are ordered by one field (ties by id); each filter is optional in a request.
 */
export interface QueryShape<T> {
  /** Fields that a request may filter by: one value (`eq`) or any of a few (`in`, at most 30). */
  filters: { readonly [K in keyof T]?: 'eq' | 'in' };
  /** Field that orders the results and that `from` and `to` of a request refer to. */
  orderBy: keyof T & string;
  direction: 'asc' | 'desc';
}

/** What a client is told has changed: a kind of document. */
export const CHANGE_KINDS = [
  'conversation',
  'memory',
  'action_item',
  'person',
  'folder',
  'goal',
  'daily_summary',
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** The definition of one collection: name, owner, schema, and its queries. */
export interface CollectionDefinition<
  T extends { id: string } = { id: string },
  Q extends string = string,
> {
  name: string;
  scope: CollectionScope;
  schema: z.ZodType<T>;
  queries: Record<Q, QueryShape<T>>;
  /** Fields that are encrypted at rest if the installation has a secret; no query may use them. */
  encrypted?: readonly (keyof T & string)[];
  /**
   * Its user's clients are told of each commit that writes a document; absent: they are not. A patch
   * of nothing but the fields in `except` is not told.
   */
  announced?: { kind: ChangeKind; except?: readonly (keyof T & string)[] };
}

/** Declares a collection; exists for type inference only. */
export function defineCollection<T extends { id: string }, Q extends string>(
  definition: CollectionDefinition<T, Q>,
): CollectionDefinition<T, Q> {
  return definition;
}

/** Any collection; what an engine must know of it. */
export interface AnyCollection {
  name: string;
  scope: CollectionScope;
  schema: z.ZodType<{ id: string }>;
  encrypted?: readonly string[];
  announced?: { kind: ChangeKind; except?: readonly string[] };
  queries: Record<
    string,
    {
      filters: { readonly [field: string]: 'eq' | 'in' | undefined };
      orderBy: string;
      direction: 'asc' | 'desc';
    }
  >;
}
