/** What has to be handed in, paid or returned; a train or a child that is due is no task. */
const OBLIGATIONS =
  /(?:^|[ -])(?:essay|report|homework|assignment|coursework|paper|thesis|dissertation|rent|bill|invoice|payment|deposit|fee|instal?ment|mortgage|premium|tax|taxes|return|application|form|project|presentation|book|books|draft|slides|feedback|review|registration|renewal|proposal|quote|contract|manuscript|article)s?$/i;
const DUE =
  /^(?:(?:so|and|oh|well|okay|but|also|remember|by the way)[, ]+){0,3}(?<whose>my|our|your|the|his|her|their)\s(?<what>[^,.?!;:]{3,60}?)\s(?:is|are)\sdue(?:\sback)?\s(?!to\b)(?<when>[^?]{2,80})$/iu;

/** A thing of which somebody said that it is due. */
export interface DueThing {
  /** As "History essay is due". */
  description: string;
  /** Whose it is, as said: `my`, `your` ... in lower case. */
  whose: string;
  /** The words in which its day is. */
  when: string;
}

/** Returns what a sentence says is due, null if it says nothing of the kind. */
export function findDueThing(text: string): DueThing | null {
  const { whose = '', what = '', when = '' } = DUE.exec(text.trim())?.groups ?? {};
  if (!OBLIGATIONS.test(what)) return null;
  const verb = /s$/i.test(what) && !/(?:ss|taxes)$/i.test(what) ? 'are' : 'is';
  const description = `${what.slice(0, 1).toUpperCase()}${what.slice(1)} ${verb} due`;
  return { description, whose: whose.toLowerCase(), when };
}
