import type { TalkRules } from './talk-rules.ts';

/** Marks where a transcript says that the speaker broke off and no repair could be made. */
export const BREAK = '\ue000';

/**
 * The text without pause words, noise marks, false starts and the spaces that tokenizers leave, as the rules of its
 * language say. Breaks that could not be repaired stay as `BREAK`.
 */
export function cleanSpeech(text: string, { clean }: Pick<TalkRules, 'clean'>): string {
  return tidyMarks(clean(withoutNoise(text.normalize('NFC'))));
}

/** The text without noise marks, quotation marks and the spaces that tokenizers leave. */
function withoutNoise(text: string): string {
  return (
    text
      .replace(/\{disfmarker\}|(?<=\w)—\.(?=\s|$)/g, ` ${BREAK} `)
      .replace(
        /\{[^{}]*\}|\[[^[\]]*\]|<[^<>]*>|\((?:inaudible|laughs?|laughter|music|noise)\)|@/giu,
        ' ',
      )
      // No pattern below meets a long run of spaces.
      .replace(/\s+/g, ' ')
      .replace(/\b(\p{L})_(?=\p{L}_|\p{L}\b)/gu, '$1')
      .replace(/(?<=\p{L})_/gu, '')
      .replaceAll('’', "'")
      .replace(/\s+'\s*(s|re|ll|ve|d|m|t)\b/gi, "'$1")
      .replace(/(?<=\p{L}) - (?=\p{L})/gu, '-')
      .replace(/\s*"\s*/g, ' ')
  );
}

/** The text with one mark and one space if there are several. */
function tidyMarks(text: string): string {
  return text
    .replace(/\s+([,.?!;:])/g, '$1')
    .replace(/([,;:])(?:\s*[,;:])+/g, '$1')
    .replace(/[,;:]+([.?!])/g, '$1')
    .replace(/[.?!](?:\s?[.,?!])+/g, (marks, at: number, whole: string) =>
      /^\s?$/.test(whole.charAt(at + marks.length)) ? marks.charAt(0) : marks,
    )
    .replace(/^[\s,.;:—-]+/, '')
    .replace(/\s+/g, ' ')
    .trim();
}
