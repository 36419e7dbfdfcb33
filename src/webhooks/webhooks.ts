import type { AppDirectory } from '../apps/app-directory.ts';
import type { JobWorker } from '../jobs/job-worker.ts';
import type { Clock } from '../kernel/clock.ts';
import type { GuardedHttp } from '../kernel/guarded-http.ts';
import type { Logger } from '../kernel/logger.ts';
import { announceJob, webhookJob } from '../model/jobs.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { LiveWebhooks } from './live-webhooks.ts';
import { TargetBreakers } from './target-breakers.ts';
import { makeDeliveries } from './webhook-announcements.ts';
import type { WebhookBodies } from './webhook-bodies.ts';
import { type OnWebhookAnswer, WebhookDeliveryRun } from './webhook-delivery-run.ts';
import { WebhookEndpoints } from './webhook-endpoints.ts';
import { WebhookLog } from './webhook-log.ts';
import { WebhookSecrets } from './webhook-secrets.ts';
import { WebhookSender } from './webhook-sender.ts';

/** How soon after a crash another run takes a job over, milliseconds; longer than one request. */
const LEASE_MS = 45_000;

export interface WebhooksOptions {
  store: DocumentStore;
  clock: Clock;
  logger: Logger;
  /** Runs the jobs that make requests. */
  worker: JobWorker;
  apps: Pick<AppDirectory, 'listEnabled'>;
  http: GuardedHttp;
  bodies: WebhookBodies;
  /** Waits between the requests of a delivery, seconds. */
  retrySeconds: readonly number[];
  onAnswer: OnWebhookAnswer;
}

/** The webhooks of users and apps: endpoints, deliveries with their log, and live requests. */
export class Webhooks {
  readonly endpoints: WebhookEndpoints;
  readonly secrets: WebhookSecrets;
  readonly log: WebhookLog;
  readonly live: LiveWebhooks;

  constructor(options: WebhooksOptions) {
    const { store, clock, logger, worker, apps, http, bodies, onAnswer } = options;
    this.secrets = new WebhookSecrets({ store, clock });
    const { secrets } = this;
    const endpoints = new WebhookEndpoints({ store, clock, apps, http, secrets });
    this.endpoints = endpoints;
    const parts = {
      store,
      clock,
      logger,
      endpoints,
      sender: new WebhookSender({ http, clock }),
      breakers: new TargetBreakers(clock),
      bodies,
      onAnswer,
    };
    const { retrySeconds } = options;
    const deliveries = new WebhookDeliveryRun({ ...parts, retrySeconds });
    this.log = new WebhookLog({ ...parts, worker, deliveries });
    this.live = new LiveWebhooks(parts);
    // Writes documents only, so after a crash it need not wait for long.
    worker.register(announceJob, (run) => makeDeliveries(run, { store, clock, endpoints }), {
      leaseMs: 10_000,
    });
    worker.register(webhookJob, (run) => deliveries.run(run), { leaseMs: LEASE_MS });
  }
}
