import { AppError } from '../kernel/errors.ts';
import type { TokenVerifier } from './token-verifier.ts';

/** The exact texts that clients of the wire know. */
export const AUTHORIZATION_ERRORS = {
  /** No `Authorization` header, over HTTP and over a WebSocket. */
  missing: 'Authorization header not found',
  /** Not two parts; over HTTP also a token that is not accepted. */
  invalid: 'Invalid authorization token',
  /** A token that is not accepted, over a WebSocket. */
  rejected: 'Invalid or expired token',
} as const;

/**
 * The token of an `Authorization` header: the value split on single spaces must give exactly two
 * parts; the scheme word is not looked at. Throws `unauthenticated` with the wire's texts.
 */
export function parseAuthorization(header: string | undefined): string {
  if (!header) throw new AppError('unauthenticated', AUTHORIZATION_ERRORS.missing);
  const parts = header.split(' ');
  const token = parts[1];
  if (parts.length !== 2 || !token) {
    throw new AppError('unauthenticated', AUTHORIZATION_ERRORS.invalid);
  }
  return token;
}

/**
 * The uid behind an `Authorization` header. `rejected` is the text for a token that is not
 * accepted; everything that fails is `unauthenticated`.
 */
export async function authenticate(
  verifier: TokenVerifier,
  header: string | undefined,
  rejected: string = AUTHORIZATION_ERRORS.invalid,
): Promise<string> {
  const verified = await verifier.verify(parseAuthorization(header));
  if (!verified) throw new AppError('unauthenticated', rejected);
  return verified.uid;
}
