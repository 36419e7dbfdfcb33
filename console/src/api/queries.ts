import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { request } from './client.ts';
import { type Days, instantsOf } from './days.ts';
import type { ActionItem, Conversation, Memory, Person, Playback } from './types.ts';

/** What a list of conversations is narrowed by; it is the search part of the timeline's address. */
export interface TimelineFilter extends Days {
  q?: string | undefined;
  starred?: boolean | undefined;
  /** Id of a folder. */
  folder?: string | undefined;
  discarded?: boolean | undefined;
}

const PAGE = 60;
/** Whoever scrolls on gets more at once. */
const FURTHER_PAGE = 240;
/** A list with more pages is not loaded again as a whole without need: it is told of changes anyway. */
export const MAX_RELOADED_PAGES = 10;

export interface Profile {
  uid: string;
  name: string;
  language: string | null;
  time_zone: string | null;
}

export const profileQuery = queryOptions({
  queryKey: ['profile'],
  queryFn: ({ signal }) => request<Profile>('/v1/users/profile', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
});

/** A part of a list of conversations. */
export interface ConversationPage {
  items: Conversation[];
  hasMore: boolean;
}

/** Conversations, newest first, page by page; by words if the filter has any. */
export function conversationsQuery(filter: TimelineFilter) {
  return infiniteQueryOptions({
    queryKey: ['conversations', filter],
    initialPageParam: 0,
    // Otherwise each page that comes is compared with all the others, member by member.
    structuralSharing: false,
    refetchOnWindowFocus: isShort,
    refetchOnMount: isShort,
    refetchOnReconnect: isShort,
    queryFn: ({ pageParam, signal }) =>
      filter.q ? searchPage(filter, pageParam, signal) : listPage(filter, pageParam, signal),
    // Counted, because rows may have been added or removed since their page was loaded.
    getNextPageParam: (last: ConversationPage, pages) =>
      last.hasMore ? pages.reduce((count, { items }) => count + items.length, 0) : undefined,
  });
}

function isShort({
  state,
}: {
  state: { data: { pages: readonly unknown[] } | undefined };
}): boolean {
  return (state.data?.pages.length ?? 0) <= MAX_RELOADED_PAGES;
}

async function listPage(
  filter: TimelineFilter,
  offset: number,
  signal: AbortSignal,
): Promise<ConversationPage> {
  const limit = offset === 0 ? PAGE : FURTHER_PAGE;
  const items = await request<Conversation[]>('/v1/conversations', {
    signal,
    query: {
      limit,
      offset,
      statuses: 'in_progress,processing,completed,failed',
      include_discarded: filter.discarded ?? false,
      starred: filter.starred,
      folder_id: filter.folder,
      ...instantsOf(filter),
    },
  });
  return { items, hasMore: items.length === limit };
}

async function searchPage(
  filter: TimelineFilter,
  offset: number,
  signal: AbortSignal,
): Promise<ConversationPage> {
  const { items } = await request<{ items: Conversation[] }>('/v1/conversations/search', {
    method: 'POST',
    signal,
    body: {
      query: filter.q,
      page: Math.ceil(offset / PAGE) + 1,
      per_page: PAGE,
      include_discarded: filter.discarded ?? false,
      starred: filter.starred,
      folder_id: filter.folder,
      ...instantsOf(filter),
    },
  });
  return { items, hasMore: items.length === PAGE };
}

export function conversationQuery(id: string) {
  return queryOptions({
    queryKey: ['conversation', id],
    queryFn: ({ signal }) =>
      request<Conversation>(`/v1/conversations/${encodeURIComponent(id)}`, { signal }),
  });
}

/** Links to the audio of a conversation and when each word is heard. The links work for an hour. */
/** @param files ids of the conversation's audio files: with another file its links are others */
export function playbackQuery(id: string, files: string) {
  return queryOptions({
    queryKey: ['playback', id, files],
    queryFn: ({ signal }) =>
      request<Playback>(`/v1/conversations/${encodeURIComponent(id)}/playback`, { signal }),
    staleTime: 50 * 60_000,
  });
}

export const peopleQuery = queryOptions({
  queryKey: ['people'],
  queryFn: ({ signal }) => request<Person[]>('/v1/users/people', { signal }),
  staleTime: 60_000,
});

/** Memories with their reviews, the newest first. */
export const memoriesQuery = queryOptions({
  queryKey: ['memories'],
  queryFn: ({ signal }) => request<Memory[]>('/v3/memories', { signal, query: { limit: 1000 } }),
});

export const actionItemsQuery = queryOptions({
  queryKey: ['action-items'],
  queryFn: ({ signal }) =>
    request<{ action_items: ActionItem[]; has_more: boolean }>('/v1/action-items', {
      signal,
      query: { limit: 500 },
    }),
});

/** Key of the list of apps. */
export const APPS_KEY = ['apps'];
