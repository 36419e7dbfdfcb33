export type SearchKind = 'conversation' | 'window' | 'memory' | 'action_item';

/** Stands among person ids for the user whose index it is. */
export const USER_SPEAKER = 'user';

/** What a conversation is about, as Omi keeps it beside its vectors. */
export interface SearchFacets {
  people: readonly string[];
  topics: readonly string[];
  entities: readonly string[];
  dates: readonly string[];
}

/** One line of a window's text. */
export interface SpokenLine {
  segmentId: string;
  /** Person id, `USER_SPEAKER`, or null if nobody knows. */
  speaker: string | null;
}

/**
 * One thing that can be found. A `window` is a few neighbouring segments of a transcript; windows of
 * a conversation have the ids `<conversation id>:<n>`, counted from its beginning.
 */
export interface SearchDocument {
  /** Unique within the user and the kind. */
  id: string;
  kind: SearchKind;
  /** The conversation it belongs to; for a memory or action item, null if it has none. */
  conversationId: string | null;
  /** When it happened, epoch milliseconds: date filters refer to it. */
  happenedAt: number;
  /** Short heading, weighted above the text: title of a conversation, speaker names of a window. */
  title: string;
  text: string;
  /** What nobody has to have said to be found by it, weighted below the text: dates by name, topics. */
  context: string;
  segmentIds: readonly string[];
  /** Whose words each line of the text is, and in which segment; empty if it is not speech. */
  lines: readonly SpokenLine[];
  /** Who speaks in it: person ids, and `USER_SPEAKER`. */
  speakers: readonly string[];
  facets: SearchFacets;
  /** Of a memory; null for the others. */
  category: string | null;
  discarded: boolean;
}

/** A document with nothing but what is given. */
export function makeSearchDocument(
  parts: Pick<SearchDocument, 'id' | 'kind' | 'conversationId' | 'happenedAt'> &
    Partial<SearchDocument>,
): SearchDocument {
  return {
    title: '',
    text: '',
    context: '',
    segmentIds: [],
    lines: [],
    speakers: [],
    facets: { people: [], topics: [], entities: [], dates: [] },
    category: null,
    discarded: false,
    ...parts,
  };
}

/** Somebody whom a question names. */
export interface AskedPerson {
  /** Person id, or `USER_SPEAKER`. */
  speaker: string;
  /** Full name, null if unknown. */
  name: string | null;
  /** The words of the question that mean this person, in lower case. */
  words: readonly string[];
}

export interface SearchRequest {
  query: string;
  kinds: readonly SearchKind[];
  /** Inclusive bounds on `happenedAt`, epoch milliseconds. */
  from: number | null;
  to: number | null;
  /** What one of them says comes first; nothing is left out for it. Empty: nobody is named. */
  people: readonly AskedPerson[];
  includeDiscarded: boolean;
  /** Only what belongs to one of these conversations; absent or null: any. */
  within?: readonly string[] | null;
  limit: number;
}

export interface SearchHit {
  id: string;
  kind: SearchKind;
  conversationId: string | null;
  happenedAt: number;
  /** Higher is better; comparable within one answer only. */
  score: number;
  /** All its segments, empty for a conversation's own title and overview. */
  segmentIds: string[];
  /**
   * The segments whose words answer the query, the best first. All of them if only the meaning as a
   * whole matched, or nothing but the heading.
   */
  matchedSegmentIds: string[];
  /** Which ways it was found; `people`: one of the people asked for speaks in it. */
  matched: ('words' | 'meaning' | 'people')[];
}

/** A hit whose words are wanted: those of one segment, or of the document if that is null. */
export interface QuoteRequest {
  kind: SearchKind;
  id: string;
  segmentId: string | null;
}

/** What was said in one segment. */
export interface SpokenText {
  segmentId: string;
  /** Person id, `USER_SPEAKER`, or null if nobody knows. */
  speaker: string | null;
  text: string;
}

/** The sentence of a document that answers a query best, as long as it fits with those around it. */
export interface Quote {
  /** Null if it is not speech. */
  segmentId: string | null;
  speaker: string | null;
  text: string;
  /** What of the text matches: UTF-16 offsets, begin and end, in order. */
  marks: [from: number, to: number][];
  /** What somebody else says next if the sentence asks something. */
  reply: SpokenText | null;
}

/** What belongs to one subject replaces all that the index had of it; none means deleted. */
export interface SearchUpdate {
  kind: 'conversation' | 'memory' | 'action_item';
  subjectId: string;
  documents: readonly SearchDocument[];
}

/**
 * The derived index of one installation. It may be deleted at any time; `watermark` tells how far
 * it has read the store's changes, and moves in the same commit as the updates do.
 */
export interface SearchIndex {
  search(uid: string, request: SearchRequest): Promise<SearchHit[]>;
  /** Returns the words of hits in their order; null for what the index does not have any more. */
  quotes(uid: string, query: string, hits: readonly QuoteRequest[]): Promise<(Quote | null)[]>;
  /**
   * Returns the ids of the conversations in which somebody speaks, those that were heard last first.
   * `speaker` is a person id or `USER_SPEAKER`.
   */
  conversationsOf(uid: string, speaker: string, limit: number): Promise<string[]>;
  /** Applies updates and moves the watermark (a `changedAt`), atomically. */
  apply(uid: string, updates: readonly SearchUpdate[], watermark: number): Promise<void>;
  /** 0 for a user whose index does not exist. */
  watermark(uid: string): Promise<number>;
  /** Removes all that is kept of a user; fails, to be called again, if a part cannot be reached. */
  deleteUser(uid: string): Promise<void>;
  check(): Promise<void>;
  close(): Promise<void>;
}

/** The embedding model as the index sees it. */
export interface SearchEmbeddings {
  readonly model: string;
  /** One unit-length vector a text, in order; `uid` is whose texts they are. */
  embed(texts: readonly string[], signal: AbortSignal, uid: string): Promise<Float32Array[]>;
}
