import type { OverviewEvidence } from '../../model/conversations/conversation.ts';
import type { Understanding, UnderstandingInput } from '../understanding-engine.ts';
import type { CooperativeLoop } from './cooperative-loop.ts';
import type { KeyPhrase, Talk } from './talk.ts';
import type { OverviewWording } from './wording.ts';

/** What the rules know of one language: each has a folder beside this file. */
export interface TalkRules {
  /** ISO 639-1; null for a language that the rules do not know. */
  readonly code: string | null;
  /** Said beside what is made of a talk; null if nothing need be. */
  readonly note: string | null;
  /** True for words without subject matter. Takes lower case. */
  isFunctionWord(lower: string): boolean;
  /** True for words too common to name a subject, function words included. Takes lower case. */
  isCommonWord(lower: string): boolean;
  /** Takes pauses, false starts and what was put right out of a text without noise marks. */
  clean(text: string): string;
  /** True if cleaned words only show that somebody listens, or are noise. */
  isBackchannel(clean: string): boolean;
  /** Returns the pieces of a turn with a `BORDER` before each clause that can stand alone, if nobody wrote full stops. */
  markClauses(pieces: readonly string[]): string[];
  /** People whom a sentence names as present, in lower case: "I'm Claire", "thanks, Victor". */
  introducedIn(text: string): string[];
  /** True if words, in lower case and none of them common, may name what a talk is about. */
  isSubject(words: readonly string[]): boolean;
  /** True if a phrase that was said once is no thing: "studied engineering". */
  isPassing(phrase: string): boolean;
  readonly overviews: OverviewWording;
  /** Returns a reader of one talk, once what it needs is loaded. */
  open(talk: Talk): Promise<TalkReader>;
}

/** Reads one talk by the rules of its language. */
export interface TalkReader {
  /** Tasks, events and facts, each with its sources. */
  findClaims(input: UnderstandingInput, each: CooperativeLoop): Promise<FoundClaims>;
  /** True if the talk, of which `found` is claimed, shows that nobody will miss it. */
  isEmpty(found: Understanding): boolean;
  /** What the talk is about, the likeliest first. */
  subjectsOf(
    phrases: readonly KeyPhrase[],
    found: Understanding,
    each: CooperativeLoop,
  ): Promise<KeyPhrase[]>;
  /** The title of a talk of these subjects. */
  titleOf(subjects: readonly KeyPhrase[], found: Understanding): string;
  /** The first sentence of an overview: who talked and what about; empty if that is not told. */
  leadOf(subjects: readonly KeyPhrase[]): OverviewEvidence[];
  /** True for a text that is a sentence. */
  isWhole(text: string): boolean;
}

/** What a talk claims, and what it may. */
export interface FoundClaims {
  found: Understanding;
  /** What may be a claim with how likely it is, also if it is not stated; what is stated need not be repeated. */
  likely: readonly LikelyClaim[];
}

/** What may be a claim: its sentence is worth telling. */
export interface LikelyClaim {
  /** Words of the sentence that it is made of, or of the claim. */
  text: string;
  segmentIds: readonly string[];
  /** How likely it is right, 0 to 1. */
  score: number;
}

/** Marks where a sentence ends that nobody wrote a full stop for. */
export const BORDER = '\ue001';
