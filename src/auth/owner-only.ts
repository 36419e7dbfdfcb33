import { AppError } from '../kernel/errors.ts';

/** Says whether a user is the account that the installation was made with. */
export type IsOwner = (uid: string) => Promise<boolean>;

/** Returns a check for routes of the server itself: throws AppError `forbidden` for everybody else. */
export function ownerOnly(isOwner: IsOwner): (uid: string) => Promise<void> {
  return async (uid) => {
    if (await isOwner(uid)) return;
    throw new AppError('forbidden', 'Only the owner of this server may do this.');
  };
}
