import { isQuestion } from '../../../text/questions.ts';
import { splitSentences } from '../../../text/sentences.ts';
import { graphemesOf } from '../../../text/tokenizer.ts';
import type { Quote, QuoteRequest, SpokenLine, SpokenText } from '../../search-index.ts';
import { type DocumentText, windowPlace } from './candidates.ts';
import type { Sqlite } from './index-file.ts';
import { kindCode } from './row-ids.ts';
import { type Mark, SentenceRanking } from './sentence-ranking.ts';
import { parseWordQuery } from './word-query.ts';

/** Characters of a quote or a reply, at most; a longer sentence is cut. */
const LONGEST = 280;
/** Lines after a question among which its reply is. */
const REPLY_WITHIN = 3;

/**
 * Returns for each hit the sentence that answers the query best, with those around it as far as they
 * fit, and the reply if it is a question. Reads two documents a hit at most.
 */
export function readQuotes(
  db: Sqlite,
  query: string,
  hits: readonly QuoteRequest[],
): (Quote | null)[] {
  const terms = parseWordQuery(query).terms.map((term) => ({ ...term, weight: term.word.length }));
  const ranking = new SentenceRanking(terms, new Set());
  const statement = db.prepare<[string, number], DocumentText>(
    `SELECT title, text, segments, lines FROM texts
     WHERE rowid = (SELECT rowid FROM docs WHERE id = ? AND kind = ?)`,
  );
  const read = (id: string, kind: QuoteRequest['kind']): DocumentText | undefined =>
    statement.get(id, kindCode(kind));
  return hits.map((hit) => {
    const document = read(hit.id, hit.kind);
    return document ? quoteOf(hit, document, ranking, read) : null;
  });
}

type Read = (id: string, kind: QuoteRequest['kind']) => DocumentText | undefined;

function quoteOf(
  hit: QuoteRequest,
  document: DocumentText,
  ranking: SentenceRanking,
  read: Read,
): Quote | null {
  const lines = linesOf(document);
  const [best] = lines
    .map((line, at) => ({ line, at }))
    .filter(({ line }) => hit.segmentId === null || line.spoken?.segmentId === hit.segmentId)
    .map(({ line, at }) => ({ line, at, weight: weightOf(ranking.marks(line.text)) }))
    .sort((a, b) => b.weight - a.weight);
  if (!best) return null;
  const { spoken } = best.line;
  const said = bestSentences(best.line.text.trim(), ranking);
  const text = cut(said.text);
  const asks = spoken !== null && isQuestion(said.best);
  return {
    segmentId: spoken?.segmentId ?? null,
    speaker: spoken?.speaker ?? null,
    text,
    marks: ranking.marks(text).map(({ from, to }) => [from, to]),
    reply: asks ? replyTo(spoken, lines.slice(best.at + 1), hit, read) : null,
  };
}

interface Line {
  text: string;
  spoken: SpokenLine | null;
}

/** The lines of a document, its title last, so that the text leads if both match as well. */
function linesOf({ title, text, lines }: DocumentText): Line[] {
  const spoken: SpokenLine[] = JSON.parse(lines);
  const own = text.split('\n').map((line, n) => ({ text: line, spoken: spoken[n] ?? null }));
  // The heading of a window names its speakers, which is nothing that was said.
  if (spoken.length > 0 || title === '') return own;
  return [...own, { text: title, spoken: null }].filter((line) => line.text.trim() !== '');
}

/** The weight of the different terms that are marked. */
function weightOf(marks: readonly Mark[]): number {
  const terms = new Map(marks.map(({ term, weight }) => [term, weight]));
  return [...terms.values()].reduce((sum, weight) => sum + weight, 0);
}

/** The best sentence of a text with its neighbours while they fit, the later ones first. */
function bestSentences(line: string, ranking: SentenceRanking): { text: string; best: string } {
  if (line.length <= LONGEST) return { text: line, best: lastQuestion(line) };
  const marks = ranking.marks(line);
  const sentences = splitSentences(line);
  let start = 0;
  const weights = sentences.map((sentence) => {
    const [from, to] = [start, start + sentence.length];
    start = to;
    return weightOf(marks.filter((mark) => mark.from >= from && mark.from < to));
  });
  const at = Math.max(0, weights.indexOf(Math.max(...weights)));
  const best = (sentences[at] ?? '').trim();
  let [from, to] = [at, at + 1];
  let length = sentences[at]?.length ?? 0;
  const fits = (sentence: string | undefined): sentence is string =>
    sentence !== undefined && length + sentence.length <= LONGEST;
  for (let next = sentences[to]; fits(next); next = sentences[to]) {
    length += next.length;
    to += 1;
  }
  for (let before = sentences[from - 1]; fits(before); before = sentences[from - 1]) {
    length += before.length;
    from -= 1;
  }
  return { text: sentences.slice(from, to).join('').trim(), best };
}

/** The last sentence of a turn: a question there is the one that is answered. */
function lastQuestion(line: string): string {
  return splitSentences(line).at(-1)?.trim() ?? line;
}

/** A text of at most `LONGEST` characters, never cut inside of one as readers see it. */
function cut(text: string): string {
  if (text.length <= LONGEST) return text;
  let kept = '';
  for (const grapheme of graphemesOf(text.slice(0, LONGEST * 2))) {
    if (kept.length + grapheme.length >= LONGEST) break;
    kept += grapheme;
  }
  return `${kept.replace(/\s+\S*$/u, '')}…`;
}

/** What the next voice says after a question, in this window or in the one after it. */
function replyTo(
  asker: SpokenLine,
  after: readonly Line[],
  hit: QuoteRequest,
  read: Read,
): SpokenText | null {
  const place = windowPlace(hit.id);
  const next =
    after.length < REPLY_WITHIN && place ? read(`${place.of}:${place.n + 1}`, hit.kind) : undefined;
  const lines = [...after, ...(next ? linesOf(next) : [])];
  const seen = new Set([asker.segmentId]);
  for (const { text, spoken } of lines) {
    if (spoken === null || seen.size > REPLY_WITHIN) return null;
    const isOther = spoken.speaker === null || spoken.speaker !== asker.speaker;
    if (!seen.has(spoken.segmentId) && isOther && /[\p{L}\p{N}]/u.test(text)) {
      return { segmentId: spoken.segmentId, speaker: spoken.speaker, text: cut(text.trim()) };
    }
    seen.add(spoken.segmentId);
  }
  return null;
}
