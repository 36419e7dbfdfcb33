import { queryOptions } from '@tanstack/react-query';
import { api, asForm, dataOf } from './client.ts';
import type { ChatFile, ChatSession } from './types.ts';

/** Stands in the address for a chat that is begun with its first question; it has no session yet. */
export const NEW_CHAT = 'new';

/** What questions are about alone. */
export interface AskScope {
  type: 'conversation' | 'folder' | 'person';
  id: string;
}

/** The messages of a chat, the oldest first. @param chat id of a session; undefined: the main chat */
export function messagesQuery(chat: string | undefined) {
  return queryOptions({
    queryKey: ['messages', chat ?? ''],
    queryFn: async ({ signal }) => {
      const query = chat === undefined ? {} : { session_id: chat };
      const found = await dataOf(api.GET('/v2/messages', { params: { query }, signal }));
      return found.toReversed();
    },
    enabled: chat !== NEW_CHAT,
  });
}

/** The chats beside the main one, the last changed first. */
export const chatsQuery = queryOptions({
  queryKey: ['chats'],
  queryFn: ({ signal }) =>
    dataOf(api.GET('/v2/chat-sessions', { params: { query: { limit: 500 } }, signal })),
});

/** Begins a chat. @throws ApiError */
export async function createChat(): Promise<ChatSession> {
  return await dataOf(api.POST('/v2/chat-sessions', { body: {} }));
}

/** Gives a chat a name. @throws ApiError */
export async function renameChat(id: string, title: string): Promise<void> {
  const params = { path: { id } };
  await dataOf(api.PATCH('/v2/chat-sessions/{id}', { params, body: { title } }));
}

/** Lets the server name a chat by what was said in it. @throws ApiError */
export async function nameChat(id: string, question: string, answer: string): Promise<void> {
  const messages = [
    { sender: 'human', text: question },
    { sender: 'ai', text: answer },
  ];
  const body = { session_id: id, messages };
  await dataOf(api.POST('/v2/chat/generate-title', { body }));
}

/** Deletes a chat; the server keeps it for some minutes. @throws ApiError */
export async function deleteChat(id: string): Promise<void> {
  await dataOf(api.DELETE('/v2/chat-sessions/{id}', { params: { path: { id } } }));
}

/** Uploads a file to ask about. @throws ApiError */
export async function uploadChatFile(file: File, signal: AbortSignal): Promise<ChatFile> {
  const body = { files: [file] };
  const [stored] = await dataOf(api.POST('/v2/files', { body, bodySerializer: asForm, signal }));
  if (!stored) throw new Error(file.name);
  return stored;
}

/** Returns what was spoken; empty if nobody spoke. @throws ApiError */
export async function transcribeQuestion(sound: File, signal: AbortSignal): Promise<string> {
  const call = api.POST('/v2/voice-message/transcribe', {
    body: { files: [sound] },
    bodySerializer: () => asForm({ files: [sound] }),
    signal,
  });
  return (await dataOf(call)).transcript.trim();
}
