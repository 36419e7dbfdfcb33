import { idFromText } from '../kernel/ids.ts';
import type { InlineActionItem } from '../model/conversations/conversation.ts';
import { type ActionItem, actionItems, makeActionItem } from '../model/tasks/action-item.ts';
import { searchChanged } from '../search/search-changed.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentReader, DocumentWriter } from '../store/document-store.ts';
import { wordsOf } from '../text/tokenizer.ts';
import { toInlineActionItem } from './inline-action-item.ts';

/** A task that processing found in a conversation, with the segments that state it. */
export interface ClaimedActionItem {
  description: string;
  owner: string | null;
  /** Epoch milliseconds. */
  dueAt: number | null;
  segmentIds: readonly string[];
}

/** An open task of another conversation. */
export interface OpenElsewhere {
  description: string;
  owner: string | null;
  dueAt: number | null;
}

/** What `planConversationActionItems` has planned and `writeConversationActionItems` writes. */
export interface ConversationActionItemsPlan {
  put: readonly ActionItem[];
  deleteIds: readonly string[];
  /** The items for the conversation's `structured.actionItems`. */
  inline: InlineActionItem[];
  now: number;
}

/** Two descriptions from the same segment are one task if they share at least this part of their words. */
const SAME_TASK_OVERLAP = 0.6;
const DAY_MS = 86_400_000;

/**
 * Reads the conversation's items and plans how the claims replace them. An item's id is made from the
 * conversation and the description, so that processing twice adds nothing. Items that the user has
 * changed, completed or exported are kept, and a claim of the same task adds no second one; nor does a
 * claim with the same intent as an open task of another conversation. Other items that are no longer
 * claimed are deleted. Without any claim, all items are kept. It only reads, so a transaction calls it
 * before its first write.
 */
export async function planConversationActionItems(
  reader: DocumentReader,
  uid: string,
  conversation: { id: string; isLocked: boolean },
  claims: readonly ClaimedActionItem[],
  now: number,
  openElsewhere: readonly OpenElsewhere[] = [],
): Promise<ConversationActionItemsPlan> {
  const filters = { conversationId: conversation.id };
  const old: ActionItem[] = [];
  for await (const item of queryAll(reader, actionItems, uid, { query: 'recent', filters })) {
    old.unshift(item);
  }
  if (claims.length === 0) {
    return { put: [], deleteIds: [], inline: old.map(toInlineActionItem), now };
  }
  const kept = old.filter(isUsersOwn);
  const byId = new Map(old.map((item) => [item.id, item]));
  const fresh = new Map<string, ActionItem>();
  for (const claim of claims) {
    const id = actionItemId(conversation.id, claim.description);
    if (fresh.has(id) || kept.some((item) => item.id === id || isSameTask(item, claim))) continue;
    if (!byId.has(id) && openElsewhere.some((item) => isSameIntent(item, claim))) continue;
    const { description, owner, dueAt } = claim;
    const found = { description, owner, dueAt, segmentIds: [...claim.segmentIds] };
    const before = byId.get(id);
    fresh.set(
      id,
      before
        ? { ...before, ...found, updatedAt: now }
        : makeActionItem({
            id,
            createdAt: now,
            ...found,
            conversationId: conversation.id,
            isLocked: conversation.isLocked,
          }),
    );
  }
  const put = [...fresh.values()];
  const deleteIds = old.filter((i) => !isUsersOwn(i) && !fresh.has(i.id)).map((item) => item.id);
  return { put, deleteIds, inline: [...kept, ...put].map(toInlineActionItem), now };
}

/** Writes a plan and announces the changes to the search index, in the caller's transaction. */
export function writeConversationActionItems(
  writer: DocumentWriter,
  uid: string,
  plan: ConversationActionItemsPlan,
): void {
  for (const item of plan.put) writer.put(actionItems, uid, item);
  for (const id of plan.deleteIds) writer.delete(actionItems, uid, id);
  for (const id of [...plan.put.map((item) => item.id), ...plan.deleteIds]) {
    searchChanged(writer, uid, 'action_item', id, plan.now);
  }
}

/** Returns the id of a task that was found in a conversation; the same words give the same id. */
export function actionItemId(conversationId: string, description: string): string {
  return idFromText(`action-item:${conversationId}:${wordsOf(description).join(' ')}`);
}

function isUsersOwn(item: ActionItem): boolean {
  return item.edited || item.completed || item.exported;
}

/** Returns true for the same words in any order: "again", another person or another deadline are other words. */
function isSameIntent(item: OpenElsewhere, claim: ClaimedActionItem): boolean {
  const isOtherDay =
    item.dueAt !== null && claim.dueAt !== null && Math.abs(item.dueAt - claim.dueAt) > DAY_MS / 2;
  const isOthers = item.owner !== null && claim.owner !== null && item.owner !== claim.owner;
  return !isOtherDay && !isOthers && sameSet(wordsOf(item.description), wordsOf(claim.description));
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  const [setA, setB] = [new Set(a), new Set(b)];
  return setA.size === setB.size && [...setA].every((word) => setB.has(word));
}

function isSameTask(item: ActionItem, claim: ClaimedActionItem): boolean {
  const a = new Set(wordsOf(item.description));
  const b = new Set(wordsOf(claim.description));
  const shared = [...a].filter((word) => b.has(word)).length;
  if (a.size === b.size && shared === a.size) return true;
  const fromSameWords = item.segmentIds.some((id) => claim.segmentIds.includes(id));
  return fromSameWords && shared / (a.size + b.size - shared) >= SAME_TASK_OVERLAP;
}
