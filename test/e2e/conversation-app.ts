import {
  type Conversation,
  conversations,
  liveSegments,
  makeConversation,
  transcriptChunks,
} from '../../src/model/conversations/conversation.ts';
import {
  makeSegment,
  type TranscriptSegment,
} from '../../src/model/conversations/transcript-segment.ts';
import { people } from '../../src/model/people/person.ts';
import { encodeTranscript } from '../../src/transcripts/transcript.ts';
import type { ConversationWire } from '../../src/wire/conversation-wire.ts';
import { NOW } from '../harness/held-clock.ts';
import { type Answer, type RestApp, startRestApp } from './rest-app.ts';

export interface ConversationApp extends RestApp {
  /** Stores a conversation with a finalised transcript. */
  add(
    uid: string,
    parts: Partial<Conversation> & { id: string },
    segments?: TranscriptSegment[],
  ): Promise<Conversation>;
  /** Stores a person of a user. */
  addPerson(uid: string, id: string): Promise<void>;
  /** Stores live segments of ada's. */
  addLive(conversationId: string, segments: TranscriptSegment[]): Promise<void>;
  get(id: string, uid?: string): Promise<Answer<ConversationWire>>;
}

export const s1 = makeSegment({
  id: 's1',
  text: 'Hello there.',
  startMs: 0,
  endMs: 1500,
  speaker: 'SPEAKER_00',
  sttProvider: 'deepgram',
  words: [{ text: 'Hello', startMs: 0, endMs: 400, confidence: 1, language: 'en' }],
  translations: [{ lang: 'de', text: 'Hallo.' }],
});
export const s2 = makeSegment({
  id: 's2',
  text: 'Hi.',
  startMs: 1500,
  endMs: 2000,
  speaker: 'SPEAKER_01',
  sttProvider: 'soniox',
});

/** The server, with ways to store conversations as if they had been spoken. */
export async function startConversationApp(): Promise<ConversationApp> {
  const app = await startRestApp();
  return Object.assign(app, {
    addPerson: async (uid: string, id: string) => {
      await app.store.transact((tx) =>
        tx.create(people, uid, {
          id,
          name: id,
          createdAt: NOW,
          updatedAt: NOW,
          speechSamples: [],
          speechSampleTranscripts: null,
          speechSamplesVersion: 3,
        }),
      );
    },
    add: async (
      uid: string,
      parts: Partial<Conversation> & { id: string },
      segments: TranscriptSegment[] = [],
    ) => {
      const chunks = await encodeTranscript(parts.id, segments);
      const conversation = makeConversation({
        createdAt: NOW,
        status: 'completed',
        transcriptChunks: chunks.length,
        ...parts,
      });
      await app.store.transact((tx) => {
        tx.create(conversations, uid, conversation);
        for (const chunk of chunks) tx.put(transcriptChunks, uid, chunk);
      });
      return conversation;
    },
    addLive: (conversationId: string, segments: TranscriptSegment[]) =>
      app.store.transact((tx) => {
        segments.forEach((segment, seq) => {
          tx.put(liveSegments, 'ada', { id: segment.id, conversationId, seq, segment });
        });
      }),
    get: (id: string, uid = 'ada') =>
      app.call<ConversationWire>(uid, 'GET', `/v1/conversations/${id}`),
  });
}
