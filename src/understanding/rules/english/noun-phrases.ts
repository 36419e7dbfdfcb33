import { capitalize } from '../../../text/capitals.ts';
import type { KeyPhrase, Sentence } from '../talk.ts';
import { nounPhrases, type Tag, type TaggedWord } from './tagger.ts';

/** Phrases that are looked at: titles and leads use the first ones only. */
const LOOKED_AT = 60;
/** Places of a phrase that are tagged. */
const PLACES = 3;
const INSIDE: ReadonlySet<string> = new Set([
  'ADJ',
  'NOUN',
  'PROPN',
  'NUM',
  'ADP',
  'PART',
  'PUNCT',
]);

/** The first key phrases that name a thing: their last word is a noun, and none of them is a verb. */
export function onlyNounPhrases(
  phrases: readonly KeyPhrase[],
  sentences: readonly Sentence[],
  tag: Tag,
): KeyPhrase[] {
  const tagged = new Map<number, TaggedWord[]>();
  const tagsOf = ({ index, text }: Sentence): TaggedWord[] => {
    const known = tagged.get(index) ?? tag(text);
    tagged.set(index, known);
    return known;
  };
  return phrases.slice(0, LOOKED_AT).filter(({ text }) => {
    const said = text.toLowerCase();
    const words = said.split(' ');
    let seen = 0;
    let named = 0;
    for (const sentence of sentences) {
      if (!sentence.text.toLowerCase().includes(said)) continue;
      const found = tagsOf(sentence);
      const at = found.findIndex(({ lower }, n) => lower === words[0] && isThere(found, n, words));
      if (at < 0) continue;
      seen += 1;
      if (isNoun(found, at, words.length)) named += 1;
      if (seen === PLACES) break;
    }
    return seen === 0 || named * 2 > seen;
  });
}

const isThere = (found: readonly TaggedWord[], at: number, words: readonly string[]): boolean =>
  words.every((word, n) => found[at + n]?.lower === word);

function isNoun(found: readonly TaggedWord[], at: number, size: number): boolean {
  const last = found[at + size - 1]?.pos;
  const inner = found.slice(at, at + size);
  return (last === 'NOUN' || last === 'PROPN') && inner.every(({ pos }) => INSIDE.has(pos));
}

/** What a task or a meeting is about, from its first noun on: "Sales report" of "Finish the sales report". */
export function subjectOfDeed(description: string, tag: Tag): string {
  // In lower case, else a verb at the beginning is taken for a name.
  const words = tag(description.charAt(0).toLowerCase() + description.slice(1));
  const isVerb = ({ pos }: TaggedWord): boolean => pos === 'VERB' || pos === 'AUX';
  const [first, second] = nounPhrases(words);
  if (first === undefined) return description;
  // "Sign the form" begins with its verb, whatever the tagger says; "the essay is due" has one further on.
  const later = words.find((word) => word.index > first.index && isVerb(word));
  const object = first.index === 0 && later === undefined ? (second ?? first) : first;
  const verb = words.find((word) => word.index > object.index && isVerb(word));
  const said = description.slice(object.index, verb?.index);
  return capitalize(said.replace(/(?:[\s,]+(?:and|or|to|of|for|with|by|in|on|at))*\s*$/i, ''));
}

/** True if a sentence has a verb. */
export function hasVerb(text: string, tag: Tag): boolean {
  return tag(text).some(({ pos }) => pos === 'VERB' || pos === 'AUX');
}
