import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, dataOf } from './client.ts';
import { type Days, instantsOf } from './days.ts';
import type { ActionItem, Answer, Conversation, Memory } from './types.ts';

type Traits = Answer<'/v1/conversations/filters'>;
type Category = Traits['categories'][number];
type Source = Traits['sources'][number];

/** What a list of conversations is narrowed by; it is the search part of the timeline's address. */
export interface TimelineFilter extends Days {
  q?: string | undefined;
  starred?: boolean | undefined;
  /** Id of a folder. */
  folder?: string | undefined;
  /** Id of a person who speaks in them. */
  person?: string | undefined;
  category?: Category | undefined;
  source?: Source | undefined;
  tasks?: boolean | undefined;
  discarded?: boolean | undefined;
}

const PAGE = 60;
/** Whoever scrolls on gets more at once. */
const FURTHER_PAGE = 240;
/** Tasks and memories are short. */
const SHORT_PAGE = 100;
const FURTHER_SHORT_PAGE = 500;
/** A list with more pages is not loaded again as a whole without need: it is told of changes anyway. */
export const MAX_RELOADED_PAGES = 10;

export const profileQuery = queryOptions({
  queryKey: ['profile'],
  queryFn: ({ signal }) => dataOf(api.GET('/v1/users/profile', { signal })),
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
});

/** A part of a list. */
export interface ListPage<T> {
  items: T[];
  hasMore: boolean;
}
export type ConversationPage = ListPage<Conversation>;

/** Pages by the number of what was loaded, because rows may have been added or removed meanwhile. */
function byOffset<T>() {
  return {
    initialPageParam: 0,
    // Otherwise each page that comes is compared with all the others, member by member.
    structuralSharing: false,
    refetchOnWindowFocus: isShort,
    refetchOnMount: isShort,
    refetchOnReconnect: isShort,
    getNextPageParam: (last: ListPage<T>, pages: ListPage<T>[]) =>
      last.hasMore ? pages.reduce((count, { items }) => count + items.length, 0) : undefined,
  };
}

/** Conversations, newest first, page by page; by words if the filter has any. */
export function conversationsQuery(filter: TimelineFilter) {
  return infiniteQueryOptions({
    queryKey: ['conversations', filter],
    ...byOffset<Conversation>(),
    queryFn: ({ pageParam, signal }) =>
      filter.q ? searchPage(filter, pageParam, signal) : listPage(filter, pageParam, signal),
  });
}

function isShort({
  state,
}: {
  state: { data: { pages: readonly unknown[] } | undefined };
}): boolean {
  return (state.data?.pages.length ?? 0) <= MAX_RELOADED_PAGES;
}

/** What both routes narrow conversations by. */
function narrowing(filter: TimelineFilter) {
  const { discarded, starred, folder, person, category, source, tasks, ...days } = filter;
  return {
    include_discarded: discarded ?? false,
    ...(starred === undefined ? {} : { starred }),
    ...(folder ? { folder_id: folder } : {}),
    ...(person ? { person_id: person } : {}),
    ...(category ? { category } : {}),
    ...(source ? { source } : {}),
    ...(tasks === undefined ? {} : { has_tasks: tasks }),
    ...instantsOf(days),
  };
}

async function listPage(
  filter: TimelineFilter,
  offset: number,
  signal: AbortSignal,
): Promise<ConversationPage> {
  const limit = offset === 0 ? PAGE : FURTHER_PAGE;
  const items = await dataOf(
    api.GET('/v1/conversations', {
      params: {
        query: {
          limit,
          offset,
          statuses: 'in_progress,processing,completed,failed',
          ...narrowing(filter),
        },
      },
      signal,
    }),
  );
  return { items, hasMore: items.length === limit };
}

async function searchPage(
  filter: TimelineFilter,
  offset: number,
  signal: AbortSignal,
): Promise<ConversationPage> {
  const { items } = await dataOf(
    api.POST('/v1/conversations/search', {
      body: {
        query: filter.q ?? '',
        page: Math.ceil(offset / PAGE) + 1,
        per_page: PAGE,
        ...narrowing(filter),
      },
      signal,
    }),
  );
  return { items, hasMore: items.length === PAGE };
}

/** The categories and sources that conversations have. */
export const traitsQuery = queryOptions({
  queryKey: ['conversation-traits'],
  queryFn: ({ signal }) => dataOf(api.GET('/v1/conversations/filters', { signal })),
  staleTime: 60_000,
});

export function conversationQuery(id: string) {
  return queryOptions({
    queryKey: ['conversation', id],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/v1/conversations/{id}', { params: { path: { id } }, signal })),
  });
}

/** Links to the audio of a conversation and when each word is heard. The links work for an hour. */
/** @param files ids of the conversation's audio files: with another file its links are others */
export function playbackQuery(id: string, files: string) {
  return queryOptions({
    queryKey: ['playback', id, files],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/v1/conversations/{id}/playback', { params: { path: { id } }, signal })),
    staleTime: 50 * 60_000,
  });
}

export const peopleQuery = queryOptions({
  queryKey: ['people'],
  queryFn: ({ signal }) => dataOf(api.GET('/v1/users/people', { signal })),
  staleTime: 60_000,
});

/** Key of everything that shows memories. */
export const MEMORIES_KEY = ['memories'];
/** Key of the lists of memories. */
export const MEMORY_LISTS_KEY = [...MEMORIES_KEY, 'list'];

/** What a list of memories is narrowed by. */
export interface MemoryFilter {
  awaitsReview: boolean;
  /** Null: of any category. */
  category: string | null;
  /** Words that stand in them; empty: any. */
  text: string;
}

/** Memories, the most telling first, page by page. */
export function memoryListQuery(filter: MemoryFilter) {
  return infiniteQueryOptions({
    queryKey: [...MEMORY_LISTS_KEY, filter],
    ...byOffset<Memory>(),
    queryFn: async ({ pageParam: offset, signal }) => {
      const { awaitsReview: awaits_review, category, text } = filter;
      const limit = offset === 0 ? SHORT_PAGE : FURTHER_SHORT_PAGE;
      const query = {
        limit,
        offset,
        awaits_review,
        exact_pages: true,
        ...(category === null ? {} : { categories: [category] }),
        ...(text === '' ? {} : { text }),
      };
      const items = await dataOf(api.GET('/v3/memories', { params: { query }, signal }));
      return { items, hasMore: items.length === limit };
    },
  });
}

/** The memories that were found in one conversation. */
export function memoriesOfQuery(conversation_id: string) {
  return queryOptions({
    queryKey: [...MEMORIES_KEY, 'of', conversation_id],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/v3/memories', { params: { query: { conversation_id } }, signal })),
  });
}

/** Key of everything that shows tasks. */
export const TASKS_KEY = ['action-items'];
/** Key of the lists of tasks. */
export const TASK_LISTS_KEY = [...TASKS_KEY, 'list'];

/** Open tasks by when they are due or by their conversations, or the done ones, newest first. */
export type TaskList = 'due' | 'conversation' | 'done';

/** A list of tasks, page by page. */
export function taskListQuery(list: TaskList) {
  return infiniteQueryOptions({
    queryKey: [...TASK_LISTS_KEY, list],
    ...byOffset<ActionItem>(),
    queryFn: async ({ pageParam: offset, signal }) => {
      const limit = offset === 0 ? SHORT_PAGE : FURTHER_SHORT_PAGE;
      const query = {
        limit,
        offset,
        completed: list === 'done',
        ...(list === 'due' ? { order: 'due' as const } : {}),
      };
      const { action_items: items, has_more: hasMore } = await dataOf(
        api.GET('/v1/action-items', { params: { query }, signal }),
      );
      return { items, hasMore };
    },
  });
}

/** Open proposals of tasks; they are loaded again with the tasks. */
export const proposedTasksQuery = queryOptions({
  queryKey: [...TASKS_KEY, 'proposed'],
  queryFn: ({ signal }) => dataOf(api.GET('/v1/staged-tasks', { signal })),
});

/** Key of the list of apps. */
export const APPS_KEY = ['apps'];
