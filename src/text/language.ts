import type { SpeechFrames } from './speech-frames.ts';

/** Words of a language by class, each class as one string with spaces between the words. */
export interface WordClasses {
  /** Two facts that differ only in these words are the same. */
  readonly empty: string;
  /** Other function words. */
  readonly grammar: string;
  readonly modals: string;
  /** Verbs that occur with every subject. */
  readonly light: string;
  /** Adverbs, numerals, interjections and calendar words. */
  readonly fillers: string;
  /** Content words that are too common to name a subject. */
  readonly everyday: string;
  /** Words that people use to ask, beside function words. */
  readonly asking: string;
  /** Words of an order to change a task, beside function words. */
  readonly requests: string;
  /** Words that stay in lower case inside a title. */
  readonly smallInTitles: string;
  /** Words of greetings, thanks and assent: a text of nothing else says nothing. */
  readonly phatic: string;
}

/** What the product knows of one language. Each language has a folder of its own. */
export interface Language {
  /** ISO 639-1. */
  readonly code: string;
  readonly words: WordClasses;
  /** Abbreviations that end with a full stop, without it: the full stop ends no sentence. */
  readonly abbreviations: string;
  /** Abbreviations of which that is true only before a number. */
  readonly numberAbbreviations: string;
  /** Words with which a question or a request for an answer begins. */
  readonly questionOpeners: string;
  /** Words that may stand before them. */
  readonly questionLeads: string;
  /** Cuts the ending off a word in lower case. */
  readonly stem: (lower: string) => string;
  /** Null if the rules do not find tasks, times and facts in this language, or by rules of their own (English). */
  readonly frames: SpeechFrames | null;
}

/** No words of any class, for a language of which only some classes are known. */
export const NO_WORDS: WordClasses = {
  empty: '',
  grammar: '',
  modals: '',
  light: '',
  fillers: '',
  everyday: '',
  asking: '',
  requests: '',
  smallInTitles: '',
  phatic: '',
};

/** For a language without a stemmer. */
export const unchanged = (lower: string): string => lower;
