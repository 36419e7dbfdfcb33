import { CalendarFeeds } from '../developer/calendar-feeds.ts';
import { DeveloperConversations } from '../developer/developer-conversations.ts';
import { RecordTools } from '../developer/tools/record-tools.ts';
import { MirrorRunner } from '../markdown-mirror/mirror-runner.ts';
import { mirrorSource } from '../markdown-mirror/mirror-source.ts';
import { GoalService } from '../users/goal-service.ts';
import type { ServicesFrom } from './module.ts';
import type { openChat } from './open-chat.ts';
import type { openConversations } from './open-conversations.ts';
import type { Core } from './open-core.ts';
import type { openSearch } from './open-search.ts';
import type { openSignIn } from './open-sign-in.ts';
import type { openSpeakers } from './open-speakers.ts';
import type { openUnderstanding } from './open-understanding.ts';
import type { openUsers } from './open-users.ts';

type Deps = Core &
  ServicesFrom<typeof openUsers> &
  ServicesFrom<typeof openSignIn> &
  ServicesFrom<typeof openSpeakers> &
  ServicesFrom<typeof openSearch> &
  ServicesFrom<typeof openUnderstanding> &
  ServicesFrom<typeof openConversations> &
  ServicesFrom<typeof openChat>;

/** Opens what programs of the user call. */
export function openDeveloper(deps: Deps) {
  const { store, clock, config } = deps;
  const developerConversations = new DeveloperConversations({
    reader: store,
    conversations: deps.conversations,
    external: deps.externalConversations,
    processing: deps.processing,
  });
  const { conversations, actionItems } = deps;
  const calendarFeeds = new CalendarFeeds({ store, clock, conversations, actionItems });
  const { markdownDir } = config;
  const mirrored = { conversations, actionItems, developerConversations };
  const markdownMirror =
    markdownDir === null
      ? null
      : new MirrorRunner({
          folder: markdownDir,
          findOwner: async () => (await deps.accounts.findUser('owner'))?.id,
          sourceOf: (uid) => mirrorSource(mirrored, uid),
          logger: deps.logger.child({ subsystem: 'mirror' }),
        });
  if (markdownMirror) deps.stack.use('Markdown mirror', markdownMirror);
  return {
    services: {
      calendarFeeds,
      /** Null: none is configured. */
      markdownMirror,
      developerConversations,
      /** The tools that assistants call over MCP. */
      recordTools: new RecordTools({
        ...deps,
        developerConversations,
        goals: new GoalService({ store, clock }),
        defaultTimeZone: config.defaultTimeZone,
      }),
    },
    erasers: { access: [(uid: string) => calendarFeeds.revoke(uid)] },
  };
}
