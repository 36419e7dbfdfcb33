import { relayEvents } from '../cache/event-relay.ts';
import { Locks } from '../cache/locks.ts';
import { RateLimiter } from '../cache/rate-limiter.ts';
import type { Config } from '../config/config.ts';
import { switchOffTracing } from '../config/env.ts';
import type { Secrets } from '../config/secrets.ts';
import { environmentOwners, readWithStored } from '../config/stored-settings.ts';
import { readHeaders } from '../config/telemetry-config.ts';
import { Deletions } from '../deletions/deletions.ts';
import { JobWorker } from '../jobs/job-worker.ts';
import { shareWakeUps } from '../jobs/shared-wake-ups.ts';
import { type Clock, systemClock } from '../kernel/clock.ts';
import type { DisposeStack } from '../kernel/dispose-stack.ts';
import type { Logger } from '../kernel/logger.ts';
import { refuseOutbound } from '../kernel/loopback.ts';
import type { Environment } from '../kernel/read-variables.ts';
import { VERSION } from '../kernel/version.ts';
import { SHARED_EVENTS } from '../model/domain-events.ts';
import { StoredSettings } from '../server-settings/stored-settings.ts';
import { announceChanges } from '../store/announcing-store.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { openTelemetry } from '../telemetry/open-telemetry.ts';
import { NO_TELEMETRY, type Telemetry } from '../telemetry/telemetry.ts';
import { traceStore } from '../telemetry/traced-store.ts';
import { openResilientCache, openStore } from './open-engines.ts';

export interface ContextOptions {
  config: Config;
  secrets: Secrets;
  logger: Logger;
  /** What configuration and secrets were read from: what is stored is read below it. */
  env: Environment;
  clock?: Clock;
}

/** What every module may use. */
export type Core = Awaited<ReturnType<typeof openCore>>;

/** Opens the store, the cache and the jobs. What owns a resource is closed by `stack`. */
export async function openCore(options: ContextOptions, stack: DisposeStack) {
  const { logger, env, clock = systemClock } = options;
  switchOffTracing();
  if (options.config.isPrivate) stack.defer('private network', refuseOutbound());
  const telemetry = stack.use('telemetry', await telemetryOf(options));
  const cache = stack.use('cache', await openResilientCache(options, clock));
  const engine = announceChanges(stack.use('store', await openStore(options)));
  const store = options.config.telemetry
    ? traceStore(engine, options.config.engines.store.name, telemetry.tracing)
    : engine;
  const { events } = store;
  const storedSettings = stack.use('stored settings', await openStored(store, env, logger));
  const { config, secrets } = storedSettings.current;
  const jobWorker = new JobWorker({
    store,
    logger: logger.child({ subsystem: 'jobs' }),
    clock,
    tracing: telemetry.tracing,
    // A run that is aborted is repeated at the next start.
    graceMs: 2_000,
  });
  stack.defer('job wake-ups', await shareWakeUps({ cache, events, worker: jobWorker, logger }));
  stack.defer(
    'event relay',
    await relayEvents({ events, cache, names: SHARED_EVENTS, channel: 'events', logger }),
  );
  const deletions = new Deletions({ store, clock, jobWorker, undoMs: config.undoDeleteMs });
  return {
    /** As it was at the start; what can change while the server runs is in `storedSettings`. */
    config,
    secrets,
    /** What the environment leaves no room for. */
    environmentOwners: environmentOwners(env),
    storedSettings,
    logger,
    clock,
    stack,
    telemetry,
    cache,
    store,
    events,
    jobWorker,
    deletions,
    locks: new Locks({ store, cache, clock }),
    rateLimiter: new RateLimiter({
      cache,
      ...config.scaling.rateLimits,
      logger: logger.child({ subsystem: 'rate-limits' }),
    }),
    /** Null: only this machine may read the metrics. */
    metricsToken: secrets.metricsToken?.reveal() ?? null,
    defaultTimeZone: config.defaultTimeZone,
  };
}

/** Reads the settings that are stored for all processes. */
async function openStored(store: DocumentStore, env: Environment, parent: Logger) {
  const storedSettings = new StoredSettings({
    store,
    apply: (stored) => readWithStored(env, stored),
    logger: parent.child({ subsystem: 'settings' }),
  });
  await storedSettings.reload();
  return storedSettings;
}

/** Null in the configuration: nothing is sent, and nothing is loaded for it. */
async function telemetryOf({ config, secrets, logger }: ContextOptions): Promise<Telemetry> {
  if (config.telemetry === null) return NO_TELEMETRY;
  return openTelemetry({
    ...config.telemetry,
    headers: readHeaders(secrets.otlpHeaders?.reveal() ?? '') ?? {},
    serviceVersion: VERSION,
    logger: logger.child({ subsystem: 'telemetry' }),
  });
}
