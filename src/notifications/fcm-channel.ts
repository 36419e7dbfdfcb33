import { sha256Hex } from '../kernel/ids.ts';
import { type User, users } from '../model/accounts/user.ts';
import { GLOBAL } from '../model/collection.ts';
import type { FcmSender } from './fcm-sender.ts';
import type { NotificationChannel } from './notification-channel.ts';

const PREFIX = 'fcm-';

/** Phones with Omi's apps, by Firebase Cloud Messaging; they register with `/v1/users/fcm-token`. */
export function fcmChannel(sender: FcmSender): NotificationChannel {
  return {
    async devices(reader, uid) {
      const user = await reader.find(users, GLOBAL, uid);
      return [...new Set(tokensOf(user).map(deviceOf))];
    },
    async sendTo(reader, uid, device) {
      if (!device.startsWith(PREFIX)) return null;
      const user = await reader.find(users, GLOBAL, uid);
      const token = tokensOf(user).find((candidate) => deviceOf(candidate) === device);
      if (token === undefined) return null;
      return (message, signal) => sender.send(token, message, signal);
    },
    async planRemoval(tx, uid, device) {
      const user = await tx.find(users, GLOBAL, uid);
      const kept = Object.entries(user?.pushTokens ?? {}).filter(
        ([, { token }]) => deviceOf(token) !== device,
      );
      return () => {
        if (user) tx.patch(users, GLOBAL, uid, { pushTokens: Object.fromEntries(kept) });
      };
    },
  };
}

function tokensOf(user: User | undefined): string[] {
  return Object.values(user?.pushTokens ?? {}).map(({ token }) => token);
}

/** The token is a secret: it stands in no id. */
function deviceOf(token: string): string {
  return `${PREFIX}${sha256Hex(token)}`;
}
