/** How overviews are worded in a language. */
export interface OverviewWording {
  /** The text without openers, asides and a loose end. */
  trim(text: string): string;
  /** True for thanks, greetings and talk about the talk. */
  isChatter(text: string): boolean;
  /** True if the beginning points at what was said before. */
  isUnclear(text: string): boolean;
  /** How many times as much a sentence counts that matches. */
  readonly factors: readonly (readonly [pattern: RegExp, factor: number])[];
  /** Where a long sentence could end. */
  readonly clauseStart: RegExp;
}
