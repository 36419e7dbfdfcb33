import { tokenize } from '../../../text/tokenizer.ts';
import { isPhaticWord } from '../../../text/word-classes.ts';
import type { Understanding } from '../../understanding-engine.ts';
import type { Talk } from '../talk.ts';
import { isProgramme } from './broadcast.ts';
import { parseNumber } from './dates/spoken-number.ts';
import { isLikelyEmpty, peopleOf } from './empty/empty-talks.ts';
import { isCounting, isParticle } from './phatic.ts';
import type { TalkContext } from './talk-context.ts';

type Claims = Pick<Understanding, 'actionItems' | 'suggestedTasks' | 'events' | 'memories'>;

/**
 * True if an English talk shows that nobody will miss it: it says nothing, or nothing was found in it and it is most likely
 * small talk, a test, a song or a programme in the room. What is in doubt is kept, however short it is.
 */
export function isEmptyTalk(context: TalkContext, found: Claims): boolean {
  if (saysNothing(context)) return true;
  const { actionItems, suggestedTasks, events, memories } = found;
  const isClaimed = [actionItems, suggestedTasks, events, memories].some(
    ({ length }) => length > 0,
  );
  return !isClaimed && (isProgramme(context.sentences) || isLikelyEmpty(context));
}

/** True if a talk in any language holds no words, only greetings, thanks, cries, humming, names or a count. */
export function saysNothing(talk: Talk): boolean {
  const people = peopleOf(talk);
  const numbers: string[] = [];
  for (const { text } of talk.sentences) {
    for (const { lower } of tokenize(text)) {
      if (isPhaticWord(lower) || isParticle(lower) || people.has(lower)) continue;
      // Any other word says something: a long talk costs no more than its beginning.
      if (parseNumber(lower) === null) return false;
      numbers.push(lower);
    }
  }
  return numbers.length === 0 || isCounting(numbers);
}
