import CLASSES from './noun-classes.json' with { type: 'json' };

/** What a noun may mean, of those kinds that lasting facts are about (scripts/make-noun-classes.ts). */
export type NounClass = keyof typeof CLASSES;

export const NOUN_CLASSES = Object.keys(CLASSES) as NounClass[];

const MEMBERS = new Map(
  Object.entries(CLASSES).map(([name, words]) => [name, new Set(words.split(' '))] as const),
);
/** What a word that is in no class means by its ending. */
const ENDINGS: Readonly<Partial<Record<NounClass, RegExp>>> = {
  trade: /(?<!^(?:tour|rac|sex|fasc))(?:ist|ician|grapher|fitter|maker|worker|keeper)$/,
};
/** Words that end a noun phrase. */
const PHRASE_END =
  /[,.;:!?]|\b(?:at|in|on|of|for|with|from|to|who|that|which|named|called|and|or|near|by|behind|since|over|as|myself|these|now|is|are|was|every|each|once|twice|again|here|there|now|down|up)\b/i;

/** Returns the last word of a noun phrase that a text begins with: "terrier" for "a small terrier at home". */
export function headOf(text: string): string {
  return text.split(PHRASE_END)[0]?.trim().split(' ').at(-1)?.toLowerCase() ?? '';
}

/** True if the noun phrase at the beginning of a text names something of one of the classes. */
export function isOfClass(text: string, classes: readonly NounClass[]): boolean {
  const head = headOf(text);
  const before = text.slice(0, text.toLowerCase().lastIndexOf(head)).trim().split(' ').at(-1) ?? '';
  const forms = [head, `${before}-${head}`.toLowerCase()].flatMap((word) => [
    word,
    word.replace(/s$/, ''),
    word.replace(/ies$/, 'y'),
    word.replace(/(?:es|men)$/, (end) => (end === 'men' ? 'man' : '')),
  ]);
  return classes.some((name) =>
    forms.some((form) => MEMBERS.get(name)?.has(form) || ENDINGS[name]?.test(form)),
  );
}
