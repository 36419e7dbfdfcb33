import { ServerSettings } from '../server-settings/server-settings.ts';
import type { ServicesFrom } from './module.ts';
import type { Core } from './open-core.ts';
import type { openSessions } from './open-sessions.ts';

/** Opens the settings of the server that its owner can change while it runs. */
export function openServerSettings(deps: Core & ServicesFrom<typeof openSessions>) {
  const { storedSettings: stored, environmentOwners: owners, speech, clock } = deps;
  return {
    services: {
      serverSettings: new ServerSettings({ stored, owners, speech, clock }),
      /** Follows what other processes change. */
      startSettings: () => stored.start(),
    },
  };
}
