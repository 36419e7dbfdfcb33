import type { Tag } from '../tagger.ts';
import { headOf, isOfClass, type NounClass } from './noun-classes.ts';

const OWN =
  /(?:^|[ ,])(?:[Mm]y|[Oo]ur) (?:own )?(?<x>(?!first|last|next|best|favou?rite|other)\p{Ll}[\p{L}-]+(?: \p{Ll}[\p{L}-]+){0,2})/gu;
/** What one has if one speaks of it as "my", by its class, and how that is said. */
const HELD: readonly (readonly [readonly NounClass[], 'Has a' | 'Has' | 'Is in a'])[] = [
  [['pet', 'instrument'], 'Has a'],
  [['illness'], 'Has'],
  [['group'], 'Is in a'],
];
const CHILDREN = /^(?:(?:two|three|four|five) )?(?:baby|twins|kids|children|grandchildren)$/;
const GONE =
  /\b(?:died|dead|sold|lost|late|old|used to|had|gone|buried|when I|as a (?:kid|child))\b/i;

/** "My cello needs a seat": who says so has a cello. Returns such facts of a clause. */
export function ownedThings(text: string, tag: Tag): string[] {
  if (GONE.test(text)) return [];
  return [...text.matchAll(OWN)].flatMap(({ groups, index }) => {
    const words = (groups?.x ?? '').split(' ');
    const nouns = tag(`my ${groups?.x ?? ''}`).map(({ pos }) => pos === 'NOUN');
    // "my church choir", "my cello needs", but not "my dog food".
    const size = [3, 2, 1].find(
      (count) => nouns[count + 1] !== true && verbOf(words.slice(0, count).join(' ')) !== null,
    );
    const thing = words.slice(0, size).join(' ');
    const verb = verbOf(thing);
    // "My baby, come here" calls somebody.
    const isCalled = index === 0 && text.slice(3).startsWith(`${thing},`);
    if (size === undefined || verb === null || isCalled) return [];
    const isMany = /(?:s|children)$/.test(thing);
    const article = isMany ? '' : /^[aeiou]/.test(thing) ? ' an' : ' a';
    return [`${verb.replace(/ a$/, article)} ${thing}`];
  });
}

function verbOf(thing: string): string | null {
  if (!thing.endsWith(headOf(thing))) return null;
  const held = HELD.find(([classes]) => isOfClass(thing, classes));
  return held?.[1] ?? (CHILDREN.test(thing) ? 'Has a' : null);
}
