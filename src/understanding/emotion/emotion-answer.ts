import type { Emotion } from '../../model/conversations/emotion.ts';

/** Words in an answer to a feeling, at most. */
export const MAX_ANSWER_WORDS = 20;

const ANSWERS: Record<Emotion, string> = {
  joy: 'You sound happy, and it is good to hear. Keep hold of this moment.',
  excitement: 'You sound excited. Enjoy the anticipation, and write down the first step.',
  love: 'There was a lot of warmth in what you said. Tell them so today.',
  gratitude: 'You sound grateful. A short note of thanks would make somebody else glad, too.',
  calm: 'You sound calm. Whatever brought you there, leave some room for it tomorrow.',
  surprise: 'That came as a surprise. Give it a moment before you decide anything.',
  sadness: 'That sounded sad, and that is allowed. Go easy on yourself today.',
  fear: 'You sound worried. Name the one thing you can do about it, and start there.',
  anger: 'You sound angry, and there may be good reason. Sleep on it before you answer.',
  frustration: 'That sounded frustrating. A short break often helps more than another try.',
};

/** An English answer that takes the feeling into account, 20 words at most. */
export function answerTo(emotion: Emotion): string {
  return ANSWERS[emotion];
}

/** The answer as far as it may go: whole sentences if they fit, otherwise its first words. */
export function shortenAnswer(text: string): string {
  const plain = text.replace(/\s+/g, ' ').trim();
  const words = plain.split(' ');
  if (words.length <= MAX_ANSWER_WORDS) return plain;
  let kept = '';
  for (const sentence of plain.split(/(?<=[.!?…])\s+/)) {
    const longer = kept === '' ? sentence : `${kept} ${sentence}`;
    if (longer.split(' ').length > MAX_ANSWER_WORDS) break;
    kept = longer;
  }
  if (kept !== '') return kept;
  return `${words
    .slice(0, MAX_ANSWER_WORDS)
    .join(' ')
    .replace(/[,;:]$/, '')}…`;
}
