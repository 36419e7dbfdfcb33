import { api, dataOf } from '../api/client.ts';

/** Why this browser gets no notifications: it cannot, or its user has refused them. */
export type PushState = 'unsupported' | 'denied' | 'off' | 'on';

/** Whether this browser gets notifications of this server. */
export async function pushState(): Promise<PushState> {
  if (!('serviceWorker' in navigator) || !('PushManager' in window)) return 'unsupported';
  if (Notification.permission === 'denied') return 'denied';
  const registration = await navigator.serviceWorker.getRegistration(document.baseURI);
  return (await registration?.pushManager.getSubscription()) ? 'on' : 'off';
}

/** Asks for permission and subscribes. @throws ApiError, DOMException */
export async function switchPushOn(): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') return;
  await navigator.serviceWorker.register(new URL('sw.js', document.baseURI));
  const { pushManager } = await navigator.serviceWorker.ready;
  const { public_key } = await dataOf(api.GET('/v1/push/key'));
  // A subscription by another key is of an installation that is gone.
  await (await pushManager.getSubscription())?.unsubscribe();
  const subscription = await pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: public_key,
  });
  const keys = { p256dh: keyOf(subscription, 'p256dh'), auth: keyOf(subscription, 'auth') };
  const body = { endpoint: subscription.endpoint, keys };
  await dataOf(api.POST('/v1/push/subscriptions', { body }));
}

/** Ends the notifications of this browser, here and on the server. */
export async function switchPushOff(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration(document.baseURI);
  const subscription = await registration?.pushManager.getSubscription();
  if (!subscription) return;
  const id = await sha256Hex(subscription.endpoint);
  await subscription.unsubscribe();
  await dataOf(api.DELETE('/v1/push/subscriptions/{id}', { params: { path: { id } } }));
}

/** A key of a subscription, base64url. */
function keyOf(subscription: PushSubscription, name: PushEncryptionKeyName): string {
  const key = subscription.toJSON().keys?.[name];
  if (key === undefined) throw new Error(`The browser's subscription has no key ${name}.`);
  return key;
}

/** The server's id of a subscription. */
async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
