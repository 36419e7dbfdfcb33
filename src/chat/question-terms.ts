/**
 * Words with which people ask, in English: they say nothing about what is asked for. Names, things
 * and everything else remain.
 */
const ASKING = new Set(
  `a about after again all also am an and any anybody anyone anything are as ask asked asking at be
  because been before being but by can could chat conversation conversations describe did didn discuss
  discussed discussing discussion do does doing don during each ever explain explained find for from
  get give given go going group had happen happened has have having he hear heard her here him his
  how i if in into is it its just know like list ll look many me meeting meetings mention mentioned
  more most much my no not of on one opinion or other our out over participants people please
  propose question re really reason reasons recall regarding remember s said say saying says search
  see she should show so some somebody someone something speak speaker spoke summarise summarize
  summary t talk talked talking team tell tells than that the their them then there these they thing
  things think thinks this those thought thoughts time to told topic topics under up us ve want was
  we were what when where whether which while who whom whose why will with would you your`.split(
    /\s+/,
  ),
);
const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;
const MAX_TERMS = 20;
const SENTENCE = /[^.!?。！？]*[.!?。！？]+\s*|[^.!?。！？]+$/gu;

/** True for a word with which people ask, in lower case: it names nothing. */
export function isAskingWord(word: string): boolean {
  return ASKING.has(word);
}

/** The words that a question is about, each once, in their order. */
export function questionTerms(question: string): string[] {
  const words = (question.normalize('NFC').match(WORD) ?? []).map((word) => word.toLowerCase());
  const telling = [...new Set(words.filter((word) => !ASKING.has(word)))];
  return telling.slice(0, MAX_TERMS);
}

/** Which of the terms a text holds, in any form of the word. */
export function matchedTerms(text: string, terms: readonly string[]): Set<string> {
  const stems = new Set((text.normalize('NFC').toLowerCase().match(WORD) ?? []).map(stemOf));
  return new Set(terms.filter((term) => stems.has(stemOf(term))));
}

/** The part of a text, whole sentences, that holds most of the terms, of about `words` words. */
export function excerptOf(text: string, terms: readonly string[], words: number): string {
  const trimmed = text.trim();
  if (wordCount(trimmed) <= words) return trimmed;
  const sentences = trimmed.match(SENTENCE) ?? [trimmed];
  let best = { score: -1, text: '' };
  for (let from = 0; from < sentences.length; from += 1) {
    let run = '';
    for (const sentence of sentences.slice(from)) {
      if (run !== '' && wordCount(run) + wordCount(sentence) > words) break;
      run += sentence;
    }
    const score = matchedTerms(run, terms).size;
    if (score > best.score) best = { score, text: run };
  }
  const found = best.text.trim();
  const short = found
    .split(/\s+/)
    .slice(0, words * 2)
    .join(' ');
  const before = trimmed.startsWith(short) ? '' : '… ';
  return `${before}${short}${trimmed.endsWith(short) ? '' : ' …'}`;
}

function wordCount(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

/** A crude stem: enough to match "clustering" with "clusters". */
function stemOf(word: string): string {
  if (word.length <= 4) return word.replace(/s$/, '');
  return word.replace(/(?:ations?|ings?|ions?|ments?|ers?|ies|ed|es|s|y|e)$/, '').slice(0, 9);
}
