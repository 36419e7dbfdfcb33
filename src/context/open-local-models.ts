import type { Config } from '../config/config.ts';
import type { Secrets } from '../config/secrets.ts';
import { HubClient } from '../local-models/download/hub-client.ts';
import { ModelLibrary } from '../local-models/model-library.ts';
import { thisMachine } from '../local-models/recommend.ts';
import { ModelDownloads } from '../model-downloads/model-downloads.ts';
import type { Core } from './open-core.ts';

/** A client of the hub that models come from, as the operator has set it. */
export function openHub(config: Config, secrets: Secrets): HubClient {
  return new HubClient({
    mirror: config.modelsHub.mirror,
    proxy: {
      http: secrets.httpProxy?.reveal() ?? null,
      https: secrets.httpsProxy?.reveal() ?? null,
      no: config.modelsHub.noProxy,
    },
  });
}

/** Opens the downloads of local models that the server makes for its operator. */
export function openLocalModels({ config, secrets, logger, stack }: Core) {
  const modelDownloads = stack.use(
    'model downloads',
    new ModelDownloads({
      library: new ModelLibrary(config.modelsDir),
      mirror: config.modelsHub.mirror,
      openHub: () => openHub(config, secrets),
      machine: thisMachine(),
      isPrivate: config.isPrivate,
      logger: logger.child({ subsystem: 'models' }),
    }),
  );
  return { services: { modelDownloads } };
}
