import { randomToken } from '../kernel/ids.ts';
import { isSameSecret } from '../kernel/is-same-secret.ts';
import type { LocalAccounts } from './local-accounts.ts';
import type { TokenVerifier, VerifiedToken } from './token-verifier.ts';

/** No other token of this server begins like this. */
const PREFIX = 'omi_machine_';
const KEY_BYTES = 32;

/**
 * Returns the token of a caller that has read the key of the running server.
 *
 * @param user name or id of the user for whom it acts
 */
export function machineToken(key: string, user: string): string {
  return `${PREFIX}${key}.${Buffer.from(user, 'utf8').toString('base64url')}`;
}

/**
 * Verifies the tokens of the command line on the machine of the server. Their key is made at each start
 * and is readable by the owner of the data directory only, who may read the store anyway. Every other
 * token goes to the accounts.
 */
export class MachineTokens implements TokenVerifier {
  readonly key = randomToken(KEY_BYTES);
  readonly #accounts: LocalAccounts;

  constructor(accounts: LocalAccounts) {
    this.#accounts = accounts;
  }

  /** See `TokenVerifier`. */
  async verify(token: string): Promise<VerifiedToken | null> {
    if (!token.startsWith(PREFIX)) return this.#accounts.verify(token);
    const [key = '', user = ''] = token.slice(PREFIX.length).split('.', 2);
    if (!isSameSecret(key, this.key)) return null;
    const found = await this.#accounts.findUser(Buffer.from(user, 'base64url').toString('utf8'));
    return found ? { uid: found.id } : null;
  }

  /** See `TokenVerifier`. */
  async isRevoked(token: string): Promise<boolean> {
    return (await this.verify(token)) === null;
  }
}
