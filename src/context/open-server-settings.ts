import { GuardedHttp } from '../kernel/guarded-http.ts';
import { findLocalModelServers } from '../llm/local-model-servers.ts';
import { LanguageModelSettings } from '../server-settings/language-model-settings.ts';
import { ServerSettings } from '../server-settings/server-settings.ts';
import type { ServicesFrom } from './module.ts';
import type { Core } from './open-core.ts';
import type { openModels } from './open-models.ts';
import type { openSessions } from './open-sessions.ts';

/** Opens the settings of the server that its owner can change while it runs. */
export function openServerSettings(
  deps: Core & ServicesFrom<typeof openModels> & ServicesFrom<typeof openSessions>,
) {
  const { config, storedSettings: stored, environmentOwners: owners, speech, clock } = deps;
  const languageModel = new LanguageModelSettings({
    stored,
    owners,
    // The owner's own machine is where a model server is most of the time.
    http: new GuardedHttp({ allowLoopback: true, isPrivate: config.isPrivate }),
    findServers: async () => (config.detectModelServers ? findLocalModelServers() : []),
    modelInUse: () => deps.ownModels()?.language.medium.model ?? null,
    clock,
  });
  return {
    services: {
      serverSettings: new ServerSettings({ stored, owners, speech, languageModel, clock }),
      /** Follows what other processes change. */
      startSettings: () => stored.start(),
    },
  };
}
