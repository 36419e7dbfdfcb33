import { stemOf } from '../../text/stems.ts';
import { tokenize } from '../../text/tokenizer.ts';
import { isCommonWord } from '../../text/word-classes.ts';
import type { Understanding } from '../understanding-engine.ts';
import { resolveDates } from './resolve-date.ts';
import type { Sentence } from './sentences.ts';

/** More words than this are kept without a look, as Omi does. */
const KEPT_WORDS = 100;
/** Different telling words a short talk needs. */
const LEAST_TELLING = 10;

const SMALL_TALK =
  /\b(?:see you|talk to you|speak soon|take care|how are you|how's it going|nice weather|have a good|catch you)\b/i;
const CHAT_STEMS = new Set(
  'weather cold warm hot rain rainy sunny sun traffic weekend coffee lovely freez chilly tir asleep bathroom elevator lift doctor'.split(
    ' ',
  ),
);

/** True if a talk holds a task, a date, a fact, or enough substance to look back at. */
export function isWorthKeeping(
  sentences: readonly Sentence[],
  found: Pick<Understanding, 'actionItems' | 'events' | 'memories'>,
  when: { startedAt: number; timeZone: string },
): boolean {
  if (found.actionItems.length + found.events.length + found.memories.length > 0) return true;
  let words = 0;
  let longest = 0;
  const telling = new Set<string>();
  for (const sentence of sentences) {
    words += sentence.words;
    longest = Math.max(longest, sentence.words);
    for (const { lower } of tokenize(sentence.text)) {
      const word = stemOf(lower);
      if (lower.length > 2 && !isCommonWord(lower) && !CHAT_STEMS.has(word)) telling.add(word);
    }
  }
  if (words > KEPT_WORDS) return true;
  if (telling.size >= LEAST_TELLING && longest >= 8) return true;
  return sentences.some(
    (sentence) =>
      !SMALL_TALK.test(sentence.text) &&
      sentence.words >= 5 &&
      resolveDates(sentence.text, { reference: when.startedAt, timeZone: when.timeZone }).some(
        (date) => date.hasTime && date.start > when.startedAt,
      ),
  );
}
