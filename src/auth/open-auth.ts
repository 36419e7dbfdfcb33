import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/logger.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { BrowserSessions } from './browser-sessions.ts';
import { CombinedVerifier } from './combined-verifier.ts';
import { discoverJwksUrl } from './discovery.ts';
import { FirebaseAccounts } from './firebase-accounts.ts';
import { IdTokenVerifier } from './id-token-verifier.ts';
import { IssuerAccounts } from './issuer-accounts.ts';
import { firebaseClient, type IssuerClient, oidcClient } from './issuer-clients.ts';
import { IssuerSignIn } from './issuer-sign-in.ts';
import { LocalAccounts } from './local-accounts.ts';
import { MachineTokens } from './machine-tokens.ts';
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
  /** This server as a client of an OpenID Connect issuer; null without one. */
  oidcClient: { clientId: string } | null;
  firebase: { projectId: string; baseUrl: string; tokenBaseUrl: string } | null;
  google: { clientId: string; authBaseUrl: string; tokenBaseUrl: string } | null;
  apple: { clientId: string; teamId: string; keyId: string; baseUrl: string } | null;
  credentialsPath: string | null;
  /** Schemes of apps that a sign-in by browser may lead back to. */
  redirectSchemes: readonly string[];
  secrets: {
    serviceAccountJson: string | null;
    firebaseApiKey: string | null;
    oidcClientSecret: string | null;
    googleClientSecret: string | null;
    applePrivateKey: string | null;
  };
}

/** The ways to sign in, and what they share. */
export interface Auth {
  accounts: LocalAccounts;
  /** Verifies every kind of token that this server accepts. */
  verifier: TokenVerifier;
  browserSessions: BrowserSessions;
  /** Key for the tokens of the command line on this machine. */
  machineKey: string;
  signIn: SignIn;
  /** Sign-in of browsers on the issuer's page; null if there is none. */
  issuerSignIn: IssuerSignIn | null;
  /** @throws if tokens of the configured issuer cannot be checked */
  check(): Promise<void>;
  /** Ends the sign-ins of an account. The deletion of an account calls it first. */
  endSignIns(uid: string): Promise<void>;
  /** Removes the account at the service that signs it in. The deletion of an account calls it last. */
  eraseOutside(uid: string): Promise<void>;
}

/**
 * Opens the ways to sign in that are configured.
 *
 * @throws AppError `invalid-configuration`
 */
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
  const issuing = issuer && (await openIssuer(options, issuer, { users, firebase }));
  const providers = providersOf(options);
  const client = clientOf(options, providers, firebase);
  const own = new MachineTokens(accounts);
  const verifier = issuing ? new CombinedVerifier({ own, issued: issuing.verifier }) : own;
  return {
    accounts,
    verifier,
    machineKey: own.key,
    browserSessions: new BrowserSessions({ store, clock, accounts, verifier }),
    issuerSignIn: client && new IssuerSignIn({ client, clock, logger }),
    signIn: new SignIn({
      store,
      providers,
      redirectSchemes: options.redirectSchemes,
      firebase,
      clock,
      logger,
    }),
    check: async () => {
      await issuing?.keys.check();
    },
    endSignIns: async (uid) => {
      issuing?.accounts.forget(uid);
      if (issuing) await users.cutOff(uid);
    },
    eraseOutside: async (uid) => {
      await firebase?.deleteUser(uid);
    },
  };
}

/** Opens what checks the tokens of an issuer. */
async function openIssuer(
  { store, clock, logger }: AuthOptions,
  { issuer, audience, jwksUrl }: NonNullable<AuthOptions['issuer']>,
  { users, firebase }: { users: SignedInUsers; firebase: FirebaseAccounts | null },
): Promise<{ keys: SigningKeys; accounts: IssuerAccounts; verifier: IdTokenVerifier }> {
  const keys = new SigningKeys({
    jwksUrl: async () => jwksUrl ?? discoverJwksUrl(issuer),
    clock,
    logger,
  });
  const uids = firebase ? 'subject' : 'issuer-and-subject';
  const accounts = new IssuerAccounts({ store, clock, issuer, uids });
  await accounts.prepare();
  const verifier = new IdTokenVerifier({
    issuer,
    audience,
    keys,
    accounts,
    users,
    revocation: firebase,
    clock,
  });
  return { keys, accounts, verifier };
}

/** The page that browsers sign in on, if what it needs is configured. */
function clientOf(
  { issuer, oidcClient: oidc, secrets }: AuthOptions,
  providers: ReturnType<typeof providersOf>,
  firebase: FirebaseAccounts | null,
): IssuerClient | null {
  if (issuer && oidc) {
    const { clientId } = oidc;
    return oidcClient({ issuer: issuer.issuer, clientId, clientSecret: secrets.oidcClientSecret });
  }
  const google = providers.get('google');
  return firebase && google && secrets.firebaseApiKey !== null
    ? firebaseClient(google, firebase)
    : null;
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
