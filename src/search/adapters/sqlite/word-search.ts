import type { SearchKind, SearchRequest } from '../../search-index.ts';
import type { Sqlite } from './index-file.ts';
import { readDocuments } from './read-documents.ts';
import { rowIdsBetween } from './row-ids.ts';
import { parseWordQuery, type QueryTerm, type WordQuery } from './word-query.ts';
import type { FoundDocument } from './worker-protocol.ts';

/**
 * Of what a tier matches, this many a kind are ranked, the newest. Ranking needs each row's word
 * positions, so a word that stands in every window would otherwise cost seconds; such a word
 * cannot tell one window from another anyway.
 */
const CANDIDATES = 1000;

interface Candidate {
  rowid: number;
  /** bm25 of FTS5: lower is better. */
  rank: number;
}

interface Ranked extends Candidate {
  tier: FoundDocument['tier'];
}

/**
 * Documents by their words: first those that hold the phrase, then those with every deciding word,
 * then those with any of them; within each by BM25, the title weighted four times, ties newest first.
 */
export function searchWords(db: Sqlite, request: SearchRequest): FoundDocument[] {
  if (request.limit <= 0 || request.kinds.length === 0) return [];
  const query = parseWordQuery(request.query);
  if (query.terms.length === 0) return [];
  const found = new Map<number, Ranked>();
  for (const { tier, expression } of tiersOf(db, query)) {
    const candidates = request.kinds.flatMap((kind) => match(db, expression, kind, request));
    candidates.sort((a, b) => a.rank - b.rank || b.rowid - a.rowid);
    for (const { rowid, rank } of candidates) {
      if (!found.has(rowid)) found.set(rowid, { rowid, tier, rank });
    }
    if (found.size >= request.limit) break;
  }
  const best = [...found.values()].slice(0, request.limit);
  return readDocuments(
    db,
    best.map(({ rowid, tier, rank }) => ({ rowid, tier, strength: strengthOf(rank) })),
  );
}

/** bm25 runs from 0 (says nothing) towards minus infinity; strength from 0 towards 1. */
function strengthOf(rank: number): number {
  const weight = Math.max(0, -rank);
  return weight / (4 + weight);
}

interface Tier {
  tier: FoundDocument['tier'];
  expression: string;
}

interface CountedTerm {
  term: QueryTerm;
  /** Rows that hold it, counted no further than `CANDIDATES`. */
  rows: number;
}

/** The tiers one by one, each prepared only when it is reached. */
function* tiersOf(db: Sqlite, query: WordQuery): Generator<Tier> {
  const { phrase, quoted, terms } = query;
  const counted = terms.map((term) => ({ term, rows: countRows(db, term.exact, CANDIDATES + 1) }));
  const all = counted.map((entry) => expand(entry)).join(' AND ');
  const together = terms.length === 1 || countRows(db, all, 1) > 0;
  // What was quoted may be part of the query only, so that it may occur where not every word does.
  if (phrase !== null && (together || quoted)) yield { tier: 'phrase', expression: phrase };
  if (together) yield { tier: 'all', expression: all };
  if (terms.length > 1) yield { tier: 'any', expression: anyOf(counted) };
}

/**
 * Any of the terms, of which those that stand nearly everywhere are left out as long as another
 * one remains: they would crowd the rare ones out of the candidates.
 */
function anyOf(counted: readonly CountedTerm[]): string {
  const telling = counted.filter(({ rows }) => rows <= CANDIDATES);
  const occurring = telling.filter(({ rows, term }) => rows > 0 || term.prefix !== null);
  const chosen = occurring.length > 0 ? occurring : counted;
  return chosen.map((entry) => expand(entry)).join(' OR ');
}

/** A term with its longer forms, unless the term itself is common enough. */
function expand({ term, rows }: CountedTerm): string {
  if (term.prefix === null || rows > CANDIDATES) return term.exact;
  return `(${term.exact} OR ${term.prefix})`;
}

/** How many rows match, counted no further than `most`. */
function countRows(db: Sqlite, expression: string, most: number): number {
  return (
    db
      .prepare<[string, number], { rows: number }>(
        'SELECT count(*) AS rows FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)',
      )
      .get(expression, most)?.rows ?? 0
  );
}

/** The best of the newest candidates of one kind. */
function match(
  db: Sqlite,
  expression: string,
  kind: SearchKind,
  request: SearchRequest,
): Candidate[] {
  const { from, to, includeDiscarded, limit } = request;
  const [first, last] = rowIdsBetween(kind, from, to);
  const filtered = from !== null || to !== null || !includeDiscarded;
  // CROSS JOIN keeps the order: the words lead, the documents are looked up.
  const filter = filtered
    ? `CROSS JOIN docs ON docs.rowid = words.rowid AND docs.discarded <= @discarded
         AND docs.happened BETWEEN @from AND @to`
    : '';
  return db
    .prepare<[Record<string, unknown>], Candidate>(
      `SELECT rowid, rank FROM (
         SELECT words.rowid AS rowid, bm25(words, 4.0, 1.0) AS rank FROM words ${filter}
         WHERE words MATCH @expression AND words.rowid BETWEEN @first AND @last
         ORDER BY words.rowid DESC LIMIT ${CANDIDATES}
       ) ORDER BY rank, rowid DESC LIMIT @limit`,
    )
    .all({
      expression,
      first: BigInt(first),
      last: BigInt(last),
      limit,
      discarded: includeDiscarded ? 1 : 0,
      from: from ?? Number.MIN_SAFE_INTEGER,
      to: to ?? Number.MAX_SAFE_INTEGER,
    });
}
