import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import type { EventBus } from '../kernel/event-bus.ts';
import { newId } from '../kernel/ids.ts';
import type { ChangeKind } from '../model/collection.ts';
import { type ConversationStatus, conversations } from '../model/conversations/conversation.ts';
import { dailySummaries } from '../model/conversations/daily-summary.ts';
import { folders } from '../model/conversations/folder.ts';
import type { DomainEvents } from '../model/domain-events.ts';
import { memories } from '../model/memory.ts';
import { people } from '../model/people/person.ts';
import { actionItems } from '../model/tasks/action-item.ts';
import { goals } from '../model/tasks/goal.ts';
import type { DocumentReader } from '../store/document-store.ts';
import { ChangeLog, type LoggedChange } from './change-log.ts';

/** What a client is told. `id` is what it gives back to go on from there. */
export type ChangeNotice =
  /** From here on every change is told. */
  | { type: 'ready'; id: string }
  /** Changes were missed: what the client shows may be old, all of it. */
  | { type: 'reset'; id: string }
  | {
      type: 'change';
      id: string;
      kind: ChangeKind;
      documentId: string;
      isDeleted: boolean;
      /** Of a conversation that exists; else null. */
      status: ConversationStatus | null;
    };

export interface ChangeFeedOptions {
  store: DocumentReader;
  events: EventBus<DomainEvents>;
  clock: Clock;
}

/** How long the changes of a user without a client are remembered, milliseconds. */
const REMEMBERED_MS = 10 * 60_000;
const MAX_FOLLOWERS = 20;

interface Followed {
  log: ChangeLog;
  followers: number;
  /** Epoch milliseconds of the last follower's end. */
  leftAt: number;
}

/** Tells clients which of their user's documents change, as far as this process hears of it. */
export class ChangeFeed {
  readonly #store: DocumentReader;
  readonly #clock: Clock;
  /** Tells this process's positions from those of another, or of an earlier run. */
  readonly #name = newId();
  readonly #users = new Map<string, Followed>();
  readonly #stop: () => void;

  constructor({ store, events, clock }: ChangeFeedOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#stop = events.on('documents-changed', ({ uid, changes }) =>
      this.#users.get(uid)?.log.add(changes),
    );
  }

  close(): void {
    this.#stop();
  }

  /**
   * Yields `ready` or `reset`, then the changes of a user's documents: those that the client has
   * missed, and if `waits`, all others until `signal` is aborted.
   * @param lastId `id` of the last notice that the client has seen; null if there is none
   * @throws AppError `rate-limited` if the user has too many clients
   */
  async *follow(
    uid: string,
    lastId: string | null,
    { waits, signal }: { waits: boolean; signal: AbortSignal },
  ): AsyncGenerator<ChangeNotice> {
    const followed = this.#enter(uid);
    const { log } = followed;
    try {
      let position = this.#positionOf(lastId, log);
      yield {
        type: position === null ? 'reset' : 'ready',
        id: this.#idOf(position ?? log.position),
      };
      position ??= log.position;
      while (!signal.aborted) {
        const due = log.since(position);
        if (due?.length === 0) {
          if (!waits) return;
          await log.changed(signal);
          continue;
        }
        position = due?.at(-1)?.position ?? log.position;
        if (due) yield* this.#describe(uid, due);
        else yield { type: 'reset', id: this.#idOf(position) };
      }
    } finally {
      followed.followers -= 1;
      followed.leftAt = this.#clock.now();
    }
  }

  #enter(uid: string): Followed {
    this.#forgetOld();
    const followed = this.#users.get(uid) ?? {
      // Positions of an earlier log, which was forgotten, stay behind this one's.
      log: new ChangeLog(this.#clock.now()),
      followers: 0,
      leftAt: 0,
    };
    if (followed.followers >= MAX_FOLLOWERS) {
      throw new AppError('rate-limited', `At most ${MAX_FOLLOWERS} event streams at a time.`);
    }
    this.#users.set(uid, followed);
    followed.followers += 1;
    return followed;
  }

  #forgetOld(): void {
    const until = this.#clock.now() - REMEMBERED_MS;
    for (const [uid, { followers, leftAt }] of this.#users) {
      if (followers === 0 && leftAt < until) this.#users.delete(uid);
    }
  }

  #idOf(position: number): string {
    return `${this.#name}-${position}`;
  }

  /** Null if changes after `lastId` are not known any more. A client without one begins now. */
  #positionOf(lastId: string | null, log: ChangeLog): number | null {
    if (lastId === null) return log.position;
    const end = lastId.lastIndexOf('-');
    const position = Number(lastId.slice(end + 1));
    if (lastId.slice(0, end) !== this.#name || !Number.isSafeInteger(position)) return null;
    return log.since(position) === null ? null : position;
  }

  /** Adds what has become of each document by now. */
  async *#describe(uid: string, due: readonly LoggedChange[]): AsyncGenerator<ChangeNotice> {
    const present = new Map<string, ConversationStatus | null>();
    for (const kind of new Set(due.map((change) => change.kind))) {
      const ids = due.filter((change) => change.kind === kind).map(({ id }) => id);
      for (const found of await this.#present(uid, kind, ids)) {
        present.set(`${kind}:${found.id}`, found.status ?? null);
      }
    }
    for (const { position, kind, id } of due) {
      const status = present.get(`${kind}:${id}`);
      yield {
        type: 'change',
        id: this.#idOf(position),
        kind,
        documentId: id,
        isDeleted: status === undefined,
        status: status ?? null,
      };
    }
  }

  #present(uid: string, kind: ChangeKind, ids: readonly string[]): Promise<Present[]> {
    return READERS[kind](this.#store, uid, ids);
  }
}

interface Present {
  id: string;
  status?: ConversationStatus;
}

type Read = (store: DocumentReader, uid: string, ids: readonly string[]) => Promise<Present[]>;

const READERS: Record<ChangeKind, Read> = {
  conversation: (store, uid, ids) => store.findMany(conversations, uid, ids),
  memory: (store, uid, ids) => idsOf(store.findMany(memories, uid, ids)),
  action_item: (store, uid, ids) => idsOf(store.findMany(actionItems, uid, ids)),
  person: (store, uid, ids) => idsOf(store.findMany(people, uid, ids)),
  folder: (store, uid, ids) => idsOf(store.findMany(folders, uid, ids)),
  goal: (store, uid, ids) => idsOf(store.findMany(goals, uid, ids)),
  daily_summary: (store, uid, ids) => idsOf(store.findMany(dailySummaries, uid, ids)),
};

/** A goal has a status of its own, which is not one of conversations. */
async function idsOf(found: Promise<readonly { id: string }[]>): Promise<Present[]> {
  return (await found).map(({ id }) => ({ id }));
}
