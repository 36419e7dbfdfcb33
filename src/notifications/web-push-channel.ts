import { pushSubscriptions } from '../model/notifications/push.ts';
import type { NotificationChannel } from './notification-channel.ts';
import { listSubscriptions } from './push-subscriptions.ts';
import type { WebPushSender } from './web-push-sender.ts';

/** Browsers, by Web Push. */
export function webPushChannel(sender: WebPushSender): NotificationChannel {
  return {
    async devices(reader, uid) {
      return (await listSubscriptions(reader, uid)).map(({ id }) => id);
    },
    async sendTo(reader, uid, device) {
      const subscription = await reader.find(pushSubscriptions, uid, device);
      if (!subscription) return null;
      return ({ id, kind, title, body, path }, signal) =>
        sender.send(subscription, id, { id, kind, title, body, path }, signal);
    },
    async planRemoval(tx, uid, device) {
      return () => tx.delete(pushSubscriptions, uid, device);
    },
  };
}
