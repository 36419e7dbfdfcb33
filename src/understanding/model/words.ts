import { segmentsOf } from '../../kernel/bounded-text.ts';

/** Function words of three letters and more in the languages most spoken to the product. */
const FUNCTION_WORDS = new Set(
  `the and for but not you your yours are was were has had have having with that this these those
  from they them their there then than when what which who whom whose why how will would shall
  should can could may might must did does done been being about into onto over under out off
  just only also very some any all its his her hers him she our ours let lets get got
  der die das den dem des ein eine einen einem einer und oder aber nicht ist sind war waren wird
  werden wurde hat haben hatte mit von für auf aus bei nach vor über unter dass sich sie wir ihr
  ihm ihn uns euch mein dein sein seine kein keine auch noch nur sehr schon wie was wer wann
  les une des est sont était avec pour par sur dans que qui quoi pas vous nous ils elles leur mais
  los las una del con por para que como pero muy más sus esta este son era
  gli che non per sono della delle nel alla het een van dat die voor met niet maar ook zijn
  uma dos das com não mais seu sua foi`.split(/\s+/),
);

/** Scripts that are written without spaces between words. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Khmer}\p{sc=Lao}]/u;

const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/** The words of a text in lower case, in any script. */
export function wordsOf(text: string): string[] {
  const plain = text.normalize('NFKC').toLowerCase();
  if (!UNSPACED.test(plain)) return plain.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return [...segmentsOf(segmenter, plain)].flatMap((part) =>
    part.isWordLike ? [part.segment] : [],
  );
}

/** The words that carry the meaning of a text, each once: no function words, no single letters. */
export function contentWordsOf(text: string): string[] {
  const meaningful = (word: string) =>
    /\p{N}/u.test(word) || UNSPACED.test(word) || (word.length >= 3 && !FUNCTION_WORDS.has(word));
  return [...new Set(wordsOf(text).filter(meaningful))];
}

/** A set of words that also knows a word by its inflected forms. */
export class WordSet {
  readonly #words = new Set<string>();
  readonly #byPrefix = new Map<string, string[]>();

  constructor(words: Iterable<string>) {
    for (const word of words) {
      if (this.#words.has(word)) continue;
      this.#words.add(word);
      if (word.length < 4) continue;
      const prefix = word.slice(0, 4);
      this.#byPrefix.set(prefix, [...(this.#byPrefix.get(prefix) ?? []), word]);
    }
  }

  /** True for a word of the set, or one that differs in its ending only: `meet` and `meeting`. */
  has(word: string): boolean {
    if (this.#words.has(word)) return true;
    if (word.length < 4 || /\p{N}/u.test(word)) return false;
    return (this.#byPrefix.get(word.slice(0, 4)) ?? []).some((other) => {
      const needed = Math.min(word.length, other.length) - 1;
      return word.slice(0, needed) === other.slice(0, needed);
    });
  }
}

/** The first `count` space-separated words of a text, without punctuation left hanging. */
export function clipWords(text: string, count: number): string {
  const words = text.trim().split(/\s+/);
  const clipped = words.length <= count ? words.join(' ') : words.slice(0, count).join(' ');
  return words.length <= count ? clipped : clipped.replace(/[\s,;:–-]+$/, '');
}
