import type { Clock } from '../../kernel/clock.ts';
import { describeError, isAppError } from '../../kernel/errors.ts';
import type { Logger } from '../../kernel/logger.ts';
import { personalName, users } from '../../model/accounts/user.ts';
import { type CollectionDefinition, GLOBAL } from '../../model/collection.ts';
import { type Conversation, conversations } from '../../model/conversations/conversation.ts';
import { type Memory, memories } from '../../model/memory.ts';
import { people } from '../../model/people/person.ts';
import { type ActionItem, actionItems } from '../../model/tasks/action-item.ts';
import type { DocumentStore } from '../../store/document-store.ts';
import { wordsOf } from '../../text/tokenizer.ts';
import { isAskingWord } from '../../text/word-classes.ts';
import type { SearchFeed } from '../indexing/search-feed.ts';
import {
  type AskedPerson,
  type SearchIndex,
  type SearchKind,
  USER_SPEAKER,
} from '../search-index.ts';
import {
  type ConversationSearch,
  type ConversationSearchPage,
  type DocumentSearch,
  type FoundConversation,
  fitsSearch,
  isNarrow,
} from './conversation-search.ts';
import {
  type ConversationMatch,
  type Found,
  type Group,
  groupByConversation,
} from './group-hits.ts';
import { listMatches, type Match, type RankedHit, withoutRepeats } from './match-list.ts';
import { newestOfRungs } from './newest-conversations.ts';
import { findPeopleByWords, findPeopleInQuestion, type NamedPerson } from './people-in-question.ts';
import {
  heldFilter,
  isTimeMeant,
  type QuestionTime,
  type ReadQuestionTime,
  type Rung,
  widen,
  withoutTime,
} from './question-filter.ts';

/** How long an answer waits for the index to catch up; after that it answers from what is there. */
const CATCH_UP_MS = 2000;
/** Hits that are asked for, for each conversation wanted: several windows may be of the same one. */
const HITS_PER_CONVERSATION = 8;
const MIN_HITS = 100;
const MAX_HITS = 4000;
/** People whose names a question is compared with. */
const MAX_PEOPLE = 1000;
/** Conversations with a person that a search is narrowed to, those that were heard last. */
const MAX_WITH_PERSON = 10_000;

/** How a query was understood. */
export interface Understood {
  /** The words that are looked for. */
  query: string;
  /** The time that the query names; null for none. */
  time: QuestionTime | null;
  /** Whom it names; `personId` is null for the user. */
  people: { personId: string | null; name: string; words: readonly string[] }[];
}

/** A page of conversations beside a page of all that was found, transcripts or not, best first. */
export interface SearchPage extends ConversationSearchPage {
  /** If nothing was asked for but a time, the conversations with their overviews. */
  matches: Match[];
  understood: Understood;
}

export interface SearchServiceOptions {
  store: DocumentStore;
  index: SearchIndex;
  feed: SearchFeed;
  clock: Clock;
  /** Zone of users who have not told theirs, IANA. */
  defaultTimeZone: string;
  /** Null: times in a query are words like any other. */
  readTime: ReadQuestionTime | null;
  logger: Logger;
}

/** Answers searches from the index with the documents as they stand in the store. */
export class SearchService {
  readonly #store: DocumentStore;
  readonly #index: SearchIndex;
  readonly #feed: SearchFeed;
  readonly #logger: Logger;
  readonly #options: Pick<SearchServiceOptions, 'clock' | 'defaultTimeZone' | 'readTime'>;

  constructor(options: SearchServiceOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#index = options.index;
    this.#feed = options.feed;
    this.#logger = options.logger;
  }

  /** One page of the conversations that answer a query, titles and transcripts alike. */
  async searchConversations(
    uid: string,
    search: ConversationSearch,
  ): Promise<ConversationSearchPage> {
    const question = await this.#read(uid, search);
    if (question.query === '') return newestOfRungs(this.#store, uid, search, question.rungs);
    const found = await this.#climb(uid, search, question, TALK_KINDS);
    return this.#pageOf(uid, search, await this.#narrow(uid, search, found));
  }

  /**
   * The conversations that answer a query, and beside them one list of sentences of transcripts,
   * conversations, memories, action items and people, best first.
   */
  async searchEverything(uid: string, asked: ConversationSearch): Promise<SearchPage> {
    const search = await this.#withPerson(uid, asked);
    const question = await this.#read(uid, search);
    const understood = {
      query: question.query,
      time: question.time,
      people: question.people.map(({ speaker, name, words }) => ({
        personId: speaker === USER_SPEAKER ? null : speaker,
        name: name ?? '',
        words,
      })),
    };
    if (question.query === '') {
      const newest = await newestOfRungs(this.#store, uid, search, question.rungs);
      return { ...newest, matches: newest.items.map(toTimeMatch), understood };
    }
    const kinds = ALL_KINDS.filter((kind) => search.kinds?.includes(kind) ?? true);
    const all = await this.#climb(uid, search, question, kinds);
    const found = await this.#narrow(uid, search, all);
    const page = await this.#pageOf(uid, search, found);
    const wantsPeople =
      search.page === 1 && (search.kinds?.includes('person') ?? !isNarrow(search));
    const named = wantsPeople ? findPeopleByWords(question.query, question.known) : [];
    const matches = await this.#matchesOf(uid, search, question, found.hits);
    const best = matches[0]?.score ?? 1;
    const people = named.map((person) => toMatch(person, best));
    return { ...page, matches: [...people, ...matches], understood };
  }

  async #withPerson(uid: string, search: ConversationSearch): Promise<ConversationSearch> {
    const { heardIn } = search;
    if (heardIn === undefined) return search;
    return { ...search, within: await this.conversationsOf(uid, heardIn, MAX_WITH_PERSON) };
  }

  /** What comes from the conversations of the folder, with the star or the traits that are asked for. */
  async #narrow(uid: string, search: ConversationSearch, found: Found): Promise<Found> {
    if (!isNarrow(search)) return found;
    const idOf = ({ conversationId, kind, id }: RankedHit) =>
      conversationId ?? (kind === 'conversation' ? id : null);
    const ids = new Set(found.hits.flatMap((hit) => idOf(hit) ?? []));
    const talks = await this.#store.findMany(conversations, uid, [...ids]);
    const fitting = new Set(talks.filter((talk) => fitsSearch(search, talk)).map(({ id }) => id));
    return {
      ...found,
      hits: found.hits.filter((hit) => fitting.has(idOf(hit) ?? '')),
      groups: found.groups.filter(({ conversationId }) => fitting.has(conversationId)),
    };
  }

  /** What was said that answers a query, best first, whichever conversation it is in. */
  async searchWindows(
    uid: string,
    search: Omit<ConversationSearch, 'page' | 'perPage'> & { limit: number },
  ): Promise<(ConversationMatch & { conversation: Conversation })[]> {
    const perPage = Math.ceil(search.limit / HITS_PER_CONVERSATION);
    const asked = { ...search, page: 1, perPage };
    const question = await this.#read(uid, asked);
    if (question.query === '') return [];
    const { hits } = await this.#climb(uid, asked, question, ['window']);
    const windows = hits.slice(0, search.limit);
    const ids = [...new Set(windows.flatMap(({ conversationId }) => conversationId ?? []))];
    const found = await this.#store.findMany(conversations, uid, ids);
    const byId = new Map(found.map((conversation) => [conversation.id, conversation]));
    return windows.flatMap((window) => {
      const conversation = byId.get(window.conversationId ?? '');
      if (!conversation || conversation.isLocked) return [];
      return conversation.discarded && !search.includeDiscarded
        ? []
        : [{ ...window, conversation }];
    });
  }

  async #matchesOf(
    uid: string,
    { page, perPage, includeDiscarded }: ConversationSearch,
    { query }: Question,
    all: readonly RankedHit[],
  ): Promise<Match[]> {
    const hits = withoutRepeats(all).slice((page - 1) * perPage, page * perPage);
    const sources = { store: this.#store, index: this.#index };
    return listMatches(sources, uid, { query, hits, includeDiscarded });
  }

  async #pageOf(
    uid: string,
    search: ConversationSearch,
    { groups, more }: Found,
  ): Promise<ConversationSearchPage> {
    const { page, perPage } = search;
    const shown = groups.slice((page - 1) * perPage, page * perPage);
    const found = await this.#store.findMany(
      conversations,
      uid,
      shown.map((group) => group.conversationId),
    );
    const byId = new Map(found.map((conversation) => [conversation.id, conversation]));
    const items = shown.flatMap(({ conversationId, matches, filter }) => {
      const conversation = byId.get(conversationId);
      // The index may be behind the store: what the store says now decides.
      if (!conversation || conversation.isLocked) return [];
      if (conversation.discarded && !search.includeDiscarded) return [];
      return [{ conversation, matches, filter }];
    });
    const counted = Math.ceil(groups.length / perPage);
    return { items, page, perPage, totalPages: Math.max(1, counted, more ? page + 1 : 0) };
  }

  /** Memories that answer a query, best first, those that the user rejected left out. */
  async searchMemories(
    uid: string,
    search: DocumentSearch,
  ): Promise<{ memory: Memory; score: number }[]> {
    const found = await this.#documents(uid, search, 'memory', memories);
    return found
      .filter(({ document }) => document.userReview !== false && !document.isLocked)
      .map(({ document, score }) => ({ memory: document, score }));
  }

  /** Action items that answer a query, best first. */
  async searchActionItems(
    uid: string,
    search: DocumentSearch,
  ): Promise<{ actionItem: ActionItem; score: number }[]> {
    const found = await this.#documents(uid, search, 'action_item', actionItems);
    return found
      .filter(({ document }) => !document.isLocked)
      .map(({ document, score }) => ({ actionItem: document, score }));
  }

  async #documents<T extends { id: string }>(
    uid: string,
    search: DocumentSearch,
    kind: SearchKind,
    collection: CollectionDefinition<T>,
  ): Promise<{ document: T; score: number }[]> {
    await this.#catchUp(uid);
    const hits = await this.#index.search(uid, {
      query: search.query,
      kinds: [kind],
      from: null,
      to: null,
      people: [],
      includeDiscarded: true,
      within: search.within ?? null,
      limit: search.limit,
    });
    const ids = hits.map((hit) => hit.id);
    const found = await this.#store.findMany(collection, uid, ids);
    const byId = new Map(found.map((document) => [document.id, document]));
    return hits.flatMap(({ id, score }) => {
      const document = byId.get(id);
      return document ? [{ document, score }] : [];
    });
  }

  /** Takes a query apart: whom it names, the time that it names, and what remains of it. */
  async #read(uid: string, search: ConversationSearch): Promise<Question> {
    const { query, startDate, endDate } = search;
    const given: Rung = { from: startDate, to: endDate, time: 'given' };
    if (startDate !== null || endDate !== null) {
      const asked = await this.#peopleIn(uid, query);
      return { query: query.trim(), ...asked, time: null, rungs: [given] };
    }
    if (query.trim() === '') {
      return { query: '', people: [], known: [], time: null, rungs: [UNASKED] };
    }
    const time = await this.#timeIn(uid, query);
    const asked = await this.#peopleIn(uid, query);
    if (time === null) return { query, ...asked, time, rungs: [UNASKED] };
    const rest = withoutTime(query, time);
    const telling = asked.people.length > 0 || wordsOf(rest).some((word) => !isAskingWord(word));
    return { query: telling ? rest : '', ...asked, time, rungs: widen(time) };
  }

  async #timeIn(uid: string, query: string): Promise<QuestionTime | null> {
    const { clock, defaultTimeZone, readTime } = this.#options;
    if (readTime === null) return null;
    const user = await this.#store.find(users, GLOBAL, uid);
    const now = clock.now();
    const time = await readTime(query, { now, timeZone: user?.timeZone ?? defaultTimeZone });
    return time !== null && isTimeMeant(time, now) ? time : null;
  }

  async #peopleIn(uid: string, query: string): Promise<Pick<Question, 'people' | 'known'>> {
    if (query.trim() === '') return { people: [], known: [] };
    const request = { query: 'byName', limit: MAX_PEOPLE } as const;
    const { items } = await this.#store.query(people, uid, request);
    const user = await this.#store.find(users, GLOBAL, uid);
    return { people: findPeopleInQuestion(query, items, personalName(user)), known: items };
  }

  /** Searches rung by rung until there is enough; what a narrower one found stays before it. */
  async #climb(
    uid: string,
    search: ConversationSearch,
    question: Question,
    kinds: readonly SearchKind[],
  ): Promise<Found> {
    const wanted = search.page * search.perPage + 1;
    const limit = Math.min(MAX_HITS, Math.max(MIN_HITS, wanted * HITS_PER_CONVERSATION));
    await this.#catchUp(uid);
    const groups = new Map<string, Group>();
    const ranked = new Map<string, RankedHit>();
    let more = false;
    for (const rung of question.rungs) {
      const hits = await this.#index.search(uid, {
        query: question.query,
        kinds,
        from: rung.from,
        to: rung.to,
        people: [...question.people, ...(search.heardFirst ?? [])],
        includeDiscarded: search.includeDiscarded,
        within: search.within ?? null,
        limit,
      });
      more ||= hits.length >= limit;
      for (const hit of hits) {
        const key = `${hit.kind}:${hit.id}`;
        const filter = heldFilter(rung, hit, question.people.length);
        if (!ranked.has(key)) ranked.set(key, { ...hit, filter });
      }
      const talks = hits.filter(({ kind }) => TALK_KINDS.includes(kind));
      for (const group of groupByConversation(talks, rung, question.people.length)) {
        if (!groups.has(group.conversationId)) groups.set(group.conversationId, group);
      }
      if (groups.size >= wanted) break;
    }
    return { groups: [...groups.values()], hits: [...ranked.values()], more };
  }

  /**
   * Returns the ids of the conversations in which somebody speaks, those that were heard last first.
   * `speaker` is a person id or `USER_SPEAKER`.
   */
  async conversationsOf(uid: string, speaker: string, limit: number): Promise<string[]> {
    await this.#catchUp(uid);
    return await this.#index.conversationsOf(uid, speaker, limit);
  }

  /** Catches up for a bounded time: an index that is behind is better than no answer. */
  async #catchUp(uid: string): Promise<void> {
    try {
      await this.#feed.catchUp(uid, AbortSignal.timeout(CATCH_UP_MS));
    } catch (error) {
      if (isAppError(error, 'aborted')) {
        this.#logger.info('search answered before the index was up to date');
      } else {
        this.#logger.error({ error: describeError(error) }, 'catching up before a search failed');
      }
    }
  }
}

const UNASKED: Rung = { from: null, to: null, time: 'unasked' };

const TALK_KINDS: readonly SearchKind[] = ['conversation', 'window'];
const ALL_KINDS: readonly SearchKind[] = [...TALK_KINDS, 'memory', 'action_item'];

/** A query taken apart. */
interface Question {
  /** What is looked for; empty: the newest. */
  query: string;
  people: readonly AskedPerson[];
  /** All people of the user, if any query was read. */
  known: readonly NamedPerson[];
  /** The time that it names; null if it names none, or bounds were given. */
  time: QuestionTime | null;
  /** The narrowest first. */
  rungs: readonly Rung[];
}

/** A person whose name was typed, before all that was said. */
function toMatch(
  { person, marks }: { person: NamedPerson; marks: [number, number][] },
  score: number,
): Match {
  const { id, name, createdAt } = person;
  return {
    kind: 'person',
    id,
    conversation: null,
    segmentIds: [],
    happenedAt: createdAt,
    score,
    matched: ['words'],
    filter: { time: 'unasked', person: 'held' },
    isUser: false,
    personId: id,
    text: name,
    marks,
    reply: null,
  };
}

/** A conversation that was found by its time alone. */
function toTimeMatch({ conversation, filter }: FoundConversation): Match {
  const { id, startedAt, createdAt, structured } = conversation;
  return {
    kind: 'conversation',
    id,
    conversation,
    segmentIds: [],
    happenedAt: startedAt ?? createdAt,
    score: 0,
    matched: [],
    filter,
    isUser: false,
    personId: null,
    text: structured.overview,
    marks: [],
    reply: null,
  };
}
