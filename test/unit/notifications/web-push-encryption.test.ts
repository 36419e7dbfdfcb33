import { describe, expect, it } from 'vitest';
import {
  assertSubscriptionKeys,
  encryptPush,
  topicOf,
  vapidKeysOf,
  vapidSecretOf,
} from '../../../src/notifications/web-push-encryption.ts';

/** RFC 8291, section 5 and appendix A. */
const RFC = {
  plaintext: 'When I grow up, I want to be a watermelon',
  privateKey: 'yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw',
  p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  salt: 'DGv6ra1nlYgDCS1FRnbzlw',
  body: 'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
};

describe('the encryption of push messages', () => {
  it('gives the bytes of the example in RFC 8291', () => {
    const fixed = {
      salt: Buffer.from(RFC.salt, 'base64url'),
      privateKey: Buffer.from(RFC.privateKey, 'base64url'),
    };
    const body = encryptPush(Buffer.from(RFC.plaintext), RFC, fixed);
    expect(body.toString('base64url')).toBe(RFC.body);
  });

  it('never gives the same bytes twice', () => {
    const [one, other] = [1, 2].map(() => encryptPush(Buffer.from('x'), RFC).toString('hex'));
    expect(one).not.toBe(other);
  });

  it.each([
    ['too short', { ...RFC, auth: 'AAAA' }],
    ['not a point', { ...RFC, p256dh: Buffer.alloc(65, 4).toString('base64url') }],
    ['compressed', { ...RFC, p256dh: Buffer.alloc(33, 2).toString('base64url') }],
    ['empty', { p256dh: '', auth: '' }],
  ])('refuses keys that no browser makes: %s', (_, keys) => {
    expect(() => assertSubscriptionKeys(keys)).toThrow('push subscription');
  });

  it('has the same server keys at every process with the same secret', () => {
    const secret = Buffer.alloc(32, 255);
    const keys = vapidKeysOf(vapidSecretOf(secret));
    expect(vapidKeysOf(vapidSecretOf(secret))).toEqual(keys);
    expect(Buffer.from(keys.publicKey, 'base64url')).toHaveLength(65);
    expect(topicOf('conversation:x')).toMatch(/^[\w-]{32}$/);
  });
});
