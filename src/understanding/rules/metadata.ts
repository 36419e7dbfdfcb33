import { DateTime, IANAZone } from 'luxon';
import type { SearchMetadata } from '../../model/conversations/conversation.ts';
import type { Understanding, UnderstandingInput } from '../understanding-engine.ts';
import type { KeyPhrase } from './talk.ts';

const MAX_TOPICS = 10;

/**
 * What a talk can be found by beyond its words, as far as rules can tell: who spoke in it or was invited to it,
 * what it was about, and the days of its tasks and events. Entities are left to a language model.
 */
export function findMetadata(
  input: UnderstandingInput,
  phrases: readonly KeyPhrase[],
  claims: Pick<Understanding, 'actionItems' | 'events'>,
): SearchMetadata {
  const zone = IANAZone.isValidZone(input.timeZone) ? input.timeZone : 'utc';
  const times = [
    ...claims.actionItems.flatMap(({ dueAt }) => (dueAt === null ? [] : [dueAt])),
    ...claims.events.map(({ start }) => start),
  ];
  const days = times.flatMap((time) => DateTime.fromMillis(time, { zone }).toISODate() ?? []);
  const speakers = input.segments.flatMap(({ name, isUser }) =>
    isUser || name === null ? [] : [name],
  );
  const invited = (input.calendar?.participants ?? []).filter((name) => name !== input.userName);
  return {
    people: [...new Set([...speakers, ...invited])],
    topics: phrases.slice(0, MAX_TOPICS).map(({ text }) => text),
    entities: [],
    dates: [...new Set(days)].sort(),
  };
}
