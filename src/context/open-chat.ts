import { fileURLToPath } from 'node:url';
import { ChatService } from '../chat/chat-service.ts';
import { ChatSessions } from '../chat/chat-sessions.ts';
import { ChatSharing } from '../chat/chat-sharing.ts';
import { ProductInfo, readProductDocuments } from '../chat/product-info.ts';
import { chatSessionDeletions } from '../chat/restore-chat-session.ts';
import { appToolSource } from '../chat/tools/app-tools.ts';
import { ToolCalls } from '../chat/tools/tool-calls.ts';
import { ScreenActivity } from '../desktop/screen-activity.ts';
import { DeveloperConversations } from '../developer/developer-conversations.ts';
import { emotionOf } from '../understanding/emotion/emotion-rules.ts';
import { GoalService } from '../users/goal-service.ts';
import { HealthData } from '../users/health-data.ts';
import { VoiceBudget } from '../voice-messages/voice-budget.ts';
import { VoiceTranscription } from '../voice-messages/voice-transcription.ts';
import type { ServicesFrom } from './module.ts';
import type { openApps } from './open-apps.ts';
import type { openConversations } from './open-conversations.ts';
import type { Core } from './open-core.ts';
import type { openFiles } from './open-files.ts';
import type { openModels } from './open-models.ts';
import type { openRecordings } from './open-recordings.ts';
import type { openSearch } from './open-search.ts';
import type { openSessions } from './open-sessions.ts';
import type { openSpeakers } from './open-speakers.ts';
import type { openUnderstanding } from './open-understanding.ts';
import type { openUsers } from './open-users.ts';

/** Folder of the product's own documents, beside `src` and `dist`. */
const PACKAGE_ROOT = fileURLToPath(new URL('../..', import.meta.url));

type Deps = Core &
  ServicesFrom<typeof openModels> &
  ServicesFrom<typeof openFiles> &
  ServicesFrom<typeof openUsers> &
  ServicesFrom<typeof openSpeakers> &
  ServicesFrom<typeof openSearch> &
  ServicesFrom<typeof openUnderstanding> &
  ServicesFrom<typeof openSessions> &
  ServicesFrom<typeof openApps> &
  ServicesFrom<typeof openRecordings> &
  ServicesFrom<typeof openConversations>;

/** Joins the chat with all that it reads. */
export function openChat(deps: Deps) {
  const { config, clock, store, blobs, models, users } = deps;
  const { defaultTimeZone } = config;
  const logger = deps.logger.child({ subsystem: 'chat' });
  const { appDirectory: apps, guardedHttp: http } = deps;
  const developerConversations = openDeveloperConversations(deps);
  const chat = new ChatService({
    ...toolServicesOf(deps),
    store,
    clock,
    blobs,
    apps,
    modelFor: (uid) => models.chatModel({ uid, feature: 'chat' }),
    visionModelFor: (uid) => models.visionChatModel({ uid, feature: 'chat' }),
    // Always by rules: a model would delay the first word of the answer.
    emotionOf: async (uid, text) => {
      const { emotionAware } = await users.getUser(uid);
      return emotionAware ? emotionOf(text) : null;
    },
    shownConversations: developerConversations,
    toolSources: [appToolSource({ apps, http, mcpApps: deps.mcpApps, reader: store })],
    defaultTimeZone,
    logger,
  });
  const chatSharing = new ChatSharing({ store, clock });
  const budget = new VoiceBudget({ store, clock });
  return {
    services: {
      chat,
      chatMessages: chat.messages,
      chatFiles: chat.files,
      chatSessions: openChatSessions(deps, chat),
      chatSharing,
      developerConversations,
      /** The tools that assistants call over MCP. */
      recordTools: chat.recordTools,
      /** The chat's tools, for clients without a model. */
      chatTools: new ToolCalls({
        toolsFor: (uid) => chat.toolsFor(uid),
        users,
        clock,
        defaultTimeZone,
        logger,
      }),
      /** Transcribes what is spoken to the chat. */
      voice: new VoiceTranscription({ users, clock, openStt: deps.openRecordedStt, budget }),
    },
    erasers: {
      data: [
        (uid: string) => chatSharing.eraseShares(uid),
        (uid: string) => chat.files.eraseUser(uid),
        (uid: string) => apps.eraseUser(uid),
      ],
    },
  };
}

function openChatSessions(
  { store, clock, deletions }: Pick<Deps, 'store' | 'clock' | 'deletions'>,
  { messages, files }: ChatService,
): ChatSessions {
  deletions.register('chat_session', chatSessionDeletions(files));
  return new ChatSessions({ store, clock, messages, files, deletions });
}

function openDeveloperConversations(deps: Deps): DeveloperConversations {
  return new DeveloperConversations({
    reader: deps.store,
    conversations: deps.conversations,
    external: deps.externalConversations,
    processing: deps.processing,
  });
}

/** Returns what the tools use, beside what belongs to the chat. */
function toolServicesOf(deps: Deps) {
  const { store, clock } = deps;
  return {
    reader: store,
    search: deps.search,
    memories: deps.memories,
    actionItems: deps.actionItems,
    conversations: deps.conversations,
    people: deps.people,
    knowledgeGraphs: deps.knowledgeGraphs,
    users: deps.users,
    goals: new GoalService({ store, clock }),
    dailySummaries: deps.dailySummaries,
    healthData: new HealthData({ store, clock }),
    screenActivity: new ScreenActivity({ store, clock, users: deps.users }),
    product: new ProductInfo(() => readProductDocuments(PACKAGE_ROOT)),
  };
}
