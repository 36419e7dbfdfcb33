import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createUserCipher,
  decryptWith,
  deriveUserKey,
  encryptWith,
} from '../../../src/kernel/user-cipher.ts';

const SECRET = 'a secret of more than thirty-two bytes';
const OTHER = 'another secret of thirty-two bytes or more';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

/** HKDF-SHA256 as RFC 5869 writes it, apart from the product's own. */
function hkdf(secret: Buffer, salt: Buffer, info: Buffer, length: number): Buffer {
  const key = createHmac('sha256', salt).update(secret).digest();
  let block: Buffer = Buffer.alloc(0);
  let out: Buffer = Buffer.alloc(0);
  for (let i = 1; out.length < length; i += 1) {
    block = createHmac('sha256', key).update(block).update(info).update(Buffer.of(i)).digest();
    out = Buffer.concat([out, block]);
  }
  return out.subarray(0, length);
}

describe("a user's key", () => {
  it('is HKDF-SHA256 of the secret: salt the user id, info user-data-encryption', () => {
    // RFC 5869, test cases 1 and 2, hold the reference of this test to the standard.
    expect(
      hkdf(
        hex('0b'.repeat(22)),
        hex('000102030405060708090a0b0c'),
        hex('f0f1f2f3f4f5f6f7f8f9'),
        42,
      ),
    ).toEqual(
      hex('3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865'),
    );
    const row = (from: number, count: number): Buffer =>
      Buffer.from(Array.from({ length: count }, (_, i) => from + i));
    expect(hkdf(row(0, 80), row(0x60, 80), row(0xb0, 80), 82)).toEqual(
      hex(
        'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87',
      ),
    );
    for (const uid of ['u', 'Zt8kq1', 'jürgen']) {
      const expected = hkdf(
        Buffer.from(SECRET),
        Buffer.from(uid),
        Buffer.from('user-data-encryption'),
        32,
      );
      expect(deriveUserKey(SECRET, uid)).toEqual(expected);
    }
  });
});

describe('AES-256-GCM', () => {
  // Test cases 13 to 15 of the specification that NIST took over (McGrew and Viega).
  it.each([
    ['00'.repeat(32), '00'.repeat(12), '', '', '530f8afbc74536b9a963b4f1c4cb738b'],
    [
      '00'.repeat(32),
      '00'.repeat(12),
      '00'.repeat(16),
      'cea7403d4d606b6e074ec5d3baf39d18',
      'd0d1c8a799996bf0265b98b5d48ab919',
    ],
    [
      'feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308',
      'cafebabefacedbaddecaf888',
      'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255',
      '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad',
      'b094dac5d93471bdec1a502270e3cc6c',
    ],
  ])('gives what the published case %# says', (key, nonce, plain, encrypted, tag) => {
    const whole = hex(nonce + encrypted + tag);
    expect(encryptWith(hex(key), hex(nonce), hex(plain))).toEqual(whole);
    expect(decryptWith(hex(key), whole)).toEqual(hex(plain));
  });
});

describe('the cipher of what users own', () => {
  const cipher = createUserCipher(SECRET);
  const bytes = fc.uint8Array({ maxLength: 300 });

  it('opens what it encrypted, and never encrypts the same way twice', () => {
    fc.assert(
      fc.property(fc.string(), bytes, (uid, plain) => {
        const encrypted = cipher.encrypt(uid, plain);
        expect(cipher.decrypt(uid, encrypted)).toEqual(Buffer.from(plain));
        expect(encrypted.length).toBe(plain.length + 28);
        expect(cipher.encrypt(uid, plain)).not.toEqual(encrypted);
      }),
    );
  });

  it('opens nothing that was changed or cut in one place', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), fc.integer({ min: 1, max: 255 }), (plain, where, change) => {
        const encrypted = cipher.encrypt('u', plain);
        const at = where % encrypted.length;
        expect(() => cipher.decrypt('u', encrypted.subarray(0, at))).toThrow(/cannot be decrypted/);
        encrypted[at] = (encrypted[at] ?? 0) ^ change;
        expect(() => cipher.decrypt('u', encrypted)).toThrow(/cannot be decrypted/);
      }),
    );
  });

  it('opens nothing of another user or another secret', () => {
    const encrypted = cipher.encrypt('u', Buffer.from('words'));
    expect(() => cipher.decrypt('v', encrypted)).toThrow(/cannot be decrypted/);
    expect(() => createUserCipher(OTHER).decrypt('u', encrypted)).toThrow(/cannot be decrypted/);
  });

  it('opens what the previous secret encrypted, and encrypts with the new one', () => {
    const rotated = createUserCipher(OTHER, SECRET);
    expect(rotated.decryptText('u', cipher.encryptText('u', 'old words'))).toBe('old words');
    const renewed = rotated.encryptText('u', 'new words');
    expect(createUserCipher(OTHER).decryptText('u', renewed)).toBe('new words');
    expect(() => cipher.decryptText('u', renewed)).toThrow(/cannot be decrypted/);
  });

  it('leaves empty text empty, as Omi does', () => {
    expect(cipher.encryptText('u', '')).toBe('');
    expect(cipher.decryptText('u', '')).toBe('');
  });

  it('refuses secrets of less than 32 bytes', () => {
    expect(() => createUserCipher('x'.repeat(31))).toThrow(/at least 32 bytes/);
    expect(() => createUserCipher(SECRET, 'x'.repeat(31))).toThrow(/at least 32 bytes/);
    expect(() => createUserCipher('ü'.repeat(16))).not.toThrow();
  });
});
