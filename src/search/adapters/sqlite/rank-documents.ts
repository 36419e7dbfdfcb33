import type { SearchKind, SearchRequest } from '../../search-index.ts';
import { answerPattern } from './answer-pattern.ts';
import {
  type Candidate,
  type DocumentRow,
  DocumentTexts,
  neighbourScores,
  toCandidate,
} from './candidates.ts';
import { prepareOnce, type Sqlite } from './index-file.ts';
import { rowIdsBetween } from './row-ids.ts';
import { SentenceRanking, type WeighedTerm } from './sentence-ranking.ts';
import { parseWordQuery, peopleToken, type WordQuery } from './word-query.ts';
import type { FoundByWords, FoundDocument } from './worker-protocol.ts';

/**
 * Most rows that one expression ranks, all terms together: BM25 reads the word positions of each
 * row, about 1 µs a row. A word in more rows is only weighed sentence by sentence if a rarer word
 * remains; alone, it is ranked among the newest rows that hold it.
 */
const RANKED_ROWS = 10_000;
/** Fewest documents of each kind that BM25 passes on. */
const LEAST_CANDIDATES = 200;
/** Documents whose sentences are weighed. */
const READ = 60;
/** Weights of the best sentence and of the neighbouring windows beside BM25. */
const SENTENCE_SHARE = 0.5;
const NEIGHBOUR_SHARE = 0.5;
/** bm25 weights of title, text, context and people. */
const WEIGHTS = '4.0, 1.0, 0.3, 0.0';

/**
 * Returns the documents that match by words, best first: those with the phrase, then those with
 * every deciding word, then those with any of them. Within each tier BM25 counts (the title four
 * times, ties newest first), the sentence that matches best, and the neighbouring windows. If the
 * query names people, also returns what they say, ranked by the other words of the query.
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

/** Windows of somebody's speech that are looked through, the newest first. */
const HEARD_ROWS = 200_000;

/** Returns the conversations in which somebody speaks, those that were heard last first. */
export function conversationsOfSpeaker(db: Sqlite, speaker: string, limit: number): string[] {
  const [first, last] = rowIdsBetween('window', null, null);
  return prepareOnce<[Record<string, unknown>], { conversation: string }>(
    db,
    `SELECT conversation FROM (
         SELECT rowid FROM words WHERE words MATCH @expression AND rowid BETWEEN @first AND @last
         ORDER BY rowid DESC LIMIT ${HEARD_ROWS}
       ) heard CROSS JOIN docs ON docs.rowid = heard.rowid
       WHERE conversation IS NOT NULL
       GROUP BY conversation ORDER BY max(happened) DESC LIMIT @limit`,
  )
    .all({
      expression: `people : "${peopleToken(speaker)}"`,
      first: BigInt(first),
      last: BigInt(last),
      limit,
    })
    .map(({ conversation }) => conversation);
}

/**
 * Returns the candidates that are near by meaning (scores are cosines), best first. A window among
 * others about the same counts more than a window alone. Segments that share words with the query
 * count as matched.
 */
export function rankByMeaning(
  db: Sqlite,
  request: SearchRequest,
  rows: Candidate[],
): FoundDocument[] {
  const farthest = Math.min(...rows.map(({ score }) => score));
  const around = neighbourScores(rows, farthest);
  for (const row of rows) {
    // The neighbours of a window have weights of 1.5 together; other documents have no neighbours.
    const others = row.window ? (around.get(row) ?? 0) / 1.5 : row.score;
    row.score = (row.score + NEIGHBOUR_SHARE * others) / (1 + NEIGHBOUR_SHARE);
  }
  rows.sort((a, b) => b.score - a.score);
  const asked = new Set(request.people.map(({ speaker }) => speaker));
  const terms = parseWordQuery(request.query).terms.map((term) => ({ ...term, weight: 1 }));
  const lines = new SentenceRanking(terms, asked, answerPattern(request.query));
  const texts = new DocumentTexts(db);
  return rows.slice(0, request.limit).map((row) => {
    const { title, text } = texts.of(row);
    row.matchedSegmentIds = lines.score(title, text, texts.linesOf(row)).segmentIds;
    return texts.toFound(row);
  });
}

interface CountedTerm extends WeighedTerm {
  /** Rows that hold it, at most `RANKED_ROWS` + 1. */
  rows: number;
}

interface Tier {
  tier: FoundDocument['tier'];
  expression: string;
}

/** Ranks one query in one user's file. */
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

  /** Adds the scores of sentences and neighbours to BM25; best first within each tier. */
  #weigh(rows: Candidate[]): FoundDocument[] {
    const around = neighbourScores(rows, 0);
    for (const row of rows) row.score += NEIGHBOUR_SHARE * (around.get(row) ?? 0);
    rows.sort(byTierAndScore);
    const asked = new Set(this.#request.people.map(({ speaker }) => speaker));
    const lines = new SentenceRanking(this.#terms, asked, answerPattern(this.#request.query));
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

  /** The tiers in order, each prepared when it is reached. */
  *#tiers(): Generator<Tier> {
    const { phrase, quoted } = this.#query;
    const terms = this.#terms;
    const all = terms.map((term) => expand(term)).join(' AND ');
    const together = terms.length === 1 || this.#count(all, 1) > 0;
    // A quotation may be only a part of the query, so it may occur in rows without every word.
    if (phrase !== null && (together || quoted)) yield { tier: 'phrase', expression: phrase };
    if (together) yield { tier: 'all', expression: all };
    if (terms.length > 1) yield { tier: 'any', expression: this.#any() };
  }

  /** Any of the terms, the rarest first, while `RANKED_ROWS` allows. */
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

  /** Returns how many rows match, at most `most`. */
  #count(expression: string, most: number): number {
    return (
      prepareOnce<[string, number], { rows: number }>(
        this.#db,
        'SELECT count(*) AS rows FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)',
      ).get(expression, most)?.rows ?? 0
    );
  }

  #match(expression: string, tier: FoundDocument['tier']): Candidate[] {
    const { kinds } = this.#request;
    return kinds.flatMap((kind) => this.#matchKind(expression, kind, tier));
  }

  /** Returns the best rows of one kind. */
  #matchKind(expression: string, kind: SearchKind, tier: FoundDocument['tier']): Candidate[] {
    const { from, to, includeDiscarded, within = null, limit } = this.#request;
    const [first, last] = rowIdsBetween(kind, from, to);
    const filtered = from !== null || to !== null || !includeDiscarded || within !== null;
    const ofThese =
      within === null ? '' : 'AND docs.conversation IN (SELECT value FROM json_each(@within))';
    // CROSS JOIN keeps the order: the words lead, the documents are looked up.
    const filter = filtered
      ? `CROSS JOIN docs ON docs.rowid = words.rowid AND docs.discarded <= @discarded
           AND docs.happened BETWEEN @from AND @to ${ofThese}`
      : '';
    return prepareOnce<[Record<string, unknown>], DocumentRow & { rank: number }>(
      this.#db,
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
        ...(within === null ? {} : { within: JSON.stringify(within) }),
      })
      .map(({ rank, ...row }) => toCandidate(row, tier, Math.max(0, -rank)));
  }
}

/** Returns a term, with its longer forms if it is still being typed or occurs nowhere as it is. */
function expand({ exact, prefix, isBeginning, rows }: CountedTerm): string {
  if (prefix === null || rows > RANKED_ROWS || (rows > 0 && !isBeginning)) return exact;
  return `(${exact} OR ${prefix})`;
}

const PLACE_OF_TIER: Record<FoundDocument['tier'], number> = {
  phrase: 0,
  all: 1,
  any: 2,
  meaning: 3,
};

function byTierAndScore(a: Candidate, b: Candidate): number {
  return PLACE_OF_TIER[a.tier] - PLACE_OF_TIER[b.tier] || b.score - a.score || b.rowid - a.rowid;
}
