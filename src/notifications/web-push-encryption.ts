import {
  createCipheriv,
  createECDH,
  createHash,
  createHmac,
  createPrivateKey,
  hkdfSync,
  randomBytes,
  sign,
} from 'node:crypto';
import { AppError } from '../kernel/errors.ts';

const CURVE = 'prime256v1';
const PUBLIC_KEY_BYTES = 65;
const AUTH_BYTES = 16;
/** One record; push services take messages of 4096 bytes. */
const RECORD_BYTES = 4096;
/** Longest message: a record less header, tag and delimiter. */
export const MAX_MESSAGE_BYTES = RECORD_BYTES - 86 - 16 - 1;
/** RFC 8292 allows 24 hours. */
const TOKEN_LIFETIME_S = 12 * 60 * 60;

/** The keys of a browser's subscription, base64url. */
export interface SubscriptionKeys {
  p256dh: string;
  auth: string;
}

/** The key pair that a server signs its push messages with (VAPID, RFC 8292). */
export interface VapidKeys {
  /** Uncompressed point, base64url: what a browser subscribes with. */
  publicKey: string;
  /** Scalar, base64url. */
  privateKey: string;
}

/** @throws AppError `bad-request` if a browser cannot have made these keys */
export function assertSubscriptionKeys({ p256dh, auth }: SubscriptionKeys): void {
  const key = Buffer.from(p256dh, 'base64url');
  const isKey = key.length === PUBLIC_KEY_BYTES && key[0] === 4 && isOnCurve(key);
  if (isKey && Buffer.from(auth, 'base64url').length === AUTH_BYTES) return;
  throw new AppError('bad-request', 'The keys are not those of a push subscription.');
}

function isOnCurve(key: Buffer): boolean {
  const own = createECDH(CURVE);
  own.generateKeys();
  try {
    own.computeSecret(key);
    return true;
  } catch {
    // Node refuses a point that is not on the curve.
    return false;
  }
}

/** Returns the key pair of a private scalar of 32 bytes. */
export function vapidKeysOf(secret: Uint8Array): VapidKeys {
  const ecdh = createECDH(CURVE);
  ecdh.setPrivateKey(secret);
  return {
    publicKey: ecdh.getPublicKey().toString('base64url'),
    privateKey: Buffer.from(secret).toString('base64url'),
  };
}

/**
 * Encrypts a message for one browser: content coding `aes128gcm` of RFC 8188 with the keys of
 * RFC 8291. Returns the body of the request.
 * @param fixed salt and private key of the sender, for the test vector of the RFC
 */
export function encryptPush(
  message: Uint8Array,
  keys: SubscriptionKeys,
  fixed?: { salt: Uint8Array; privateKey: Uint8Array },
): Buffer {
  const salt = fixed?.salt ?? randomBytes(16);
  const sender = createECDH(CURVE);
  if (fixed) sender.setPrivateKey(fixed.privateKey);
  else sender.generateKeys();
  const receiverKey = Buffer.from(keys.p256dh, 'base64url');
  const senderKey = sender.getPublicKey();
  const shared = sender.computeSecret(receiverKey);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), receiverKey, senderKey]);
  const ikm = hkdf(shared, Buffer.from(keys.auth, 'base64url'), info, 32);
  const key = hkdf(ikm, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = hkdf(ikm, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
  const cipher = createCipheriv('aes-128-gcm', key, nonce);
  // 2 marks the last record; no padding follows.
  const sealed = Buffer.concat([
    cipher.update(message),
    cipher.update(Buffer.of(2)),
    cipher.final(),
  ]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(RECORD_BYTES);
  const header = Buffer.concat([salt, size, Buffer.of(senderKey.length), senderKey]);
  return Buffer.concat([header, sealed, cipher.getAuthTag()]);
}

/**
 * Returns the `Authorization` header that tells a push service who sends (RFC 8292).
 * @param contact address of whoever runs this server: `https:` or `mailto:`
 */
export function vapidAuthorization(
  endpoint: string,
  keys: VapidKeys,
  contact: string,
  nowMs: number,
): string {
  const claims = {
    aud: new URL(endpoint).origin,
    exp: Math.floor(nowMs / 1000) + TOKEN_LIFETIME_S,
    sub: contact,
  };
  const signed = [{ typ: 'JWT', alg: 'ES256' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const point = Buffer.from(keys.publicKey, 'base64url');
  const key = createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
      d: keys.privateKey,
    },
  });
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `vapid t=${signed}.${signature.toString('base64url')}, k=${keys.publicKey}`;
}

/** A message replaces an undelivered one with the same topic: at most 32 characters of base64url. */
export function topicOf(notificationId: string): string {
  return createHash('sha256').update(notificationId).digest('base64url').slice(0, 32);
}

function hkdf(key: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, info, length));
}

/** Derives the same key pair at every process that shares a secret. */
export function vapidSecretOf(shared: Uint8Array): Buffer {
  // A scalar of 256 bits is above the order of the curve with a chance of 2^-32; the top bit is cut.
  const secret = createHmac('sha256', shared).update('web push vapid v1').digest();
  secret[0] = (secret[0] ?? 0) & 0x7f;
  return secret;
}
