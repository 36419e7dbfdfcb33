import { DeveloperConversations } from '../developer/developer-conversations.ts';
import type { ServicesFrom } from './module.ts';
import type { openConversations } from './open-conversations.ts';
import type { Core } from './open-core.ts';
import type { openUnderstanding } from './open-understanding.ts';

type Deps = Core & ServicesFrom<typeof openUnderstanding> & ServicesFrom<typeof openConversations>;

/** Opens what programs of the user call. */
export function openDeveloper({ store, conversations, externalConversations, processing }: Deps) {
  return {
    services: {
      developerConversations: new DeveloperConversations({
        reader: store,
        conversations,
        external: externalConversations,
        processing,
      }),
    },
  };
}
