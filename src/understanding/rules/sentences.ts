import { windowsOf } from '../../kernel/bounded-text.ts';
import { capitalize } from '../../text/capitals.ts';
import { isUnspaced } from '../../text/scripts.ts';
import { endsSentence, splitSentences as sentencesOf } from '../../text/sentences.ts';
import { tokenize } from '../../text/tokenizer.ts';
import type { SpokenSegment } from '../understanding-engine.ts';
import { BREAK, cleanSpeech } from './clean-speech.ts';
import type { CooperativeLoop } from './cooperative-loop.ts';
import type { Sentence } from './talk.ts';
import { BORDER, type TalkRules } from './talk-rules.ts';

/** Characters without an end of sentence after which a turn is cut at a word, and a longer word anywhere. */
const MAX_SENTENCE = 600;
/** Characters of a segment that are cleaned at a time. */
const MAX_PIECE = 2000;

interface Piece {
  text: string;
  segment: SpokenSegment;
}

/**
 * Splits a talk into sentences. A sentence may run over several segments of one speaker, also if
 * a listener's "mm-hmm" stands between; backchannel makes no sentences. Linear in the text.
 */
export async function splitSentences(
  segments: readonly SpokenSegment[],
  each: CooperativeLoop,
  rules: TalkRules,
): Promise<Sentence[]> {
  const sentences: Sentence[] = [];
  let turn: Piece[] = [];
  const pieces = segments.flatMap((segment) =>
    windowsOf(segment.text, MAX_PIECE).map(({ text }) => ({ text, segment })),
  );
  await each(pieces, ({ text: said, segment }) => {
    const text = cleanSpeech(said, rules);
    const previous = turn.at(-1);
    if (rules.isBackchannel(text)) {
      // An answer such as "Yes." still counts: it may accept what was asked.
      if (previous && previous.segment.speaker === segment.speaker) return;
      if (!/[\p{L}]/u.test(text) || !previous || !/[.?!]$/.test(previous.text)) return;
    }
    if (previous && previous.segment.speaker !== segment.speaker) {
      flush(turn, sentences, rules);
      turn = [];
    }
    turn.push({ text, segment });
  });
  flush(turn, sentences, rules);
  return sentences;
}

/** What stands between spaces; of scripts without spaces, and of noise, a sentence at most. */
function wordsIn(text: string): string[] {
  return text
    .split(' ')
    .flatMap((word) => (isUnspaced(word) ? sentencesOf(word) : [word]))
    .flatMap((word) =>
      word.length <= MAX_SENTENCE ? [word] : windowsOf(word, MAX_SENTENCE).map((part) => part.text),
    );
}

function flush(turn: Piece[], sentences: Sentence[], rules: TalkRules): void {
  let text = '';
  let from: Piece | null = null;
  let ids: string[] = [];
  const emit = (): void => {
    const bare = text
      .replaceAll(BREAK, ' ')
      .replace(/\s+/g, ' ')
      .replace(/^[\s,]+|\s+(?=[.?!,])/g, '')
      .trim();
    const plain = capitalize(bare);
    // A noun in lower case at the beginning goes on with what was said before the full stop.
    const first = /^\p{Ll}[\p{L}'-]*/u.exec(bare)?.[0] ?? '';
    const broken =
      text.includes(BREAK) || (first !== '' && !rules.isCommonWord(first.toLowerCase()));
    if (from && /[\p{L}\p{N}]/u.test(plain)) {
      const { speaker, name, isUser, startMs } = from.segment;
      const words = tokenize(plain).length;
      const question = /[?？؟]$/u.test(plain);
      const index = sentences.length;
      const segmentIds = ids;
      sentences.push({
        index,
        text: plain,
        words,
        segmentIds,
        speaker,
        name,
        isUser,
        startMs,
        question,
        broken,
      });
    }
    text = '';
    from = null;
    ids = [];
  };
  const marked = rules.markClauses(turn.map((piece) => piece.text));
  for (const [at, piece] of turn.entries()) {
    const words = wordsIn(marked[at] ?? piece.text);
    for (const [nth, word] of words.entries()) {
      if (word === BORDER) {
        if (text !== '') emit();
        continue;
      }
      from ??= piece;
      if (ids.at(-1) !== piece.segment.id) ids.push(piece.segment.id);
      text = text === '' ? word : `${text} ${word}`;
      if (endsSentence(word, words[nth + 1] ?? '') || text.length > MAX_SENTENCE) emit();
    }
  }
  emit();
}
