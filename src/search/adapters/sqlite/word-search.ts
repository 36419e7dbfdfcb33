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
const CANDIDATES = 2000;

interface Candidate {
  rowid: number;
  /** bm25 of FTS5: lower is better. */
  rank: number;
}

interface Ranked {
  rowid: number;
  tier: FoundDocument['tier'];
  rank: number;
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
    if (found.size >= request.limit) break;
    const candidates = request.kinds.flatMap((kind) => match(db, expression(), kind, request));
    candidates.sort((a, b) => a.rank - b.rank || b.rowid - a.rowid);
    for (const { rowid, rank } of candidates) {
      if (!found.has(rowid)) found.set(rowid, { rowid, tier, rank });
    }
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
  expression: () => string;
}

function tiersOf(db: Sqlite, query: WordQuery): Tier[] {
  const { phrase, terms } = query;
  const tiers: Tier[] = [];
  if (phrase !== null) tiers.push({ tier: 'phrase', expression: () => phrase });
  const counted = terms.map((term) => ({ term, rows: countRows(db, term.exact) }));
  tiers.push({
    tier: 'all',
    expression: () => counted.map((entry) => expand(entry)).join(' AND '),
  });
  if (terms.length > 1) tiers.push({ tier: 'any', expression: () => anyOf(counted) });
  return tiers;
}

/**
 * Any of the terms, of which those that stand nearly everywhere are left out as long as another
 * one remains: they would crowd the rare ones out of the candidates.
 */
function anyOf(counted: { term: QueryTerm; rows: number }[]): string {
  const telling = counted.filter(({ rows }) => rows <= CANDIDATES);
  const occurring = telling.filter(({ rows, term }) => rows > 0 || term.prefix !== null);
  const chosen = occurring.length > 0 ? occurring : counted;
  return chosen.map((entry) => expand(entry)).join(' OR ');
}

/** A term with its longer forms, unless the term itself is common enough. */
function expand({ term, rows }: { term: QueryTerm; rows: number }): string {
  if (term.prefix === null || rows > CANDIDATES) return term.exact;
  return `(${term.exact} OR ${term.prefix})`;
}

/** In how many rows a term stands, counted no further than needed. */
function countRows(db: Sqlite, expression: string): number {
  return (
    db
      .prepare<[string], { rows: number }>(
        `SELECT count(*) AS rows FROM
         (SELECT 1 FROM words WHERE words MATCH ? LIMIT ${CANDIDATES + 1})`,
      )
      .get(expression)?.rows ?? 0
  );
}

function match(
  db: Sqlite,
  expression: string,
  kind: SearchKind,
  request: SearchRequest,
): Candidate[] {
  const [first, last] = rowIdsBetween(kind, request.from, request.to);
  return db
    .prepare<[string, bigint, bigint, number, number, number], Candidate>(
      // CROSS JOIN keeps the order: the words lead, the documents are looked up.
      `SELECT words.rowid AS rowid, bm25(words, 4.0, 1.0) AS rank
       FROM words CROSS JOIN docs ON docs.rowid = words.rowid
       WHERE words MATCH ? AND words.rowid BETWEEN ? AND ?
         AND docs.happened BETWEEN ? AND ? AND docs.discarded <= ?
       ORDER BY words.rowid DESC LIMIT ${CANDIDATES}`,
    )
    .all(
      expression,
      BigInt(first),
      BigInt(last),
      request.from ?? Number.MIN_SAFE_INTEGER,
      request.to ?? Number.MAX_SAFE_INTEGER,
      request.includeDiscarded ? 1 : 0,
    );
}
