import { sha256Hex } from '../../kernel/ids.ts';

/** Something that is said. */
export interface SaidPiece {
  text: string;
  isUser: boolean;
}

/** Words of a piece: a sentence, or so many words of a longer one. */
const PIECE_WORDS = 12;
/** Pieces of fewer words are said in every talk. */
const TELLING_WORDS = 3;
/** Prints of a transcript, those with the least values: most are the same if a line is added. */
const PRINTS = 8;
const PRINT_DIGITS = 24;
/** Share of the pieces of an earlier version that a later one has. */
const SAME_SHARE = 0.8;
/** A transcript may grow to so many times its pieces and be the same file. */
const MAX_GROWTH = 5;
const FREE_PIECES = 20;

/** The pieces of what is said; the same for the same words however they are cut. */
export function piecesOf(said: readonly SaidPiece[]): SaidPiece[] {
  return said.flatMap(({ text, isUser }) =>
    text.split(/(?<=[.!?。！？…])\s+/u).flatMap((sentence) => {
      const words =
        sentence
          .normalize('NFKC')
          .toLowerCase()
          .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
      const pieces: SaidPiece[] = [];
      for (let at = 0; at < words.length; at += PIECE_WORDS) {
        pieces.push({ text: words.slice(at, at + PIECE_WORDS).join(' '), isUser });
      }
      return pieces;
    }),
  );
}

/** Up to eight prints of pieces, by which a later version of them is found among a user's imports. */
export function printsOf(uid: string, pieces: readonly SaidPiece[]): string[] {
  const telling = pieces.filter(({ text }) => text.split(' ').length >= TELLING_WORDS);
  const chosen = telling.length > 0 ? telling : pieces;
  const prints = chosen.map(({ text }) => sha256Hex(`${uid}\n${text}`).slice(0, PRINT_DIGITS));
  return [...new Set(prints)].sort().slice(0, PRINTS);
}

/**
 * How two transcripts are related: `later` if the second has nearly all of the first and more, `earlier`
 * if it has nothing more, else `other`; they are others too if somebody else is the user.
 */
export function relationOf(
  known: readonly SaidPiece[],
  given: readonly SaidPiece[],
): 'later' | 'earlier' | 'other' {
  const left = new Map<string, boolean[]>();
  for (const { text, isUser } of known) {
    const same = left.get(text);
    if (same) same.push(isUser);
    else left.set(text, [isUser]);
  }
  let shared = 0;
  for (const { text, isUser } of given) {
    const wasUser = left.get(text)?.shift();
    if (wasUser === undefined) continue;
    if (wasUser !== isUser) return 'other';
    shared += 1;
  }
  if (shared === given.length) {
    return shared >= known.length / MAX_GROWTH ? 'earlier' : 'other';
  }
  const isTooLarge = given.length > known.length * MAX_GROWTH + FREE_PIECES;
  const isLater = given.length >= known.length && shared >= known.length * SAME_SHARE;
  return isLater && !isTooLarge ? 'later' : 'other';
}
