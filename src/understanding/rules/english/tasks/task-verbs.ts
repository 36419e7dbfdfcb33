import { type NounPhrase, nounPhrases, type Tag, type TaggedWord } from '../tagger.ts';

/** What is to be done. */
export interface Deed {
  /** In its plain form. */
  verb: string;
  /** The noun that it is done to, null if there is none. */
  head: string | null;
}

const AUXILIARY = /^(?:be|can|could|may|might|must|shall|should|would|will|need|not|never|don)$/;
/** Verbs that need no object, and particles with which one needs none. */
const ENOUGH =
  /^(?:pack|unpack|register|enrol|enroll|exercise|practi[cs]e|\S+ (?:up|out|off|back|in))\b/i;
/** Heads of phrases that are no object. */
const NO_OBJECT =
  /^(?:bit|lot|way|thing|stuff|moment|minute|second|while|time|day|week|month|year|morning|afternoon|evening|night|tonight|tomorrow|today|weekend|\p{L}+day|january|february|march|april|may|june|july|august|september|october|november|december|noon|midday|chance|course|sure|hurry|person|home|thanks?)s?$/iu;

/** Reads a verb with what follows it; null if it is no verb, or nothing follows. */
export function readDeed(verb: string, rest: string, tag: Tag): Deed | null {
  const lower = verb.toLowerCase();
  // "I have to cancel, my train is at twelve": what follows the comma is no object.
  if (/^\s*[,;:.]/.test(rest) || AUXILIARY.test(lower)) return null;
  const words = tag(`We will ${lower} ${rest.slice(0, 200)}`);
  const [said, next] = [words[2], words[3]?.pos ?? ''];
  // "Clear some space": a word of several classes is a verb before an article.
  if (lower !== 'do' && said?.pos !== 'VERB' && !['DET', 'PRON', 'PROPN', 'ADP'].includes(next))
    return null;
  const phrase = firstObject(words.slice(3));
  if (!phrase && rest.trim() === '' && !ENOUGH.test(`${lower} ${rest}`)) return null;
  return { verb: lower, head: phrase?.head ?? null };
}

function firstObject(words: readonly TaggedWord[]): NounPhrase | undefined {
  return nounPhrases(words).find(({ head }) => !NO_OBJECT.test(head));
}

/** The noun that something is done to in the words after a verb and its person; null if there is none. */
export function objectIn(text: string, tag: Tag): string | null {
  return firstObject(tag(text.slice(0, 60)))?.head ?? null;
}

/** The plain form of a verb behind "am" or "have": `doing` is `do`, `bought` is `buy`. */
export function plainVerb(before: 'am' | 'have', verb: string, tag: Tag): string {
  return tag(`I ${before} ${verb.toLowerCase()} it`)[2]?.lemma ?? verb;
}

/** True for what one does day by day, such as a patient's orders. */
export function isDailyVerb(verb: string): boolean {
  return /^(?:avoid|drink|rest|exercise|wear|use|take|measure|stretch|apply|log|water|feed|practi[cs]e)$/.test(
    verb,
  );
}
