import { idFromText } from '../kernel/ids.ts';
import { type ActionItem, actionItems, makeActionItem } from '../model/action-item.ts';
import type { InlineActionItem } from '../model/conversation.ts';
import { searchChanged } from '../search/search-changed.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentReader, DocumentWriter } from '../store/document-store.ts';
import { wordsOf } from '../text/tokenizer.ts';
import { toInlineActionItem } from './inline-action-item.ts';

/** A task that processing found in a conversation, with the segments that it came from. */
export interface ClaimedActionItem {
  description: string;
  owner: string | null;
  /** Epoch milliseconds. */
  dueAt: number | null;
  segmentIds: readonly string[];
}

/** A task of another conversation that is still to be done. */
export interface OpenElsewhere {
  description: string;
  owner: string | null;
  dueAt: number | null;
}

/** What `writeConversationActionItems` will do; made by `planConversationActionItems`. */
export interface ConversationActionItemsPlan {
  put: readonly ActionItem[];
  deleteIds: readonly string[];
  /** The items as they are to stand in the conversation's `structured.actionItems`. */
  inline: InlineActionItem[];
  now: number;
}

/** Share of words that two descriptions from the same segment must have in common to be one task. */
const SAME_TASK_OVERLAP = 0.6;
const DAY_MS = 86_400_000;

/**
 * Reads what stands and plans how the claims replace it. An item's id comes from the conversation
 * and the description, so that processing twice adds nothing. Items that the user has changed,
 * completed or exported survive as they are, and a claim of the same task adds no second one, nor does
 * one that is open from another conversation with the same intent; others
 * that are not claimed any more go. Where nothing is claimed, everything stays. Only reads: a
 * transaction calls it before its first write.
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

/** Writes a plan, with what tells the search index; part of the caller's transaction. */
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

/** The id of a task found in a conversation: of the same words always the same. */
export function actionItemId(conversationId: string, description: string): string {
  return idFromText(`action-item:${conversationId}:${wordsOf(description).join(' ')}`);
}

function isUsersOwn(item: ActionItem): boolean {
  return item.edited || item.completed || item.exported;
}

/** The same words, whatever their order, no other person and no other deadline: "again" or "another" is other words. */
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
