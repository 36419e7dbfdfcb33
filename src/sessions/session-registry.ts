import type { ClientSession } from './client-session.ts';

/** The listen sessions of this process, by user. */
export class SessionRegistry {
  readonly #sessions = new Map<string, Set<ClientSession>>();

  get size(): number {
    let count = 0;
    for (const sessions of this.#sessions.values()) count += sessions.size;
    return count;
  }

  add(uid: string, session: ClientSession): void {
    const sessions = this.#sessions.get(uid) ?? new Set();
    sessions.add(session);
    this.#sessions.set(uid, sessions);
  }

  remove(uid: string, session: ClientSession): void {
    const sessions = this.#sessions.get(uid);
    sessions?.delete(session);
    if (sessions?.size === 0) this.#sessions.delete(uid);
  }

  of(uid: string): ClientSession[] {
    return [...(this.#sessions.get(uid) ?? [])];
  }

  all(): ClientSession[] {
    return [...this.#sessions.values()].flatMap((sessions) => [...sessions]);
  }

  /** True if a session holds audio for the conversation that its provider cannot take now. */
  hasUnheardAudio(uid: string, conversationId: string): boolean {
    return this.of(uid).some((session) => session.hasUnheardAudio(conversationId));
  }
}
