import {
  type Conversation,
  conversations,
  makeConversation,
  transcriptChunks,
} from '../../src/model/conversations/conversation.ts';
import { makeSegment } from '../../src/model/conversations/transcript-segment.ts';
import { searchChanged } from '../../src/search/search-changed.ts';
import { encodeTranscript } from '../../src/transcripts/transcript.ts';
import { type ChatStreamParser, readChatStream } from './chat-stream-parser.ts';
import type { TestServer } from './test-server.ts';

export interface Spoken {
  text: string;
  isUser?: boolean;
  speaker?: string;
  personId?: string;
}

/** Stores a completed conversation with its transcript, so that a search finds it. */
export async function addConversation(
  server: TestServer,
  uid: string,
  parts: Partial<Conversation> & Pick<Conversation, 'id' | 'createdAt'>,
  title: string,
  spoken: readonly Spoken[],
): Promise<void> {
  const { store } = server.context;
  const segments = spoken.map((line, i) =>
    makeSegment({
      id: `${parts.id}-s${i}`,
      text: line.text,
      startMs: i * 5000,
      endMs: i * 5000 + 4000,
      isUser: line.isUser ?? false,
      speaker: line.speaker ?? 'SPEAKER_01',
      personId: line.personId ?? null,
    }),
  );
  const chunks = await encodeTranscript(parts.id, segments);
  const base = makeConversation({ status: 'completed', ...parts });
  await store.transact((tx) => {
    tx.create(conversations, uid, {
      ...base,
      structured: { ...base.structured, title, emoji: '📌' },
      transcriptChunks: chunks.length,
    });
    for (const chunk of chunks) tx.create(transcriptChunks, uid, chunk);
    searchChanged(tx, uid, 'conversation', parts.id, Date.now());
  });
}

/** Asks over HTTP and reads the whole streamed answer. */
export async function askChat(
  server: TestServer,
  text: string,
  options: {
    token?: string;
    query?: string;
    context?: unknown;
    scope?: { type: string; id: string };
    files?: readonly string[];
  } = {},
): Promise<ChatStreamParser> {
  const response = await fetch(`${server.url}/v2/messages${options.query ?? ''}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${options.token ?? server.token}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      text,
      file_ids: options.files ?? [],
      ...(options.context ? { context: options.context } : {}),
      ...(options.scope ? { scope: options.scope } : {}),
    }),
  });
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return await readChatStream(response);
}

/** A file on the wire. */
export interface FileWire {
  id: string;
  name: string;
  thumbnail: string;
  mime_type: string;
  openai_file_id: string;
  created_at: string;
  readable: boolean;
  unread_reason: string | null;
}

/** Uploads files for a chat. */
export async function uploadFiles(
  server: TestServer,
  files: Record<string, string | Uint8Array>,
  token = server.token,
  path = '/v2/files',
): Promise<{ status: number; body: FileWire[] }> {
  const form = new FormData();
  for (const [name, content] of Object.entries(files)) {
    form.append('files', new Blob([Buffer.from(content)]), name);
  }
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: form,
  });
  return { status: response.status, body: (await response.json()) as FileWire[] };
}
