import { conversations } from '../model/conversations/conversation.ts';
import { folders } from '../model/conversations/folder.ts';
import { people } from '../model/people/person.ts';
import type { SearchService } from '../search/question/search-service.ts';
import type { AskedPerson } from '../search/search-index.ts';
import { getDocument, queryAll } from '../store/collection.ts';
import type { DocumentReader } from '../store/document-store.ts';

/** Conversations that a scope holds at most, the newest. */
const MAX_CONVERSATIONS = 10_000;

/** What a question is about alone: one conversation, one folder, or what a person is heard in. */
export interface ChatScope {
  type: 'conversation' | 'folder' | 'person';
  id: string;
}

/** A scope with what belongs to it. */
export interface ScopeContents {
  type: ChatScope['type'];
  /** Title of the conversation, or name of the folder or person; may be empty. */
  name: string;
  /** Conversations that may be looked at; nothing else may. */
  ids: ReadonlySet<string>;
  /** Whose words come first; empty: nobody's. */
  heardFirst: readonly AskedPerson[];
}

/**
 * Finds the conversations of a scope among those of the user.
 *
 * @throws AppError `not-found`
 */
export async function loadScope(
  { reader, search }: { reader: DocumentReader; search: Pick<SearchService, 'conversationsOf'> },
  uid: string,
  { type, id }: ChatScope,
): Promise<ScopeContents> {
  if (type === 'conversation') {
    const found = await getDocument(reader, conversations, uid, id, 'Conversation not found');
    const name = found.isLocked ? '' : found.structured.title;
    return { type, name, ids: new Set([id]), heardFirst: [] };
  }
  if (type === 'folder') {
    const { name } = await getDocument(reader, folders, uid, id, 'Folder not found');
    return { type, name, ids: new Set(await idsInFolder(reader, uid, id)), heardFirst: [] };
  }
  const { name } = await getDocument(reader, people, uid, id, 'Person not found');
  const ids = new Set(await search.conversationsOf(uid, id, MAX_CONVERSATIONS));
  return { type, name, ids, heardFirst: [{ speaker: id, name, words: [] }] };
}

/** Returns how a search is narrowed to a scope; null: not at all. */
export function narrowTo(scope: ScopeContents | null) {
  return scope === null ? {} : { within: [...scope.ids], heardFirst: scope.heardFirst };
}

/** Returns true if what comes from a conversation may be shown; null if it comes from none. */
export function isInScope(scope: ScopeContents | null, conversationId: string | null): boolean {
  return scope === null || (conversationId !== null && scope.ids.has(conversationId));
}

/** Tells where was looked, as the end of "I found nothing in". */
export function tellScope(scope: ScopeContents | null): string {
  if (scope === null) return 'your conversations';
  const name = scope.name.trim() === '' ? '' : ` “${scope.name.trim()}”`;
  if (scope.type === 'conversation') return `the conversation${name}`;
  if (scope.type === 'folder') return `the conversations of the folder${name}`;
  return `the conversations with ${scope.name.trim() || 'this person'}`;
}

async function idsInFolder(reader: DocumentReader, uid: string, folderId: string) {
  const ids: string[] = [];
  const request = { query: 'recent', filters: { folderId } } as const;
  for await (const { id } of queryAll(reader, conversations, uid, request)) {
    ids.push(id);
    if (ids.length === MAX_CONVERSATIONS) break;
  }
  return ids;
}
