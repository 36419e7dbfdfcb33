import path from 'node:path';
import { loadLinkSecret } from '../blob/link-secret.ts';
import { GuardedHttp } from '../kernel/guarded-http.ts';
import { NotificationOutbox } from '../notifications/notification-outbox.ts';
import { PushSubscriptions } from '../notifications/push-subscriptions.ts';
import { vapidKeysOf, vapidSecretOf } from '../notifications/web-push-encryption.ts';
import { WebPushSender } from '../notifications/web-push-sender.ts';
import type { ServicesFrom } from './module.ts';
import type { openApps } from './open-apps.ts';
import type { Core } from './open-core.ts';

/** Who a push service may write to if there is no public address; it is never written to by us. */
const NO_CONTACT = 'mailto:owner@omi-backend.invalid';

/** Opens what tells users of news while no page is open. */
export async function openNotifications(core: Core & ServicesFrom<typeof openApps>) {
  const { config, secrets, store, clock, jobWorker, defaultTimeZone } = core;
  const { allowLoopbackUrls: allowLoopback, isPrivate } = config;
  const http = new GuardedHttp({ allowLoopback, isPrivate });
  // Processes that share a secret have the same keys: a subscription is bound to them.
  const shared = secrets.linkSecret?.reveal();
  const secret =
    shared === undefined
      ? await loadLinkSecret(path.join(config.dataDir, 'web-push.key'))
      : Buffer.from(shared);
  const { publicUrl } = config.server;
  const sender = new WebPushSender({
    http,
    keys: vapidKeysOf(vapidSecretOf(secret)),
    contact: publicUrl?.startsWith('https:') ? publicUrl : NO_CONTACT,
    clock,
  });
  const outbox = new NotificationOutbox({
    store,
    clock,
    jobWorker,
    outgoingWorker: core.outgoingWorker,
    sender,
    defaultTimeZone,
    logger: core.logger.child({ subsystem: 'notifications' }),
  });
  return {
    services: {
      pushSender: sender,
      pushSubscriptions: new PushSubscriptions({ store, clock, http }),
      notificationOutbox: outbox,
    },
  };
}
