/** A word: what FTS5's `unicode61` takes for one as well. */
export const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;

/**
 * Words with which people ask, in English: in a question they say nothing about what is asked for.
 * Names, things and everything else remain.
 */
const ASKING = new Set(
  `a about after again all also am an and any anybody anyone anything are as ask asked asking at be
  because been before being but by can could chat conversation conversations describe did didn discuss
  discussed discussing discussion do does doing don during each elaborate elaborated ever explain
  explained find for from get give given go going group had happen happened has have having he hear
  heard her here him his how i if in into is it its just know like list ll look many me meeting
  meetings mention mentioned more most much my no not of on one opinion or other our out over
  participants people please propose question re really reason reasons recall regarding remember
  respond responded s said say saying says search see she should show so some somebody someone
  something speak speaker spoke summarise summarize summary t talk talked talking team tell tells than
  that the their them then there these they thing things think thinks this those thought thoughts time
  to told topic topics under up us ve want was we were what when where whether which while who whom
  whose why will with would you your`.split(/\s+/),
);
const QUESTION =
  /^\s*(?:(?:and|so|but|ok|okay|please|hey)[\s,]+)*(?:what|when|where|which|who|whom|whose|why|how|did|do|does|is|are|was|were|can|could|has|have|had|will|would|should|summari[sz]e|describe|explain|list|find|search|show|tell|give|recall|remind)\b|\?\s*$/iu;

/** True for what is asked in a sentence, rather than typed as a few words to look for. */
export function isQuestion(text: string): boolean {
  return QUESTION.test(text);
}

/** True where a word of a question only says that something is asked. */
export function isAskingWord(word: string): boolean {
  return ASKING.has(word.toLowerCase());
}

/** The words of a text in lower case, composed. */
export function wordsOf(text: string): string[] {
  return (text.normalize('NFC').match(WORD) ?? []).map((word) => word.toLowerCase());
}

/** A crude stem: enough to match "clustering" with "clusters". Takes lower case. */
export function stemOf(word: string): string {
  if (word.length <= 4) return word.replace(/s$/, '');
  return word.replace(/(?:ations?|ings?|ions?|ments?|ers?|ies|ed|es|s|y|e)$/, '').slice(0, 9);
}

/** What a question is about, without the words that only ask; anything else as it stands. */
export function tellingPart(text: string): string {
  if (!isQuestion(text)) return text;
  const words = (text.normalize('NFC').match(WORD) ?? []).filter((word) => !isAskingWord(word));
  return words.length === 0 ? text : words.join(' ');
}
