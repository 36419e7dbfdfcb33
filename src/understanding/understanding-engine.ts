import type { Category } from '../model/conversations/category.ts';
import type { OverviewEvidence, SearchMetadata } from '../model/conversations/conversation.ts';

/** A segment as an engine sees it: who said what, when. */
export interface SpokenSegment {
  id: string;
  text: string;
  /** `SPEAKER_<n>` label of the voice. */
  speaker: string;
  /** Name of the person if known: `null` for an unnamed voice. For the user, the user's name or null. */
  name: string | null;
  isUser: boolean;
  /** Milliseconds from the conversation's start. */
  startMs: number;
  endMs: number;
}

/** What the segments are: speech, the paragraphs of a message to or from the user, or of any text. */
export type Medium = 'speech' | 'message' | 'text';

export interface UnderstandingInput {
  /** Whose conversation it is: what a model uses for it is counted under this user. */
  uid: string;
  medium: Medium;
  segments: readonly SpokenSegment[];
  /** What was seen, one description a photo, in the order in which they were taken. */
  photos: readonly string[];
  /** Wall time of the first speech, epoch milliseconds: "tomorrow" is counted from here. */
  startedAt: number;
  /** IANA zone of the user, such as `Europe/Berlin`. */
  timeZone: string;
  /** Language to write in, BCP-47. */
  language: string;
  userName: string | null;
  /** The meeting in the user's calendar that this is, null if none is linked. */
  calendar: CalendarContext | null;
  /** Tasks of other conversations that are open, the likeliest to be meant again first. */
  openTasks: readonly OpenTask[];
  /** Facts about the user that hold, the likeliest to be meant again first. */
  knownFacts: readonly KnownFact[];
  /** True if the user asked for this conversation: it is never discarded. */
  forced: boolean;
}

/** Of a talk that stands alone. */
export const NOTHING_KNOWN = {
  calendar: null,
  openTasks: [],
  knownFacts: [],
} as const satisfies Partial<UnderstandingInput>;

/** What the user's calendar says of the meeting; written by people, so data and no more. */
export interface CalendarContext {
  title: string;
  /** Epoch milliseconds, null if unknown. */
  startsAt: number | null;
  durationMinutes: number | null;
  /** Names, or addresses if there is no name. */
  participants: readonly string[];
  platform: string | null;
  notes: string | null;
}

export interface OpenTask {
  id: string;
  description: string;
  owner: string | null;
  dueAt: number | null;
}

export interface KnownFact {
  id: string;
  content: string;
}

/** Every claim names the segments it came from; its content words, or its date, occur in them. */
export interface ActionItemClaim {
  /** What is to be done, verb first, without the date. */
  description: string;
  /** `user`, a name or label as spoken of, or null. */
  owner: string | null;
  /** Epoch milliseconds, null if no time was said. */
  dueAt: number | null;
  segmentIds: string[];
}
export interface EventClaim {
  title: string;
  description: string;
  /** Epoch milliseconds. */
  start: number;
  durationMinutes: number;
  segmentIds: string[];
}
export interface MemoryClaim {
  content: string;
  category: 'interesting' | 'system';
  segmentIds: string[];
  /** Ids of known facts that it says are no longer true. */
  replaces: string[];
  /** False for what is likely only: the user is asked to review it. */
  isSure: boolean;
}

export interface Understanding {
  /** True if the talk holds nothing worth keeping; everything else is then empty. */
  discarded: boolean;
  title: string;
  overview: string;
  /** Sentences of the overview with the segments that bear them out, in their order. */
  overviewEvidence: OverviewEvidence[];
  emoji: string;
  category: Category;
  actionItems: ActionItemClaim[];
  /** What may be a task, but is not likely enough to be claimed: the user decides. */
  suggestedTasks: ActionItemClaim[];
  events: EventClaim[];
  memories: MemoryClaim[];
  metadata: SearchMetadata;
  /** What the engine could not do, in a sentence for the user; null if nothing. */
  note: string | null;
}

/**
 * Makes structure from a transcript. Throws an `AppError`; never returns a claim without source.
 * `describe` names the engine and, if there is one, its model.
 */
export interface UnderstandingEngine {
  readonly kind: 'model' | 'rules';
  readonly model: string | null;
  understand(input: UnderstandingInput, signal: AbortSignal): Promise<Understanding>;
}
