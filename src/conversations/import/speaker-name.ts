/** Most characters and words of a name before a colon; what is longer is taken for speech. */
const MAX_CHARACTERS = 40;
const MAX_WORDS = 4;

const LABELLED =
  /^(?:[-–—•]\s*)?(?<name>\p{L}[\p{L}\p{M}\p{N} .,'’()_-]*?)\s*[:：](?:\s+|$)(?<words>.*)$/su;

/** Labels that programs give to voices that they do not know. */
const ANONYMOUS =
  /^(?:unknown|unbekannt|(?:speaker|voice|spk|sprecher|participant)[ _-]?\w{0,3})$/iu;

/**
 * Splits `Name: words`. Undefined where the text does not begin with what looks like a name: up to
 * four words, the first of which is capitalised or in a script without capitals, then a colon.
 */
export function splitSpeaker(text: string): { name: string; words: string } | undefined {
  const groups = LABELLED.exec(text)?.groups;
  const name = groups?.name?.trim();
  if (!name || name.length > MAX_CHARACTERS || name.split(/\s+/u).length > MAX_WORDS) {
    return undefined;
  }
  const first = name.at(0) ?? '';
  if (first !== first.toUpperCase() && !ANONYMOUS.test(name)) return undefined;
  return { name, words: groups?.words ?? '' };
}

/** True where a label is a person's name, not a program's word for a voice. */
export function isPersonName(label: string): boolean {
  // What the record of a person takes; see `PeopleService`.
  return label.length >= 2 && label.length <= MAX_CHARACTERS && !ANONYMOUS.test(label);
}
