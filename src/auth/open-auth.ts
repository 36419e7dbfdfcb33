import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/logger.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { BrowserSessions } from './browser-sessions.ts';
import { CombinedVerifier } from './combined-verifier.ts';
import { discoverJwksUrl } from './discovery.ts';
import { FirebaseAccounts } from './firebase-accounts.ts';
import { IdTokenVerifier } from './id-token-verifier.ts';
import { IssuerAccounts } from './issuer-accounts.ts';
import { LocalAccounts } from './local-accounts.ts';
import { appleProvider, googleProvider, type OAuthProvider } from './oauth-providers.ts';
import { loadServiceAccount } from './service-account.ts';
import { SignIn } from './sign-in.ts';
import { SignedInUsers } from './signed-in-users.ts';
import { SigningKeys } from './signing-keys.ts';
import type { TokenVerifier } from './token-verifier.ts';

export interface AuthOptions {
  store: DocumentStore;
  clock: Clock;
  logger: Logger;
  issuer: { issuer: string; audience: string; jwksUrl: string | null } | null;
  firebase: { projectId: string; baseUrl: string; tokenBaseUrl: string } | null;
  google: { clientId: string; authBaseUrl: string; tokenBaseUrl: string } | null;
  apple: { clientId: string; teamId: string; keyId: string; baseUrl: string } | null;
  credentialsPath: string | null;
  /** Schemes of apps that a sign-in by browser may lead back to. */
  redirectSchemes: readonly string[];
  secrets: {
    serviceAccountJson: string | null;
    firebaseApiKey: string | null;
    googleClientSecret: string | null;
    applePrivateKey: string | null;
  };
}

/** Everything about who somebody is. */
export interface Auth {
  accounts: LocalAccounts;
  /** Knows every kind of token that is accepted here. */
  verifier: TokenVerifier;
  browserSessions: BrowserSessions;
  signIn: SignIn;
  /** Throws where tokens of the configured issuer cannot be checked. */
  check(): Promise<void>;
  /**
   * Ends what an account can be reached by outside of the store; called first when one is deleted,
   * while its documents are still there.
   */
  endSignIns(uid: string): Promise<void>;
  /** Removes the account at whoever signs it in; called last. */
  eraseOutside(uid: string): Promise<void>;
}

/** Joins the ways to sign in that are configured. @throws AppError `invalid-configuration` */
export async function openAuth(options: AuthOptions): Promise<Auth> {
  const { store, clock, logger, issuer, secrets } = options;
  const accounts = new LocalAccounts({ store, clock });
  const users = new SignedInUsers({ store, clock });
  const firebase = options.firebase
    ? new FirebaseAccounts({
        ...options.firebase,
        apiKey: secrets.firebaseApiKey,
        serviceAccount: await loadServiceAccount({
          json: secrets.serviceAccountJson,
          path: options.credentialsPath,
        }),
        clock,
        logger,
      })
    : null;
  const keys =
    issuer &&
    new SigningKeys({
      jwksUrl: async () => issuer.jwksUrl ?? discoverJwksUrl(issuer.issuer),
      clock,
      logger,
    });
  const issuerAccounts =
    issuer &&
    new IssuerAccounts({
      store,
      clock,
      issuer: issuer.issuer,
      uids: firebase ? 'subject' : 'issuer-and-subject',
    });
  await issuerAccounts?.prepare();
  const issued =
    issuer &&
    keys &&
    issuerAccounts &&
    new IdTokenVerifier({
      issuer: issuer.issuer,
      audience: issuer.audience,
      keys,
      accounts: issuerAccounts,
      users,
      revocation: firebase,
      clock,
    });
  const verifier = issued ? new CombinedVerifier({ own: accounts, issued }) : accounts;
  return {
    accounts,
    verifier,
    browserSessions: new BrowserSessions({ store, clock, accounts, verifier }),
    signIn: new SignIn({
      store,
      providers: providersOf(options),
      redirectSchemes: options.redirectSchemes,
      firebase,
      clock,
      logger,
    }),
    check: async () => {
      await keys?.check();
    },
    endSignIns: async (uid) => {
      issuerAccounts?.forget(uid);
      if (issued) await users.cutOff(uid);
    },
    eraseOutside: async (uid) => {
      await firebase?.deleteUser(uid);
    },
  };
}

function providersOf(options: AuthOptions): ReadonlyMap<'google' | 'apple', OAuthProvider> {
  const { google, apple, secrets, clock } = options;
  const providers = new Map<'google' | 'apple', OAuthProvider>();
  if (google && secrets.googleClientSecret !== null) {
    const clientSecret = secrets.googleClientSecret;
    providers.set('google', googleProvider({ ...google, clientSecret }));
  }
  if (apple && secrets.applePrivateKey !== null) {
    providers.set('apple', appleProvider({ ...apple, privateKey: secrets.applePrivateKey, clock }));
  }
  return providers;
}
