/** Who a bearer token belongs to. */
export interface VerifiedToken {
  uid: string;
}

/** Turns a bearer token into a user. Each request asks again, so a revoked token stops at once. */
export interface TokenVerifier {
  /** The token's user, or null if the token is unknown, expired or revoked. */
  verify(token: string): Promise<VerifiedToken | null>;
  /**
   * True if an accepted token has been taken back since. Asked of connections that stay open;
   * a token that has merely expired meanwhile does not end them.
   */
  isRevoked(token: string): Promise<boolean>;
}
