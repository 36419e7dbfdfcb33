import type { LocalAccounts } from '../auth/local-accounts.ts';
import { AppError } from '../kernel/errors.ts';

/**
 * Id of the user of this name. On an installation without users the owner is made first, and the
 * owner's token is printed, as the first start of the server would.
 */
export async function ownAccount(accounts: LocalAccounts, name: string): Promise<string> {
  const owner = await accounts.ensureOwner();
  if (owner) process.stdout.write(`Sign-in token of the owner, shown this once: ${owner.token}\n`);
  const user = await accounts.findUserByName(name);
  if (user) return user.id;
  throw new AppError(
    'not-found',
    `There is no user "${name}". Make one: omi-backend token create --create --user "${name}"`,
  );
}
