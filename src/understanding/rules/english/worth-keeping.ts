import { isPhaticText } from '../../../text/phatic-text.ts';
import type { Sentence } from '../talk.ts';
import { isBroadcast } from './broadcast.ts';
import { isCounting, PhaticTalk } from './phatic.ts';
import type { TalkContext } from './talk-context.ts';

/**
 * True if a talk shows that nobody will miss it: it holds no words, only greetings, thanks, cries, small
 * talk about the weather, a count, the test of a microphone or talk to a pet, or a programme, a song or an
 * announcement that was heard in the room. Everything else is kept, however short it is.
 */
export function isEmptyTalk(context: TalkContext): boolean {
  const { sentences, names, userName } = context;
  const called = new Set(
    [...names, userName ?? ''].flatMap((name) => name.toLowerCase().split(/\s+/)),
  );
  const phatic = new PhaticTalk(
    sentences.map(({ text }) => text),
    called,
  );
  const left = new Map<Sentence, string[]>();
  for (const sentence of sentences) {
    const words = isPhaticText(sentence.text) ? [] : phatic.wordsLeft(sentence.text);
    if (words.length > 0) left.set(sentence, words);
  }
  if (left.size === 0 || isCounting([...left.values()].flat())) return true;
  if ([...left.keys()].some(({ isUser }) => isUser)) return false;
  return isBroadcast([...left.keys()]);
}
