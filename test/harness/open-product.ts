import { readConfig } from '../../src/config/config.ts';
import { readSecrets } from '../../src/config/secrets.ts';
import { type Context, openContext } from '../../src/context.ts';
import { silentLogger } from '../../src/kernel/logger.ts';

/** The whole product with the settings of an environment, without a server and without a log. */
export function openProduct(environment: Record<string, string>): Promise<Context> {
  return openContext({
    config: readConfig(environment),
    secrets: readSecrets(environment),
    logger: silentLogger,
    env: environment,
  });
}
