import { LANGUAGES } from './languages.ts';
import { bareWords } from './tokenizer.ts';
import { isAskingWord } from './word-classes.ts';

const QUESTION = new RegExp(
  `^\\s*(?:(?:${alternatives('questionLeads')})[\\s,]+){0,6}(?:${alternatives('questionOpeners')})\\b|[?？؟]\\s*$`,
  'iu',
);

function alternatives(field: 'questionLeads' | 'questionOpeners'): string {
  return LANGUAGES.flatMap((language) => language[field].split(' '))
    .filter((word) => word !== '')
    .join('|');
}

/** True for what is asked in a sentence, rather than typed as a few words to look for. */
export function isQuestion(text: string): boolean {
  return QUESTION.test(text);
}

/** Returns what a question is about, without the words that only ask; other texts unchanged. */
export function tellingPart(text: string): string {
  if (!isQuestion(text)) return text;
  const words = bareWords(text).filter((word) => !isAskingWord(word));
  return words.length === 0 ? text : words.join(' ');
}
