import type { AttachOptions, LiveConversations } from '../transcripts/live-conversations.ts';

export interface OwnConversationOptions {
  uid: string;
  live: LiveConversations;
  callId: string | null;
}

/**
 * The conversation that belongs to one connection, whichever of its channels asks first. Where it
 * has gone while the connection is still there, another one follows it.
 */
export class OwnConversation {
  readonly #o: OwnConversationOptions;
  #current: Promise<string> | undefined;
  /** Those that are over. */
  readonly #past = new Set<string>();

  constructor(options: OwnConversationOptions) {
    this.#o = options;
  }

  /** Its id; a new one where `after`, or the one that there was, is over. */
  open(options: AttachOptions, after: string | null): Promise<string> {
    const isKnown = after !== null && this.#past.has(after);
    if (after !== null && !isKnown) {
      this.#past.add(after);
      this.#current = undefined;
    }
    this.#current ??= this.#begin(options);
    return this.#current;
  }

  async end(): Promise<void> {
    const id = await this.#current?.catch(() => undefined);
    if (id !== undefined) await this.#o.live.end(this.#o.uid, id);
  }

  async #begin(options: AttachOptions): Promise<string> {
    const { live, uid, callId } = this.#o;
    return (await live.begin(uid, { ...options, callId })).id;
  }
}
