import type { ClientSession } from './client-session.ts';
import type { ListenOptions } from './listen-options.ts';

/** What a conversation belongs to: connections with the same key go on in each other's conversations. */
export function deviceKeyOf({
  clientKey,
  conversationId,
}: Pick<ListenOptions, 'clientKey' | 'conversationId'>): string | null {
  // A client that names its conversation shares it with nobody else.
  return conversationId === undefined ? clientKey : `conversation:${conversationId}`;
}

interface Connected {
  key: string | null;
  isAlive: () => Promise<boolean>;
}

/** The devices that are connected to this process, as far as they can be told apart. */
export class ConnectedDevices {
  readonly #connected = new Map<ClientSession, Connected>();

  /**
   * Notes a connection; that of a session that was connected before replaces the earlier one.
   *
   * @param isAlive asks the client at the other end of the connection for a sign of life
   */
  add(session: ClientSession, listen: ListenOptions, isAlive: () => Promise<boolean>): void {
    this.#connected.set(session, { key: deviceKeyOf(listen), isAlive });
  }

  remove(session: ClientSession): void {
    this.#connected.delete(session);
  }

  /**
   * Conversations that another device speaks into which cannot be told apart by its key. A device that
   * names itself and connects again is the same one; of those that do not, the one whose old connection
   * still answers is another.
   */
  async heldByOthers({ uid, ...listen }: ListenOptions): Promise<ReadonlySet<string>> {
    const key = deviceKeyOf(listen);
    const held = new Set<string>();
    if (key === null || isNamed(key)) return held;
    const others = [...this.#connected].filter(
      ([session, other]) =>
        session.uid === uid && other.key === key && session.conversationId !== '',
    );
    const alive = await Promise.all(others.map(([, { isAlive }]) => isAlive()));
    for (const [i, [session]] of others.entries()) {
      if (alive[i]) held.add(session.conversationId);
    }
    return held;
  }
}

/** True if a key says more than what kind of device it is. */
function isNamed(key: string): boolean {
  return !key.endsWith(':');
}
