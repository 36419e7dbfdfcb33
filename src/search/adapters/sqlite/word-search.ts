import type { SearchKind, SearchRequest } from '../../search-index.ts';
import type { Sqlite } from './index-file.ts';
import { LineRanking, type WeighedTerm } from './line-ranking.ts';
import { neighbourScores } from './neighbours.ts';
import { peopleToken } from './people-token.ts';
import { rowIdsBetween } from './row-ids.ts';
import { type Candidate, type DocumentRow, DocumentTexts, toCandidate } from './word-candidates.ts';
import { parseWordQuery, type WordQuery } from './word-query.ts';
import type { FoundByWords, FoundDocument } from './worker-protocol.ts';

/**
 * Rows that one expression may rank, all terms together: ranking needs each row's word positions,
 * some 1 µs a row. A word that stands in more rows than this is left to the weighing of sentences
 * as long as a rarer one remains; alone, it is ranked among the newest rows that hold it.
 */
const RANKED_ROWS = 10_000;
/** Of each kind, this many of the best by BM25 are looked at more closely, at least. */
const LEAST_CANDIDATES = 200;
/** Documents whose text is read and weighed sentence by sentence. */
const READ = 120;
/** What the best sentence, and what the windows before and after count beside BM25. */
const SENTENCE_SHARE = 0.5;
const NEIGHBOUR_SHARE = 0.5;
/** bm25 weights of title, text, context and people. */
const WEIGHTS = '4.0, 1.0, 0.3, 0.0';

/**
 * Documents by their words: first those that hold the phrase, then those with every deciding word,
 * then those with any of them; within each by BM25 (the title weighted four times, ties newest
 * first), by the sentence that answers best, and by what the neighbouring windows say. Where
 * people are asked for, also what they say, ranked by the other words of the query.
 */
export function searchWords(db: Sqlite, request: SearchRequest, total: number): FoundByWords {
  const { people, limit, kinds } = request;
  const asked = people.length > 0;
  if (limit <= 0 || kinds.length === 0) return { words: [], people: asked ? [] : null };
  const query = parseWordQuery(request.query);
  const words = query.terms.length === 0 ? [] : new WordRanking(db, request, query, total).rank();
  if (!asked) return { words, people: null };
  const names = new Set(people.flatMap((person) => person.words));
  const rest = parseWordQuery(request.query, names);
  return { words, people: new WordRanking(db, request, rest, total).rankOfPeople() };
}

interface CountedTerm extends WeighedTerm {
  /** Rows that hold it, counted no further than just beyond `RANKED_ROWS`. */
  rows: number;
}

interface Tier {
  tier: FoundDocument['tier'];
  expression: string;
}

/** One query of one user's file. */
class WordRanking {
  readonly #db: Sqlite;
  readonly #request: SearchRequest;
  readonly #query: WordQuery;
  readonly #terms: CountedTerm[];

  constructor(db: Sqlite, request: SearchRequest, query: WordQuery, total: number) {
    this.#db = db;
    this.#request = request;
    this.#query = query;
    this.#terms = query.terms.map((term) => {
      const rows = this.#count(term.exact, RANKED_ROWS + 1);
      const weight = Math.log(1 + (Math.max(total, rows) - rows + 0.5) / (rows + 0.5));
      return { ...term, rows, weight };
    });
  }

  rank(): FoundDocument[] {
    const found = new Map<number, Candidate>();
    for (const { tier, expression } of this.#tiers()) {
      for (const candidate of this.#match(expression, tier)) {
        if (!found.has(candidate.rowid)) found.set(candidate.rowid, candidate);
      }
      if (found.size >= this.#request.limit) break;
    }
    return this.#weigh([...found.values()]);
  }

  rankOfPeople(): FoundDocument[] {
    const tokens = this.#request.people.map(({ speaker }) => `"${peopleToken(speaker)}"`);
    const theirs = `people : (${tokens.join(' OR ')})`;
    const expression = this.#terms.length === 0 ? theirs : `(${this.#any()}) AND ${theirs}`;
    return this.#weigh(this.#match(expression, 'any'));
  }

  /** Adds sentences and neighbours to what BM25 says; best first within each tier. */
  #weigh(rows: Candidate[]): FoundDocument[] {
    const around = neighbourScores(rows, 0);
    for (const row of rows) row.score += NEIGHBOUR_SHARE * (around.get(row) ?? 0);
    rows.sort(byTierAndScore);
    const asked = new Set(this.#request.people.map(({ speaker }) => speaker));
    const lines = new LineRanking(this.#terms, asked);
    const texts = new DocumentTexts(this.#db);
    for (const row of rows.slice(0, READ)) {
      const { title, text } = texts.of(row);
      const { best, segmentIds } = lines.score(title, text, texts.linesOf(row));
      row.score += SENTENCE_SHARE * best;
      row.matchedSegmentIds = segmentIds;
    }
    rows.sort(byTierAndScore);
    return rows.slice(0, this.#request.limit).map((row) => texts.toFound(row));
  }

  /** The tiers one by one, each prepared only when it is reached. */
  *#tiers(): Generator<Tier> {
    const { phrase, quoted } = this.#query;
    const terms = this.#terms;
    const all = terms.map((term) => expand(term)).join(' AND ');
    const together = terms.length === 1 || this.#count(all, 1) > 0;
    // What was quoted may be part of the query only, so that it may occur where not every word does.
    if (phrase !== null && (together || quoted)) yield { tier: 'phrase', expression: phrase };
    if (together) yield { tier: 'all', expression: all };
    if (terms.length > 1) yield { tier: 'any', expression: this.#any() };
  }

  /** Any of the terms, the rarest first, as many as may be ranked. */
  #any(): string {
    const occurring = this.#terms.filter(({ rows, prefix }) => rows > 0 || prefix !== null);
    const chosen: CountedTerm[] = [];
    let rows = 0;
    for (const term of occurring.sort((a, b) => a.rows - b.rows)) {
      rows += term.rows;
      if (chosen.some((each) => each.rows > 0) && rows > RANKED_ROWS) break;
      chosen.push(term);
    }
    return (chosen.length > 0 ? chosen : this.#terms).map((term) => expand(term)).join(' OR ');
  }

  /** How many rows match, counted no further than `most`. */
  #count(expression: string, most: number): number {
    return (
      this.#db
        .prepare<[string, number], { rows: number }>(
          'SELECT count(*) AS rows FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)',
        )
        .get(expression, most)?.rows ?? 0
    );
  }

  #match(expression: string, tier: FoundDocument['tier']): Candidate[] {
    const { kinds } = this.#request;
    return kinds.flatMap((kind) => this.#matchKind(expression, kind, tier));
  }

  /** The best of one kind. */
  #matchKind(expression: string, kind: SearchKind, tier: FoundDocument['tier']): Candidate[] {
    const { from, to, includeDiscarded, limit } = this.#request;
    const [first, last] = rowIdsBetween(kind, from, to);
    const filtered = from !== null || to !== null || !includeDiscarded;
    // CROSS JOIN keeps the order: the words lead, the documents are looked up.
    const filter = filtered
      ? `CROSS JOIN docs ON docs.rowid = words.rowid AND docs.discarded <= @discarded
           AND docs.happened BETWEEN @from AND @to`
      : '';
    return this.#db
      .prepare<[Record<string, unknown>], DocumentRow & { rank: number }>(
        `SELECT best.rowid, rank, id, kind, conversation, happened FROM (
           SELECT rowid, rank FROM (
             SELECT words.rowid AS rowid, bm25(words, ${WEIGHTS}) AS rank FROM words ${filter}
             WHERE words MATCH @expression AND words.rowid BETWEEN @first AND @last
             ORDER BY words.rowid DESC LIMIT ${RANKED_ROWS}
           ) ORDER BY rank, rowid DESC LIMIT @limit
         ) best CROSS JOIN docs ON docs.rowid = best.rowid`,
      )
      .all({
        expression,
        first: BigInt(first),
        last: BigInt(last),
        limit: Math.max(limit, LEAST_CANDIDATES),
        discarded: includeDiscarded ? 1 : 0,
        from: from ?? Number.MIN_SAFE_INTEGER,
        to: to ?? Number.MAX_SAFE_INTEGER,
      })
      .map(({ rank, ...row }) => toCandidate(row, tier, Math.max(0, -rank)));
  }
}

/** A term with its longer forms, where it is being typed or stands nowhere as it is. */
function expand({ exact, prefix, typing, rows }: CountedTerm): string {
  if (prefix === null || rows > RANKED_ROWS || (rows > 0 && !typing)) return exact;
  return `(${exact} OR ${prefix})`;
}

const TIERS: readonly FoundDocument['tier'][] = ['phrase', 'all', 'any', 'meaning'];

function byTierAndScore(a: Candidate, b: Candidate): number {
  return TIERS.indexOf(a.tier) - TIERS.indexOf(b.tier) || b.score - a.score || b.rowid - a.rowid;
}
