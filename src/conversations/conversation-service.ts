import type { KeptDeletions } from '../deletions/deletions.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { users } from '../model/accounts/user.ts';
import { GLOBAL } from '../model/collection.ts';
import {
  type Conversation,
  conversations,
  type Visibility,
} from '../model/conversations/conversation.ts';
import type { ConversationPhoto } from '../model/conversations/conversation-photo.ts';
import { sharedConversations } from '../model/conversations/shared-conversation.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import { type Person, people } from '../model/people/person.ts';
import { searchChanged } from '../search/search-changed.ts';
import { type ListPage, queryAll, queryKept } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { assignSpeakers } from '../transcripts/assign-speakers.ts';
import { loadPhotos } from '../transcripts/conversation-photos.ts';
import type { SpeakerAssignment } from '../transcripts/speaker-assignment.ts';
import {
  loadFinalisedSegments,
  loadTranscript,
  updateSegments,
} from '../transcripts/transcript.ts';
import {
  editTime,
  getConversation,
  getOpenConversation,
  requireUnlocked,
} from './conversation-access.ts';
import {
  type ConversationFilter,
  type ListedTraits,
  listConversations,
  listTraits,
  toRequest,
} from './conversation-list.ts';
import { deleteConversation } from './delete-conversation.ts';
import { keepConversation } from './restore-conversation.ts';

/** A conversation with its transcript. */
export interface ConversationWithTranscript {
  conversation: Conversation;
  segments: TranscriptSegment[];
}

/** Everything that is kept of one conversation. */
export interface ConversationRecord extends ConversationWithTranscript {
  photos: ConversationPhoto[];
}

/** A conversation that everybody may read who has its link. */
export interface SharedConversation extends ConversationWithTranscript {
  people: Person[];
  /** Empty if the owner has given no name. */
  ownerName: string;
}

/** Which of the completed conversations `page` returns. */
export type ConversationPageFilter = Pick<
  ConversationFilter,
  'createdFrom' | 'createdTo' | 'folderId' | 'starred'
> & {
  /** Empty: all. */
  categories: readonly string[];
  updatedSince: number | null;
};

/** Restricts nothing. */
export const ANY_CONVERSATION: ConversationPageFilter = {
  createdFrom: null,
  createdTo: null,
  folderId: null,
  starred: null,
  categories: [],
  updatedSince: null,
};

export interface ReprocessOptions {
  /** Language to write in, null for the conversation's own. */
  languageCode: string | null;
  /** Summary app to run alone, null for the whole processing. */
  appId: string | null;
  /** Ends the wait for an app. */
  signal: AbortSignal;
}

export interface FinaliseBody {
  calendarMeetingContext: Record<string, unknown> | null;
}

export interface ConversationServiceOptions {
  /** Ids of the conversations in which a person speaks, those that were heard last first. */
  conversationsOf: (uid: string, personId: string, limit: number) => Promise<string[]>;
  store: DocumentStore;
  clock: Clock;
  /** Processes a conversation again, or lets one app write its summary. Returns it as it then is. */
  reprocess: (uid: string, id: string, options: ReprocessOptions) => Promise<Conversation>;
  /**
   * Ends the user's live conversation and processes it; null if there is none. `device` is how the device
   * names itself that asks, null if it does not.
   */
  finaliseCurrent: (
    uid: string,
    body: FinaliseBody,
    device: string | null,
  ) => Promise<Conversation | null>;
  /** Ends one live conversation; returns it as it is if it has ended, null if there is none. */
  finalise: (uid: string, id: string, body: FinaliseBody) => Promise<Conversation | null>;
  /** Removes the audio of a conversation; removing what is absent is no error. */
  eraseRecordings: (uid: string, conversationId: string) => Promise<void>;
  /** As `eraseRecordings`, but leaves the files: the deletion that is kept erases them. */
  forgetRecordings: (uid: string, conversationId: string) => Promise<void>;
  /** Keeps what is deleted for a while; absent: it is gone at once. */
  deletions?: KeptDeletions;
}

/** Reading conversations, and the edits that a user makes to one. Every id is looked up under its user. */
export class ConversationService {
  readonly #options: ConversationServiceOptions;

  constructor(options: ConversationServiceOptions) {
    this.#options = options;
  }

  /**
   * Newest first. The transcripts are the finalised ones; live segments, one document each, are read
   * only if nothing but live conversations is asked for: that is how a client that connects again
   * loads what it missed, and there is at most a handful of them.
   */
  async list(
    uid: string,
    filter: ConversationFilter,
    page: { offset: number; limit: number },
  ): Promise<ConversationWithTranscript[]> {
    if (filter.statuses.length === 0) return [];
    const { store } = this.#options;
    const items = await listConversations(this.#options, uid, filter, page);
    const onlyLive = filter.statuses.every((status) => status === 'in_progress');
    const answer: ConversationWithTranscript[] = [];
    for (const conversation of items) {
      const segments = onlyLive
        ? await loadTranscript(store, uid, conversation)
        : await loadFinalisedSegments(store, uid, conversation);
      answer.push({ conversation, segments });
    }
    return answer;
  }

  /**
   * Returns one page of the completed conversations without discarded and locked ones and without
   * transcripts: newest first, or by their last change if `updatedSince` is given, oldest first. Empty
   * `categories` means all.
   */
  async page(
    uid: string,
    filter: ConversationPageFilter,
    page: ListPage,
  ): Promise<{ items: Conversation[]; nextCursor: string | null }> {
    const { categories, updatedSince, createdFrom, createdTo, folderId, starred } = filter;
    const request =
      updatedSince === null
        ? toRequest({ ...filter, statuses: ['completed'], includeDiscarded: false })
        : {
            query: 'changed' as const,
            filters: { status: ['completed' as const], discarded: false },
            from: updatedSince,
          };
    return await queryKept(
      this.#options.store,
      conversations,
      uid,
      request,
      page,
      (conversation) =>
        !conversation.isLocked &&
        (categories.length === 0 || categories.includes(conversation.structured.category)) &&
        (folderId === null || conversation.folderId === folderId) &&
        (starred === null || conversation.starred === starred) &&
        (createdFrom === null || conversation.createdAt >= createdFrom) &&
        (createdTo === null || conversation.createdAt <= createdTo),
    );
  }

  /** The categories and sources that the newest conversations have, in the order of the alphabet. */
  async traits(uid: string): Promise<ListedTraits> {
    return await listTraits(this.#options.store, uid);
  }

  async count(uid: string, filter: ConversationFilter): Promise<number> {
    if (filter.statuses.length === 0) return 0;
    let count = 0;
    for await (const _ of queryAll(this.#options.store, conversations, uid, toRequest(filter))) {
      count += 1;
    }
    return count;
  }

  /** One conversation with its whole transcript and its photos; `not-found`, `payment-required`. */
  async get(uid: string, id: string): Promise<ConversationRecord> {
    return this.#record(uid, await getOpenConversation(this.#options.store, uid, id));
  }

  /** The photos of a conversation in the order in which they were taken; `not-found`. */
  async photos(uid: string, id: string): Promise<ConversationPhoto[]> {
    const { store } = this.#options;
    await getOpenConversation(store, uid, id);
    return loadPhotos(store, uid, id);
  }

  /**
   * Removes a conversation and its recordings, which can be brought back for a while; audio that was not
   * transcribed yet is gone at once. Removing what is absent is no error.
   */
  async delete(uid: string, id: string, options: { cascade: boolean }): Promise<void> {
    const { store, clock, deletions, eraseRecordings, forgetRecordings } = this.#options;
    const how = { cascade: options.cascade, now: clock.now() };
    const isKept = deletions && (await keepConversation(store, deletions, uid, id, how));
    if (isKept) await forgetRecordings(uid, id);
    else await eraseRecordings(uid, id);
    await deleteConversation(store, uid, id, how);
  }

  /** Gives the title; processing the conversation again then leaves it alone. */
  async setTitle(uid: string, id: string, title: string): Promise<void> {
    await this.#edit(uid, id, 'searchable', ({ structured }) => ({
      structured: { ...structured, title },
      titleEdited: true,
    }));
  }

  /**
   * Changes the summary: the overview, or the one that the app `appId` made. Processing the
   * conversation again then leaves it alone.
   */
  async setSummary(uid: string, id: string, appId: string | null, content: string): Promise<void> {
    await this.#edit(uid, id, 'searchable', ({ structured, appsResults, editedAppIds }) => {
      if (appId === null) {
        return { structured: { ...structured, overview: content }, overviewEdited: true };
      }
      const index = appsResults.findIndex((result) => result.appId === appId);
      if (index < 0) {
        throw new AppError('not-found', 'App summary not found for this conversation');
      }
      return {
        appsResults: appsResults.map((r, i) => (i === index ? { ...r, content } : r)),
        editedAppIds: [...new Set([...editedAppIds, appId])],
      };
    });
  }

  /** Hides a conversation from lists, or shows it again. */
  async setDiscarded(uid: string, id: string, discarded: boolean): Promise<void> {
    await this.#edit(uid, id, 'searchable', () => ({ discarded }));
  }

  async setStarred(uid: string, id: string, starred: boolean): Promise<void> {
    await this.#edit(uid, id, 'not searchable', () => ({ starred }));
  }

  /** Marks calendar events as created or not, by index; indexes out of range are skipped. */
  async setEventsCreated(
    uid: string,
    id: string,
    changes: readonly { index: number; created: boolean }[],
  ): Promise<void> {
    await this.#edit(uid, id, 'not searchable', ({ structured }) => {
      const events = structured.events.map((event) => ({ ...event }));
      for (const { index, created } of changes) {
        const event = events[index];
        if (event) event.created = created;
      }
      return { structured: { ...structured, events } };
    });
  }

  /** Publishes a conversation under its id, or takes it back. */
  async setVisibility(uid: string, id: string, visibility: Visibility): Promise<void> {
    const { store, clock } = this.#options;
    await store.transact(async (tx) => {
      const conversation = await getOpenConversation(tx, uid, id);
      const shared = await tx.find(sharedConversations, GLOBAL, id);
      if (shared && shared.uid !== uid) {
        throw new AppError('already-exists', 'A conversation with this id is already shared');
      }
      const updatedAt = editTime(conversation, clock.now());
      tx.patch(conversations, uid, id, { visibility, updatedAt });
      if (visibility === 'private') tx.delete(sharedConversations, GLOBAL, id);
      else tx.put(sharedConversations, GLOBAL, { id, uid });
    });
  }

  /** Returns a published conversation by its id, with its speakers and the name of who has published it. */
  async getShared(id: string): Promise<SharedConversation> {
    const { store } = this.#options;
    const shared = await store.find(sharedConversations, GLOBAL, id);
    const conversation = shared && (await store.find(conversations, shared.uid, id));
    if (!shared || !conversation || conversation.visibility === 'private') {
      throw new AppError('not-found', 'Conversation is private');
    }
    requireUnlocked(conversation);
    const segments = await loadTranscript(store, shared.uid, conversation);
    const ids = new Set(segments.flatMap(({ personId }) => (personId === null ? [] : [personId])));
    const speakers = await store.findMany(people, shared.uid, [...ids]);
    const owner = await store.find(users, GLOBAL, shared.uid);
    return { conversation, segments, people: speakers, ownerName: owner?.name ?? '' };
  }

  /**
   * Gives a segment another text; what was heard is kept beside it. Its words, with their times, and
   * its translations were of the old text and go.
   */
  async setSegmentText(uid: string, id: string, segmentId: string, text: string): Promise<void> {
    const { store, clock } = this.#options;
    await store.transact(async (tx) => {
      await getOpenConversation(tx, uid, id);
      const { changed } = await updateSegments(tx, uid, id, clock.now(), (segment) =>
        segment.id === segmentId
          ? {
              ...segment,
              text,
              originalText: segment.originalText ?? segment.text,
              words: [],
              translations: [],
            }
          : undefined,
      );
      if (changed === 0) throw new AppError('not-found', 'Segment not found');
    });
  }

  /**
   * Says who speaks in the segments that `matches` picks, and in what the same speakers go on to say;
   * answers the conversation. Voices are learned from it if `learn` is set.
   */
  async assignSegments(
    uid: string,
    id: string,
    matches: (segment: TranscriptSegment) => boolean,
    assignment: SpeakerAssignment,
    options: { learn: boolean } = { learn: true },
  ): Promise<ConversationRecord> {
    const { store, clock } = this.#options;
    await store.transact(async (tx) => {
      await getOpenConversation(tx, uid, id);
      const request = { conversationId: id, matches, assignment, now: clock.now() };
      await assignSpeakers(tx, uid, { ...request, ...options });
    });
    return this.get(uid, id);
  }

  /** Processes a conversation again, discarded or not. */
  async reprocess(uid: string, id: string, options: ReprocessOptions): Promise<ConversationRecord> {
    const { store } = this.#options;
    await getOpenConversation(store, uid, id);
    return this.#record(uid, await this.#options.reprocess(uid, id, options));
  }

  /**
   * Ends the live conversation and returns it, processed or on its way.
   *
   * @throws AppError `not-found` without one
   */
  async finaliseCurrent(
    uid: string,
    body: FinaliseBody,
    device: string | null,
  ): Promise<ConversationRecord> {
    const conversation = await this.#options.finaliseCurrent(uid, body, device);
    if (!conversation) throw new AppError('not-found', 'Conversation in progress not found');
    return this.#record(uid, conversation);
  }

  /**
   * Ends one live conversation and returns it on its way to be processed; one that has ended is returned
   * as it is. Errors: `not-found`, also if it had no words; `payment-required`.
   */
  async finalise(uid: string, id: string, body: FinaliseBody): Promise<ConversationRecord> {
    await getOpenConversation(this.#options.store, uid, id);
    const conversation = await this.#options.finalise(uid, id, body);
    if (!conversation) throw new AppError('not-found', 'Conversation not found');
    return this.#record(uid, conversation);
  }

  /** Throws `not-found` if the user has no such conversation. */
  async requireConversation(uid: string, id: string): Promise<Conversation> {
    return await getConversation(this.#options.store, uid, id);
  }

  async #record(uid: string, conversation: Conversation): Promise<ConversationRecord> {
    const { store } = this.#options;
    const segments = await loadTranscript(store, uid, conversation);
    return { conversation, segments, photos: await loadPhotos(store, uid, conversation.id) };
  }

  async #edit(
    uid: string,
    id: string,
    kind: 'searchable' | 'not searchable',
    change: (conversation: Conversation) => Partial<Omit<Conversation, 'id'>>,
  ): Promise<void> {
    const { store, clock } = this.#options;
    await store.transact(async (tx) => {
      const conversation = await getOpenConversation(tx, uid, id);
      const now = clock.now();
      const updatedAt = editTime(conversation, now);
      tx.patch(conversations, uid, id, { ...change(conversation), updatedAt });
      if (kind === 'searchable') searchChanged(tx, uid, 'conversation', id, now);
    });
  }
}
