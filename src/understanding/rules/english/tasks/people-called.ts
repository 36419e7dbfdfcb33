import { escapePattern } from '../../../../text/escape-pattern.ts';
import type { Sentence } from '../../talk.ts';
import type { TalkContext } from '../talk-context.ts';
import { objectIn } from './task-verbs.ts';

/** Sentences before and after a promise in which its other person is looked for. */
const NEAR = 8;

/**
 * "Call you back" with the name of who is called, if nothing else is said to be called, and the segments of that
 * person's sentence; null if the words stay as they are.
 */
export function personCalled(
  rest: string,
  { sentence, context }: { sentence: Sentence; context: TalkContext },
): { rest: string; segmentIds: string[] } | null {
  const whom = /^(?<who>you|me|us)\b(?<more>.*)$/i.exec(rest)?.groups;
  const more = whom?.more ?? '';
  if (!whom || objectIn(more, context.tag) !== null) return null;
  const [other, another] = othersThan(sentence.speaker, context);
  const person = /^(?:me|us)$/i.test(whom.who ?? '') ? sentence : another ? undefined : other;
  const name = person?.isUser ? context.userName : person?.name;
  if (!person || !name) return null;
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
