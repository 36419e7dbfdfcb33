import path from 'node:path';
import type { ActionItemService } from '../action-items/action-item-service.ts';
import { AppDirectory } from '../apps/app-directory.ts';
import type { EnabledApps } from '../apps/enabled-apps.ts';
import type { BlobStore } from '../blob/blob-store.ts';
import { ChatService } from '../chat/chat-service.ts';
import { ChatSessions } from '../chat/chat-sessions.ts';
import { ChatSharing } from '../chat/chat-sharing.ts';
import { ProductInfo, readProductDocuments } from '../chat/product-info.ts';
import { appToolSource } from '../chat/tools/app-tools.ts';
import type { DaySummaryReader } from '../chat/tools/get-daily-summaries.ts';
import { ToolCalls } from '../chat/tools/tool-calls.ts';
import type { Config } from '../config/config.ts';
import type { Clock } from '../kernel/clock.ts';
import { GuardedHttp } from '../kernel/guarded-http.ts';
import type { Logger } from '../kernel/logger.ts';
import type { ModelSource } from '../llm/model-source.ts';
import type { MemoryService } from '../memories/memory-service.ts';
import type { OpenRecordedStt } from '../recordings/recording-transcript.ts';
import type { SearchService } from '../search/question/search-service.ts';
import type { PeopleService } from '../speakers/people-service.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { emotionOf } from '../understanding/emotion/emotion-rules.ts';
import type { UserEraser } from '../users/account-deletion.ts';
import type { UserService } from '../users/user-service.ts';
import { VoiceBudget } from '../voice-messages/voice-budget.ts';
import { VoiceTranscription } from '../voice-messages/voice-transcription.ts';

/** Where the product's own documents lie, beside `src` and `dist`. */
const PACKAGE_ROOT = path.join(import.meta.dirname, '..', '..');

/** What the chat consists of. */
export interface ChatParts {
  chat: ChatService;
  chatSessions: ChatSessions;
  chatSharing: ChatSharing;
  /** The chat's tools, for front doors without a model. */
  chatTools: ToolCalls;
  /** Transcribes what is spoken to the chat. */
  voice: VoiceTranscription;
}

export interface ChatDeps {
  config: Config;
  logger: Logger;
  clock: Clock;
  store: DocumentStore;
  blobs: BlobStore;
  models: ModelSource;
  search: SearchService;
  users: UserService;
  memories: MemoryService;
  actionItems: ActionItemService;
  people: PeopleService;
  dailySummaries: DaySummaryReader;
  enabledApps: EnabledApps;
  openRecordedStt: OpenRecordedStt;
}

/** Joins the chat with all that it reads; `erasers` remove what it keeps outside of a user's documents. */
export function openChat(deps: ChatDeps): { parts: ChatParts; erasers: UserEraser[] } {
  const { config, clock, store, blobs, models, users } = deps;
  const { defaultTimeZone } = config;
  const logger = deps.logger.child({ subsystem: 'chat' });
  const apps = new AppDirectory({ store, enabled: deps.enabledApps });
  const http = new GuardedHttp({
    allowLoopback: config.allowLoopbackUrls,
    isPrivate: config.isPrivate,
  });
  const chat = new ChatService({
    store,
    reader: store,
    clock,
    search: deps.search,
    memories: deps.memories,
    actionItems: deps.actionItems,
    people: deps.people,
    users,
    blobs,
    apps,
    modelFor: (uid) => models.chatModel({ uid, feature: 'chat' }),
    visionModelFor: (uid) => models.visionChatModel({ uid, feature: 'chat' }),
    // By rules, whatever is configured: a model's opinion would keep the first word waiting.
    emotionOf: async (uid, text) => {
      const { emotionAware } = await users.getUser(uid);
      return emotionAware ? emotionOf(text) : null;
    },
    summaries: deps.dailySummaries,
    product: new ProductInfo(() => readProductDocuments(PACKAGE_ROOT)),
    toolSources: [appToolSource({ apps, http, reader: store })],
    defaultTimeZone,
    logger,
  });
  const chatSharing = new ChatSharing({ store, clock });
  const budget = new VoiceBudget({ store, clock });
  return {
    parts: {
      chat,
      chatSessions: new ChatSessions({ store, clock, messages: chat.messages, files: chat.files }),
      chatSharing,
      chatTools: new ToolCalls({
        toolsFor: (uid) => chat.toolsFor(uid),
        users,
        clock,
        defaultTimeZone,
        logger,
      }),
      voice: new VoiceTranscription({ users, clock, openStt: deps.openRecordedStt, budget }),
    },
    erasers: [
      (uid) => chatSharing.eraseShares(uid),
      (uid) => chat.files.eraseUser(uid),
      (uid) => apps.eraseUser(uid),
    ],
  };
}
