import { contentStems } from '../../../../text/stems.ts';
import type { ActionItemClaim } from '../../../understanding-engine.ts';
import { endOfLocalDay } from '../dates/resolve-date.ts';

/** The stems of a task's words, with the verbs of sending made one. */
export function taskStems(description: string): Set<string> {
  return new Set(
    contentStems(description).map((word) =>
      /^(?:mail|email|forward)$/.test(word)
        ? 'send'
        : /^(?:ring|phone)$/.test(word)
          ? 'call'
          : word === 'transfer'
            ? 'pay'
            : word,
    ),
  );
}

/** True if two tasks are the same, told by the stems of their words. */
export function sameTask(first: ReadonlySet<string>, second: ReadonlySet<string>): boolean {
  const shared = [...first].filter((word) => second.has(word)).length;
  return (
    shared / Math.max(1, Math.min(first.size, second.size)) >= 0.75 &&
    (shared > 1 || first.size === 1)
  );
}

/** Said twice: the fuller words, the date wherever it was said, all sources. */
export function mergeTask(into: ActionItemClaim, again: ActionItemClaim, timeZone: string): void {
  if (
    into.owner !== null &&
    again.owner !== null &&
    into.owner !== again.owner &&
    into.dueAt === again.dueAt
  ) {
    // The one who says "I'll do it" owns it.
    if (again.owner === 'user') into.owner = again.owner;
  }
  into.owner ??= again.owner;
  // A day that is named later is the one agreed on; a time alone may be of the day before.
  if (again.dueAt !== null && endOfLocalDay(again.dueAt, timeZone) === again.dueAt)
    into.dueAt = again.dueAt;
  into.dueAt ??= again.dueAt;
  if (again.description.length >= into.description.length) into.description = again.description;
  into.segmentIds = [...new Set([...into.segmentIds, ...again.segmentIds])];
}
