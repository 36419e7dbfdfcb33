import path from 'node:path';
import { loadServiceAccount } from '../auth/service-account.ts';
import { loadLinkSecret } from '../blob/link-secret.ts';
import { GuardedHttp } from '../kernel/guarded-http.ts';
import { fcmChannel } from '../notifications/fcm-channel.ts';
import { FcmSender } from '../notifications/fcm-sender.ts';
import type { NotificationChannel } from '../notifications/notification-channel.ts';
import { NotificationOutbox } from '../notifications/notification-outbox.ts';
import { PushSubscriptions } from '../notifications/push-subscriptions.ts';
import { webPushChannel } from '../notifications/web-push-channel.ts';
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
    channels: [webPushChannel(sender), ...(await openFcm(core, http))],
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

/** Phones can be reached if there is a service account of Google's, and its project is known. */
async function openFcm({ config, secrets, clock }: Core, http: GuardedHttp) {
  const account = await loadServiceAccount({
    json: secrets.serviceAccountJson?.reveal() ?? null,
    path: config.auth.credentialsPath,
  });
  const projectId = config.auth.firebase?.projectId ?? account?.projectId ?? null;
  const channels: NotificationChannel[] = [];
  if (account === null || projectId === null || config.isPrivate) return channels;
  const { baseUrl, tokenBaseUrl } = config.fcm;
  return [fcmChannel(new FcmSender({ http, account, projectId, baseUrl, tokenBaseUrl, clock }))];
}
