import { capitalize } from '../../../text/capitals.ts';
import { nounPhrases, type Tag, type TaggedWord } from './tagger.ts';

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
