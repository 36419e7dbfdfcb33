import { isPhaticText } from '../../../text/phatic-text.ts';
import type { Sentence, Talk } from '../talk.ts';
import { isBroadcast } from './broadcast.ts';
import { isCounting, PhaticTalk } from './phatic.ts';

/**
 * True if an English talk shows that nobody will miss it: it says nothing, or it is a programme, a song or an announcement
 * that was heard in the room. Everything else is kept, however short it is.
 */
export function isEmptyTalk(talk: Talk): boolean {
  const left = wordsLeftIn(talk);
  if (areNothing(left)) return true;
  const sentences = [...left.keys()];
  return !sentences.some(({ isUser }) => isUser) && isBroadcast(sentences);
}

/**
 * True if a talk in any language holds no words, only greetings, thanks, cries, small talk about the weather, a count, the
 * test of a microphone or talk to a pet.
 */
export function saysNothing(talk: Talk): boolean {
  return areNothing(wordsLeftIn(talk));
}

function areNothing(left: ReadonlyMap<Sentence, readonly string[]>): boolean {
  return left.size === 0 || isCounting([...left.values()].flat());
}

/** The sentences that say something, with the words that do. */
function wordsLeftIn({ sentences, names, userName }: Talk): Map<Sentence, string[]> {
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
  return left;
}
