import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError } from '../kernel/errors.ts';

/** SHA-256 in base64url. */
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

/**
 * The challenge of a client that will prove that it began the sign-in (RFC 7636); null if it sends
 * none. Only `S256` is taken: a plain challenge can be read if the code can.
 *
 * @throws AppError `bad-request`
 */
export function readChallenge(challenge: string | null, method: string | null): string | null {
  if (challenge === null) {
    if (method === null) return null;
    throw new AppError('bad-request', 'code_challenge is missing.');
  }
  if (method !== 'S256') {
    throw new AppError('bad-request', 'code_challenge_method must be S256.');
  }
  if (CHALLENGE.test(challenge)) return challenge;
  throw new AppError('bad-request', 'code_challenge must be a SHA-256 in base64url.');
}

/**
 * Checks that the client with the code is the one that began the sign-in.
 *
 * @throws AppError `bad-request` if the verifier does not fit, is missing, or was never announced:
 *   then the challenge may have been taken away on the way
 */
export function assertProof(challenge: string | null, verifier: string | null): void {
  if (challenge === null && verifier === null) return;
  const isProven =
    challenge !== null &&
    verifier !== null &&
    VERIFIER.test(verifier) &&
    timingSafeEqual(
      Buffer.from(challenge),
      Buffer.from(createHash('sha256').update(verifier).digest('base64url')),
    );
  if (!isProven) throw new AppError('bad-request', 'Invalid code_verifier');
}
