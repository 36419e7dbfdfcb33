import { ConversationService } from '../../src/conversations/conversation-service.ts';
import { FolderService } from '../../src/conversations/folder-service.ts';
import { InlineActionItemService } from '../../src/conversations/inline-action-item-service.ts';
import type { FoundForRoute } from '../../src/http/route-search.ts';
import { conversationRoutes } from '../../src/http/routes/conversations/conversations.ts';
import { conversationEditRoutes } from '../../src/http/routes/conversations/conversations-edit.ts';
import { conversationPartRoutes } from '../../src/http/routes/conversations/conversations-parts.ts';
import { folderRoutes } from '../../src/http/routes/conversations/folders.ts';
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
import { type Answer, NOW, type RestApp, startRestApp } from './rest-app.ts';

export interface ConversationApp extends RestApp {
  /** What the injected parts were asked to do. */
  asked: unknown[];
  /** What ending the live conversation answers. */
  live: Conversation | null;
  /** What a search finds. */
  found: FoundForRoute[];
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

/** The conversation routes, with what other parts of the product do for them recorded in `asked`. */
export async function startConversationApp(): Promise<ConversationApp> {
  const state: Pick<ConversationApp, 'asked' | 'live' | 'found'> = {
    asked: [],
    live: null,
    found: [],
  };
  const app = await startRestApp(({ store, clock }) => {
    const service = new ConversationService({
      store,
      clock,
      reprocess: async (uid, id, { languageCode, appId }) => {
        state.asked.push({ reprocess: uid, id, languageCode, appId });
        const conversation = await store.find(conversations, uid, id);
        if (!conversation) throw new Error('looked up before');
        return { ...conversation, discarded: false };
      },
      finaliseCurrent: async (uid, body) => {
        state.asked.push({ finalise: uid, ...body });
        return state.live;
      },
      finalise: async (uid, id) => {
        state.asked.push({ finalise: uid, id });
        return state.live;
      },
      forgetRecordings: async () => undefined,
      eraseRecordings: async (uid, id) => {
        state.asked.push({ erase: uid, id });
      },
    });
    const search = {
      searchConversations: async (uid: string, request: object) => {
        state.asked.push({ search: uid, ...request });
        return { items: state.found };
      },
      searchEverything: async (uid: string, request: object) => {
        state.asked.push({ search: uid, ...request });
        return { items: state.found, matches: [] };
      },
    };
    const inlineActionItems = new InlineActionItemService({ store, clock });
    return [
      conversationRoutes({ conversations: service, search }),
      conversationEditRoutes({ conversations: service }),
      conversationPartRoutes({ conversations: service, inlineActionItems }),
      folderRoutes({ conversations: service, folders: new FolderService({ store, clock }) }),
    ];
  });
  return Object.assign(state, app, {
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
