import type { ProviderWord } from '../../stt-event.ts';

export interface SonioxToken {
  text: string;
  start_ms?: number | null | undefined;
  end_ms?: number | null | undefined;
  confidence?: number | null | undefined;
  speaker?: string | null | undefined;
  language?: string | null | undefined;
}

/** Scripts that put no spaces between words: each character of them begins a word. */
const UNSPACED =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
/** Follows the word before it, even if it is written with a space. */
const CLOSING_MARK = /^\s*[\p{Pe}\p{Pf}.,!?;:…%。、，．！？；：٪،؟।]+$/u;

/**
 * Joins sub-word tokens, which carry their own spaces, to words: a word begins at a leading space,
 * at a change of the speaker, and at each character of a script without spaces; punctuation stays
 * with the word that it follows. A word is complete when the next one begins, so that the last one
 * waits.
 */
export class SonioxWords {
  #word: { word: ProviderWord; confidences: number[] } | null = null;

  /** Where the word that is not complete yet begins and ends, null if none is. */
  get open(): { startMs: number; endMs: number } | null {
    return this.#word?.word ?? null;
  }

  /** Takes the next token and answers the word that it shows to be complete, if any. */
  push(token: SonioxToken): ProviderWord | null {
    const text = token.text.trim();
    const endsWord = this.#word !== null && this.#beginsWord(token);
    const completed = endsWord ? this.flush() : null;
    if (text === '') return completed;
    if (this.#word) {
      this.#word.word.text += text;
      this.#word.word.endMs = Math.max(this.#word.word.endMs, token.end_ms ?? 0);
      if (token.confidence != null) this.#word.confidences.push(token.confidence);
    } else if (token.start_ms != null) {
      this.#word = {
        word: {
          text,
          startMs: token.start_ms,
          endMs: token.end_ms ?? token.start_ms,
          speaker: token.speaker || null,
          confidence: null,
          language: token.language ?? null,
        },
        confidences: token.confidence == null ? [] : [token.confidence],
      };
    }
    return completed;
  }

  /** The word in hand: an endpoint or the end of the stream has shown it to be complete. */
  flush(): ProviderWord | null {
    if (this.#word === null) return null;
    const { word, confidences } = this.#word;
    this.#word = null;
    const sum = confidences.reduce((total, value) => total + value, 0);
    return { ...word, confidence: confidences.length === 0 ? null : sum / confidences.length };
  }

  /** The same state, to try tokens on that may still change. */
  copy(): SonioxWords {
    const copy = new SonioxWords();
    if (this.#word) copy.#word = structuredClone(this.#word);
    return copy;
  }

  #beginsWord(token: SonioxToken): boolean {
    if (CLOSING_MARK.test(token.text)) return false;
    const changesSpeaker = Boolean(token.speaker) && token.speaker !== this.#word?.word.speaker;
    return /^\s/.test(token.text) || UNSPACED.test(token.text) || changesSpeaker;
  }
}
