import { windowsOf } from '../../kernel/bounded-text.ts';
import { EMOTIONS, type Emotion, LEAST_EMOTION_SCORE } from '../../model/conversations/emotion.ts';
import { splitSentences } from '../../text/sentences.ts';
import { CUES, DENIED, NEGATION, STRONGER, WEAKER } from './emotion-lexicon.ts';

/** A feeling, and how sure it is, 0 to 1. */
export interface Felt {
  emotion: Emotion;
  score: number;
}

/** Somebody else's feeling: "she was furious", unless it is told of the speaker as well. */
const SOMEBODY_ELSE =
  /(?:^|[,;] |\b(?:and|but|because|that|so|when|if) )(?:[Hh]e|[Ss]he|[Tt]hey|[Hh]e's|[Ss]he's|[Tt]hey're|(?:[Mm]y|[Hh]is|[Hh]er|[Tt]heir|[Oo]ur|[Tt]he|[Yy]our) (?!god\b)[\p{L}]+|\p{Lu}[\p{L}]+)(?: (?:really|also|just))?(?:'s|'re| (?:is|was|were|are|seems?|seemed|looked|looks|got|gets|felt|feels|sounds?|sounded|hates?|hated|loves?|loved|cried|feels))\s(?:[\p{L}']+\s){0,2}$/u;
const FIRST = /\b(?:I|I'm|I've|me|we|we're|us|im)\b/i;
/** "I never felt so relaxed" says how relaxed one is. */
const NEVER_BEFORE = /\bnever\b[\p{L}' ]*\b(?:so|this|more|such an?)\s*$/iu;
const UNREAL = /\b(?:if I|if we|would be|would have been|wouldn't be|hypothetically|imagine)\b/i;
const PAST =
  /\b(?:was|were|used to|back then|last (?:year|month|week|time)|years ago|as a (?:child|kid))\b/i;
/** Sums of weights at which half of the certainty is reached. */
const HALF = 0.45;
/** How much more must be felt for each further sentence, so that a stray word of an hour counts little. */
const PER_SENTENCE = 0.025;

/** Longer sentences are read in parts: each cue looks at all that stands before it. */
const MAX_SENTENCE = 600;

type Strengths = Map<Emotion, number>;

function sentencesOf(text: string): string[] {
  return splitSentences(text.replaceAll('’', "'"))
    .flatMap((sentence) => windowsOf(sentence, MAX_SENTENCE).map((window) => window.text))
    .filter((sentence) => /\p{L}/u.test(sentence));
}

/** Adds what one sentence shows to `strengths`. */
function weigh(sentence: string, strengths: Strengths): void {
  if (UNREAL.test(sentence)) return;
  const loud = /!/.test(sentence) ? 1.25 : 1;
  const distant = PAST.test(sentence) ? 0.6 : 1;
  const asked = /\?\s*$/.test(sentence) ? 0.4 : 1;
  const spans: { from: number; to: number }[] = [];
  for (const { emotion, pattern, weight } of CUES) {
    for (const match of sentence.matchAll(pattern)) {
      const [from, to] = [match.index, match.index + match[0].length];
      // The stronger phrase has been counted: "thank you" inside "thank you so much".
      if (spans.some((span) => from < span.to && span.from < to)) continue;
      const before = sentence.slice(0, from);
      if (SOMEBODY_ELSE.test(before) && !FIRST.test(before)) continue;
      spans.push({ from, to });
      const isDenied =
        NEGATION.test(before) &&
        !NEVER_BEFORE.test(before) &&
        !/\b(?:not only|no doubt)\b/i.test(before);
      // "Great" alone is manners; "really great" and "great!" are not.
      const isEmphatic = loud > 1 || STRONGER.test(before);
      if (weight < 0.3 && (!isEmphatic || isDenied)) continue;
      const felt = isDenied ? DENIED[emotion] : emotion;
      if (felt === undefined) continue;
      const degree = isDenied ? 0.7 : STRONGER.test(before) ? 1.4 : WEAKER.test(before) ? 0.55 : 1;
      const strength = Math.max(weight, 0.4) * degree * loud * distant * asked;
      strengths.set(felt, (strengths.get(felt) ?? 0) + strength);
    }
  }
}

/** The strongest feeling, its share of all feelings and its strength as one figure. */
function strongest(strengths: Strengths, sentences: number): Felt | null {
  let total = 0;
  let best: { emotion: Emotion; strength: number } | null = null;
  for (const emotion of EMOTIONS) {
    const strength = strengths.get(emotion) ?? 0;
    total += strength;
    if (strength > (best?.strength ?? 0)) best = { emotion, strength };
  }
  if (!best) return null;
  const needed = HALF + PER_SENTENCE * Math.max(0, sentences - 1);
  const certainty = best.strength / (best.strength + needed);
  const share = Math.sqrt(best.strength / total);
  return { emotion: best.emotion, score: Math.round(certainty * share * 100) / 100 };
}

/**
 * What the writer of one English text feels, by words and phrases with heed to negation, degree,
 * questions and whose feeling it is. Null if nothing reaches a score of 0.5. Needs no model and
 * gives the same answer for the same text.
 */
export function emotionOf(text: string): Felt | null {
  const strengths: Strengths = new Map();
  const sentences = sentencesOf(text);
  for (const sentence of sentences) weigh(sentence, strengths);
  const felt = strongest(strengths, sentences.length);
  return felt && felt.score >= LEAST_EMOTION_SCORE ? felt : null;
}

/** The feeling over several stretches of speech, with those that show it, strongest first and five at most. */
export function emotionOfSpeech(
  spoken: readonly { id: string; text: string }[],
): (Felt & { segmentIds: string[] }) | null {
  const strengths: Strengths = new Map();
  const shown: { id: string; own: Strengths }[] = [];
  let sentences = 0;
  for (const { id, text } of spoken) {
    const own: Strengths = new Map();
    for (const sentence of sentencesOf(text)) {
      sentences += 1;
      weigh(sentence, own);
    }
    for (const [emotion, strength] of own) {
      strengths.set(emotion, (strengths.get(emotion) ?? 0) + strength);
    }
    if (own.size > 0) shown.push({ id, own });
  }
  const felt = strongest(strengths, sentences);
  if (!felt || felt.score < LEAST_EMOTION_SCORE) return null;
  const strengthIn = ({ own }: { own: Strengths }): number => own.get(felt.emotion) ?? 0;
  const segmentIds = shown
    .filter((segment) => strengthIn(segment) > 0)
    .sort((a, b) => strengthIn(b) - strengthIn(a))
    .slice(0, 5)
    .map(({ id }) => id);
  return { ...felt, segmentIds };
}
