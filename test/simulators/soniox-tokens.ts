import type { HeardWord } from './heard-word.ts';

/** A sub-word token with its own space, as the service writes it. */
export interface SimulatedToken {
  text: string;
  start_ms: number;
  end_ms: number;
  confidence: number;
  speaker: string;
  language: string;
}

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

/** Cuts a word into pieces of three letters, its punctuation apart; times are shared out. */
export function splitTokens(word: HeardWord, speaker: string): SimulatedToken[] {
  const unspaced = UNSPACED.test(word.text);
  const pieces = unspaced
    ? [...word.text]
    : (word.text.match(/[\p{L}\p{N}'$%&@-]{1,3}|./gu) ?? [word.text]);
  const perCharacter = (word.endMs - word.startMs) / word.text.length;
  let at = word.startMs;
  return pieces.map((piece, index) => {
    const startMs = at;
    at += piece.length * perCharacter;
    return {
      text: index === 0 && !unspaced ? ` ${piece}` : piece,
      start_ms: Math.round(startMs),
      end_ms: Math.round(at),
      confidence: 0.97,
      speaker,
      language: unspaced ? 'zh' : 'en',
    };
  });
}
