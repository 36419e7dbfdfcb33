import { escapePattern } from '../../../../text/escape-pattern.ts';
import type { Sentence } from '../../talk.ts';
import { datesIn, type TalkContext } from '../talk-context.ts';

/** Sentences before and after a promise in which its other person is looked for. */
const NEAR = 8;

/**
 * "Call you back" with the name of who is called, if a time or a reason is said, and the segments of that person's
 * sentence; null if the words stay as they are.
 */
export function personCalled(
  verb: string,
  rest: string,
  { sentence, context }: { sentence: Sentence; context: TalkContext },
): { rest: string; segmentIds: string[] } | null {
  const whom = /^(?<who>you|me|us)\b(?<more>.*)$/i.exec(rest)?.groups;
  if (!whom || !/^(?:call|phone|ring|text|email|visit|get|fetch|collect|pick|meet)$/i.test(verb))
    return null;
  const more = whom.more ?? '';
  const isTimed =
    /\b(?:back|as soon as|when|once|up|from the)\b/i.test(more) ||
    datesIn(more, context, sentence).length > 0;
  const [other, another] = othersThan(sentence.speaker, context);
  const person = /^(?:me|us)$/i.test(whom.who ?? '') ? sentence : another ? undefined : other;
  const name = person?.isUser ? context.userName : person?.name;
  if (!isTimed || !person || !name) return null;
  const near = context.sentences.slice(Math.max(0, sentence.index - NEAR), sentence.index + NEAR);
  const spoken = near.findLast(({ speaker }) => speaker === person.speaker) ?? person;
  return { rest: `${name}${more}`, segmentIds: [...spoken.segmentIds] };
}

/** The first sentences of others, two at most. */
export function othersThan(speaker: string, { firstBySpeaker }: TalkContext): Sentence[] {
  const others: Sentence[] = [];
  for (const first of firstBySpeaker.values()) {
    if (first.speaker !== speaker && others.push(first) > 1) break;
  }
  return others;
}

/** True if the sentence addresses the person: "Anna, can you ...". */
export function isCalled(name: string, sentence: Sentence): boolean {
  const first = escapePattern(name.split(' ')[0] ?? name);
  if (first === '') return false;
  return new RegExp(
    `(?:^|[,.] ?|\\b(?:hey|hi|okay|so|and|thanks|but) )${first}(?:,|\\?|\\.|$| (?:can|could|would|will|please|you))`,
    'iu',
  ).test(sentence.text);
}
