import type { KeyPhrase, Sentence } from './talk.ts';

/** A task or an event by what it is about. */
export interface Named {
  title: string;
}

/** How titles are worded in a language. */
export interface TitleWording {
  /** True if a task or an event names a talk better than what it keeps coming back to. */
  readonly prefersClaims: boolean;
  /** True if a single word has to come up more often than a phrase. */
  readonly isPicky: boolean;
  /** What a talk was announced to be about; null if it was not. */
  announced(sentences: readonly Sentence[], phrases: readonly KeyPhrase[]): string | null;
  /** A phrase without what only judges; empty if it says nothing. */
  tell(phrase: string): string;
  /** True for a single name, which says little of what a talk is about. */
  isName(phrase: string): boolean;
  /** True for a task whose object is no thing: "call Tom". */
  isDeed(task: string): boolean;
  /** The text in the case of a title. */
  cased(text: string): string;
  /** Several subjects as one title. */
  joined(subjects: readonly string[]): string;
  /** The last resort of a very short talk; empty if nothing was said. */
  beginning(sentences: readonly Sentence[]): string;
}

/** How overviews are worded in a language. */
export interface OverviewWording {
  /** The text without openers, asides and a loose end. */
  trim(text: string): string;
  /** True for thanks, greetings and talk about the talk. */
  isChatter(text: string): boolean;
  /** True if the beginning points at what was said before. */
  isUnclear(text: string): boolean;
  /** True for words that are too common to tell anything. Takes lower case. */
  isCommon(lower: string): boolean;
  /** How many times as much a sentence counts that matches. */
  readonly factors: readonly (readonly [pattern: RegExp, factor: number])[];
  /** Where a long sentence could end. */
  readonly clauseStart: RegExp;
}
