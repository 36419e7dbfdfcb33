import { describe, expect, it } from 'vitest';
import {
  AUTHORIZATION_ERRORS,
  authenticate,
  parseAuthorization,
} from '../../../src/auth/authorization.ts';

describe('parseAuthorization', () => {
  it('takes the second of two parts, whatever the first says', () => {
    expect(parseAuthorization('Bearer abc')).toBe('abc');
    expect(parseAuthorization('whatever abc')).toBe('abc');
  });

  it.each([undefined, ''])('misses %j', (header) => {
    expect(() => parseAuthorization(header)).toThrow('Authorization header not found');
  });

  it.each(['abc', 'Bearer ', 'Bearer  abc', 'Bearer a b', ' '])('refuses %j', (header) => {
    expect(() => parseAuthorization(header)).toThrow('Invalid authorization token');
  });
});

describe('authenticate', () => {
  const verifier = {
    verify: async (token: string) => (token === 'good' ? { uid: 'u' } : null),
    isRevoked: async () => false,
  };

  it('answers the uid of an accepted token', async () => {
    await expect(authenticate(verifier, 'Bearer good')).resolves.toBe('u');
  });

  it('refuses any other with the text of the protocol', async () => {
    await expect(authenticate(verifier, 'Bearer bad')).rejects.toMatchObject({
      code: 'unauthenticated',
      message: 'Invalid authorization token',
    });
    await expect(
      authenticate(verifier, 'Bearer bad', AUTHORIZATION_ERRORS.rejected),
    ).rejects.toThrow('Invalid or expired token');
  });
});
