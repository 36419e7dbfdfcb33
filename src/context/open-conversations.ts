import { ActionItemService } from '../action-items/action-item-service.ts';
import { ActionItemSharing } from '../action-items/action-item-sharing.ts';
import { actionItemDeletions } from '../action-items/restore-action-item.ts';
import { TaskCleanup } from '../action-items/task-cleanup.ts';
import { LimitlessImport } from '../conversations/archives/limitless-import.ts';
import { ConversationService } from '../conversations/conversation-service.ts';
import { ExternalConversations } from '../conversations/external-conversations.ts';
import { ImportService } from '../conversations/import-service.ts';
import { InlineActionItemService } from '../conversations/inline-action-item-service.ts';
import { MergeService } from '../conversations/merge-service.ts';
import { conversationDeletions } from '../conversations/restore-conversation.ts';
import { eraseSharedConversations } from '../conversations/shared-conversations-eraser.ts';
import { SplitService } from '../conversations/split-service.ts';
import { MemoryService } from '../memories/memory-service.ts';
import { allMemoriesDeletions, memoryDeletions } from '../memories/restore-memory.ts';
import { FileImport } from '../recordings/file-import.ts';
import { personDeletions } from '../speakers/restore-person.ts';
import type { ServicesFrom } from './module.ts';
import type { Core } from './open-core.ts';
import type { openFiles } from './open-files.ts';
import type { openRecordings } from './open-recordings.ts';
import type { openSearch } from './open-search.ts';
import type { openSessions } from './open-sessions.ts';
import type { openSpeakers } from './open-speakers.ts';
import type { openUnderstanding } from './open-understanding.ts';
import type { openUsers } from './open-users.ts';

type Deps = Core &
  ServicesFrom<typeof openSearch> &
  ServicesFrom<typeof openUsers> &
  ServicesFrom<typeof openFiles> &
  ServicesFrom<typeof openSpeakers> &
  ServicesFrom<typeof openUnderstanding> &
  ServicesFrom<typeof openSessions> &
  ServicesFrom<typeof openRecordings>;

/** Says how what was deleted is brought back. */
function registerDeletions({ deletions, blobs }: Pick<Deps, 'deletions' | 'blobs'>): void {
  deletions.register('conversation', conversationDeletions(blobs));
  deletions.register('action_item', actionItemDeletions);
  deletions.register('memory', memoryDeletions);
  deletions.register('memories', allMemoriesDeletions);
  deletions.register('person', personDeletions(blobs));
}

/** Opens conversations and what comes out of them: tasks and memories. */
export function openConversations(deps: Deps) {
  const { store, blobs, clock, jobWorker, people, processing, conversationEnd } = deps;
  const { eraseRecordings, forgetRecordings, deletions } = deps;
  registerDeletions(deps);
  const sharing = new ActionItemSharing({ store, clock });
  const ensurePerson = async (uid: string, name: string) =>
    (await people.createPerson(uid, name)).id;
  const limitlessImport = new LimitlessImport({
    store,
    blobs,
    clock,
    jobWorker,
    eraseRecordings,
    logger: deps.logger.child({ subsystem: 'import' }),
  });
  const imports = new ImportService({ store, clock, ensurePerson });
  const { fileTranscription, users } = deps;
  return {
    services: {
      limitlessImport,
      conversations: new ConversationService({
        store,
        conversationsOf: (uid, person, limit) => deps.search.conversationsOf(uid, person, limit),
        clock,
        reprocess: (uid, id, { languageCode, appId, signal }) =>
          appId === null
            ? processing.reprocess(uid, id, languageCode)
            : processing.runSummaryApp(uid, id, appId, languageCode, signal),
        finaliseCurrent: async (uid, { calendarMeetingContext: meeting }, device) => {
          const data = meeting && { calendar_meeting_context: meeting };
          return (await conversationEnd.finaliseCurrent(uid, data, device)) ?? null;
        },
        finalise: async (uid, id, { calendarMeetingContext: meeting }) => {
          const data = meeting && { calendar_meeting_context: meeting };
          return (await conversationEnd.finalise(uid, id, data)) ?? null;
        },
        eraseRecordings,
        forgetRecordings,
        deletions,
      }),
      merges: new MergeService({ store, blobs, clock, jobWorker, eraseRecordings }),
      splits: new SplitService({ store, blobs, clock, jobWorker }),
      imports,
      fileImport: new FileImport({ imports, fileTranscription, users, clock }),
      externalConversations: new ExternalConversations({ store, clock, ensurePerson }),
      inlineActionItems: new InlineActionItemService({ store, clock }),
      actionItems: new ActionItemService({ store, clock, deletions }),
      taskCleanup: new TaskCleanup({ store, cache: deps.cache, clock }),
      sharing,
      memories: new MemoryService({ store, clock, deletions }),
    },
    erasers: {
      data: [
        (uid: string) => eraseSharedConversations(store, uid),
        (uid: string) => sharing.eraseShares(uid),
        (uid: string) => limitlessImport.eraseUser(uid),
      ],
    },
  };
}
