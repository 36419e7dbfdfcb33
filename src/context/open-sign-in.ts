import { ApiKeys } from '../auth/api-keys.ts';
import { openAuth } from '../auth/open-auth.ts';
import type { Core } from './open-core.ts';

/** Opens everything about who somebody is. */
export async function openSignIn({ config, secrets, logger, store, clock }: Core) {
  const auth = await openAuth({
    store,
    clock,
    logger: logger.child({ subsystem: 'auth' }),
    ...config.auth,
    secrets: {
      serviceAccountJson: secrets.serviceAccountJson?.reveal() ?? null,
      firebaseApiKey: secrets.firebaseApiKey?.reveal() ?? null,
      oidcClientSecret: secrets.oidcClientSecret?.reveal() ?? null,
      googleClientSecret: secrets.googleClientSecret?.reveal() ?? null,
      applePrivateKey: secrets.applePrivateKey?.reveal() ?? null,
    },
  });
  const apiKeys = new ApiKeys({ store, clock });
  const { accounts, verifier, browserSessions, machineKey, signIn, issuerSignIn, endSignIns } =
    auth;
  return {
    services: {
      accounts,
      verifier,
      /** Keys that users give to their programs. */
      apiKeys,
      browserSessions,
      machineKey,
      signIn,
      issuerSignIn,
      endSignIns,
      /** Returns true for the account that the installation was made with. */
      isOwner: async (uid: string) =>
        config.engines.auth === 'local' && (await accounts.isOwner(uid)),
      /** Throws if tokens of the configured issuer cannot be checked. */
      checkSignIn: auth.check,
    },
    erasers: {
      // First of all: a token that stays valid must not bring the account back.
      access: [endSignIns, (uid: string) => apiKeys.eraseUser(uid)],
      account: [auth.eraseOutside],
    },
  };
}
