import type { WriteKind } from './write-requests.ts';

/**
 * A write that the user did not ask for; the model reads the message. It names the kinds, so that the
 * model can call again without them.
 */
export class WriteRefused extends Error {
  /** @param kinds those that were not asked for; empty if what is changed was not spoken of */
  constructor(kinds: readonly WriteKind[] = []) {
    const named = kinds.length === 0 ? 'this' : kinds.join(', ').replaceAll('-', ' ');
    super(`refused: the user did not ask for this${kinds.length === 0 ? '' : ` (${named})`}`);
    this.name = 'WriteRefused';
  }
}

/** What a call of a tool may change. */
export interface Permission {
  /** True if the user asked for a change of this kind; `take` finds out whether of this thing. */
  asksFor(kind: WriteKind): boolean;
  /**
   * Takes one change, of every field that it changes.
   *
   * @param subject the text of what is made or changed
   * @param added the text that a task gets instead of its own, null if it keeps it
   * @throws `WriteRefused` if the user did not ask for one of the kinds, or not for this subject
   */
  take(kinds: WriteKind | readonly WriteKind[], subject: string, added?: string | null): void;
}

/** The permission of a call that the user, or a program of the user's, makes without a model between. */
export const DIRECT_CALL: Permission = { asksFor: () => true, take: () => undefined };
