import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import {
  type Conversation,
  conversations,
  type InlineActionItem,
} from '../model/conversations/conversation.ts';
import { type ActionItem, actionItems } from '../model/tasks/action-item.ts';
import { searchChanged } from '../search/search-changed.ts';
import type { DocumentReader, DocumentStore, Transaction } from '../store/document-store.ts';
import { editTime, getOpenConversation } from './conversation-access.ts';

/** Standalone items of one conversation that are looked at: far above what a talk yields. */
const ITEMS_PER_CONVERSATION = 1000;

/**
 * The action items as they stand inside their conversation. Each change is mirrored to the
 * standalone item: the one with the same id, else the one with the same description.
 */
export class InlineActionItemService {
  readonly #store: DocumentStore;
  readonly #clock: Clock;

  constructor(options: { store: DocumentStore; clock: Clock }) {
    this.#store = options.store;
    this.#clock = options.clock;
  }

  /** The standalone items of a conversation, newest first. */
  async list(uid: string, conversationId: string): Promise<ActionItem[]> {
    await getOpenConversation(this.#store, uid, conversationId);
    return await itemsOf(this.#store, uid, conversationId);
  }

  /** Completes items or opens them again, by index; indexes out of range are skipped. */
  async setCompleted(
    uid: string,
    conversationId: string,
    changes: readonly { index: number; completed: boolean }[],
  ): Promise<void> {
    await this.#change(uid, conversationId, (mirror, now) => {
      for (const { index, completed } of changes) {
        const inline = mirror.inline[index];
        if (!inline || inline.completed === completed) continue;
        const fields = { completed, completedAt: completed ? now : null, updatedAt: now };
        mirror.inline[index] = { ...inline, ...fields };
        mirror.patch(inline, fields);
      }
    });
  }

  /** Renames the first item with the description `from`; `not-found` if there is none. */
  async rename(uid: string, conversationId: string, from: string, to: string): Promise<void> {
    await this.#change(uid, conversationId, (mirror, now) => {
      const index = mirror.inline.findIndex((item) => item.description === from);
      const inline = mirror.inline[index];
      if (!inline) {
        // A client that repeats a request whose answer it lost finds its own change.
        if (mirror.inline.some((item) => item.description === to)) return;
        throw new AppError('not-found', 'Action item not found');
      }
      const fields = { description: to, updatedAt: now };
      mirror.inline[index] = { ...inline, ...fields };
      mirror.patch(inline, fields);
    });
  }

  /** Removes the items with this description; removing what is absent is no error. */
  async remove(uid: string, conversationId: string, description: string): Promise<void> {
    await this.#change(uid, conversationId, (mirror) => {
      for (const inline of mirror.inline.filter((item) => item.description === description)) {
        mirror.inline.splice(mirror.inline.indexOf(inline), 1);
        mirror.remove(inline);
      }
    });
  }

  async #change(
    uid: string,
    conversationId: string,
    apply: (mirror: Mirror, now: number) => void,
  ): Promise<void> {
    await this.#store.transact(async (tx) => {
      const conversation = await getOpenConversation(tx, uid, conversationId);
      const now = this.#clock.now();
      const mirror = new Mirror(tx, uid, conversation, await itemsOf(tx, uid, conversationId), now);
      apply(mirror, now);
      mirror.commit();
    });
  }
}

/** One transaction's changes to inline items and, beside each, to its standalone item. */
class Mirror {
  /** The conversation's items; to be changed in place. */
  readonly inline: InlineActionItem[];
  readonly #tx: Transaction;
  readonly #uid: string;
  readonly #conversation: Conversation;
  readonly #standalone: Map<string, ActionItem>;
  readonly #now: number;

  constructor(
    tx: Transaction,
    uid: string,
    conversation: Conversation,
    standalone: readonly ActionItem[],
    now: number,
  ) {
    this.inline = [...conversation.structured.actionItems];
    this.#tx = tx;
    this.#uid = uid;
    this.#conversation = conversation;
    this.#standalone = new Map(standalone.map((item) => [item.id, item]));
    this.#now = now;
  }

  patch(
    inline: InlineActionItem,
    fields: Partial<Pick<ActionItem, 'description' | 'completed' | 'completedAt' | 'updatedAt'>>,
  ): void {
    const item = this.#find(inline);
    if (!item) return;
    const syncRequested = item.syncRequested || item.exported;
    const changed = { ...fields, edited: true, syncRequested };
    this.#tx.patch(actionItems, this.#uid, item.id, changed);
    this.#standalone.set(item.id, { ...item, ...changed });
    this.#note(item.id);
  }

  remove(inline: InlineActionItem): void {
    const item = this.#find(inline);
    if (!item) return;
    this.#tx.delete(actionItems, this.#uid, item.id);
    this.#standalone.delete(item.id);
    this.#note(item.id);
  }

  commit(): void {
    const { id, structured } = this.#conversation;
    const updatedAt = editTime(this.#conversation, this.#now);
    this.#tx.patch(conversations, this.#uid, id, {
      structured: { ...structured, actionItems: this.inline },
      updatedAt,
    });
    searchChanged(this.#tx, this.#uid, 'conversation', id, this.#now);
  }

  #find(inline: InlineActionItem): ActionItem | undefined {
    const byId = this.#standalone.get(inline.id);
    if (byId) return byId;
    return [...this.#standalone.values()].find((i) => i.description === inline.description);
  }

  #note(itemId: string): void {
    searchChanged(this.#tx, this.#uid, 'action_item', itemId, this.#now);
  }
}

async function itemsOf(
  reader: DocumentReader,
  uid: string,
  conversationId: string,
): Promise<ActionItem[]> {
  const page = await reader.query(actionItems, uid, {
    query: 'recent',
    filters: { conversationId },
    limit: ITEMS_PER_CONVERSATION,
  });
  return page.items;
}
