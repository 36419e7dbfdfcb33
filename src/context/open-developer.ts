import { CalendarFeeds } from '../developer/calendar-feeds.ts';
import { MirrorRunner } from '../markdown-mirror/mirror-runner.ts';
import { mirrorSource } from '../markdown-mirror/mirror-source.ts';
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
  const { conversations, actionItems, developerConversations } = deps;
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
    },
    erasers: { access: [(uid: string) => calendarFeeds.revoke(uid)] },
  };
}
