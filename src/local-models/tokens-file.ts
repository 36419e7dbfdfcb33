import { readFile, stat } from 'node:fs/promises';
import { AppError } from '../kernel/errors.ts';

export interface TokensFile extends Spelling {
  count: number;
}

/** How the words of a model are spelt, read off its pieces. */
export interface Spelling {
  /** `mixed` has both capital and small letters; `none` is a script without case. */
  letterCase: 'upper' | 'lower' | 'mixed' | 'none';
  hasPunctuation: boolean;
  /** True if a piece that is continued ends in `@@`; else one that begins a word has a space. */
  marksContinuation: boolean;
}

/** The largest table of the known models has 150,000 lines and 2 MB. */
const MAX_BYTES = 32 * 1024 * 1024;
const PUNCTUATION = ['.', ',', '?', '。', '，', '？'];

/** What a kind of model demands of its table of tokens. */
export interface TokensRule {
  /** Tokens of the network; null if it does not say. */
  vocabulary: number | null;
  /** Exactly that many, with `<blk>` at the end. */
  blankIsLast: boolean;
  /** Tokens of which the table must hold one; empty if none is required. */
  blankTokens: readonly string[];
}

/**
 * Reads and checks a `tokens.txt`: a symbol and its number on each line. The library ends its
 * process on a table that it cannot use, or later at the first number that the table lacks.
 *
 * @throws AppError `invalid-model` with the line and what is wrong there
 */
export async function readTokensFile(path: string, rule: TokensRule): Promise<TokensFile> {
  const { size } = await stat(path);
  if (size > MAX_BYTES) throw wrong('is too large for a table of tokens');
  const text = await readFile(path, 'utf8');
  const symbols = parseLines(text);
  const { vocabulary, blankTokens } = rule;
  if (blankTokens.length > 0 && !blankTokens.some((name) => symbols.has(name))) {
    throw wrong(`has no ${blankTokens.join(' or ')}`);
  }
  const ids = [...symbols.values()];
  if (vocabulary !== null) checkSize(symbols, vocabulary, rule.blankIsLast);
  const isLast = symbols.get('<blk>') === ids.length - 1;
  if (rule.blankIsLast && !isLast) throw wrong('does not have <blk> as its last token');
  return { count: symbols.size, ...spelling([...symbols.keys()]) };
}

function parseLines(text: string): Map<string, number> {
  const symbols = new Map<string, number>();
  const ids = new Set<number>();
  const lines = text.split('\n');
  for (const [i, line] of lines.entries()) {
    const fields = line.split(/[ \t\r]+/).filter((field) => field !== '');
    if (fields.length === 0 && i === lines.length - 1) continue;
    const id = fields.at(-1) ?? '';
    // A line with a number alone stands for the space.
    const symbol = fields.length === 1 ? ' ' : (fields[0] ?? '');
    if (fields.length < 1 || fields.length > 2 || !/^\d{1,7}$/.test(id)) {
      throw wrong(`has a line ${i + 1} that is not a symbol and its number`);
    }
    if (ids.has(Number(id))) throw wrong(`has the number ${id} twice`);
    ids.add(Number(id));
    symbols.set(symbols.has(symbol) ? `${symbol} ${id}` : symbol, Number(id));
  }
  if (symbols.size === 0) throw wrong('is empty');
  return symbols;
}

function checkSize(symbols: Map<string, number>, vocabulary: number, exactly: boolean): void {
  const ids = new Set(symbols.values());
  for (let id = 0; id < vocabulary; id += 1) {
    if (ids.has(id)) continue;
    throw wrong(`belongs to another model: token ${id} of ${vocabulary} is missing`);
  }
  // Recipes of icefall list helper symbols `#0`, `#1` behind the tokens of the network.
  const extra = [...symbols].some(([symbol, id]) => id >= vocabulary && !/^#\d+$/.test(symbol));
  if (extra || (exactly && symbols.size !== vocabulary)) {
    throw wrong(
      `belongs to another model: it has ${symbols.size} tokens and the network ${vocabulary}`,
    );
  }
}

function spelling(symbols: readonly string[]): Omit<TokensFile, 'count'> {
  const pieces = symbols.filter((symbol) => !/^[<[#].*[>\]\d]$/.test(symbol));
  const upper = pieces.some((piece) => /\p{Lu}/u.test(piece));
  const lower = pieces.some((piece) => /\p{Ll}/u.test(piece));
  const letterCase = upper && lower ? 'mixed' : upper ? 'upper' : lower ? 'lower' : 'none';
  const marksContinuation = pieces.some((piece) => piece.length > 2 && piece.endsWith('@@'));
  const plain = new Set(pieces.map((piece) => piece.replace(/^▁/, '')));
  const hasPunctuation = PUNCTUATION.some((mark) => plain.has(mark));
  return { letterCase, hasPunctuation, marksContinuation };
}

/** The caller adds which file it is. */
function wrong(what: string): AppError {
  return new AppError('invalid-model', `The table of tokens ${what}.`);
}
