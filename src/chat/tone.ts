/** How a message sounds. */
export interface HeardEmotion {
  /** A word such as `sadness` or `anger`. */
  emotion: string;
  /** How sure that is, 0 to 1. */
  score: number;
}

/**
 * Tells how a message of a user sounds; null if nothing stands out, or if that user has not
 * switched it on.
 */
export type EmotionOf = (uid: string, text: string) => Promise<HeardEmotion | null>;

/** Below this score an emotion is too uncertain to change the tone of an answer. */
const SURE = 0.5;

interface Tone {
  matches: RegExp;
  /** How the model is to answer. */
  instruction: string;
  /** What an answer without a model begins with. */
  opening: string;
}

const TONES: readonly Tone[] = [
  {
    matches: /^(?:sad|sadness|grief|sorrow|depress|disappoint|lonel|hurt|despair|melanchol)/i,
    instruction:
      'The user sounds sad. Acknowledge that in a few warm words first, without advice that was not asked for, then answer.',
    opening: 'I am sorry that this is hard right now.',
  },
  {
    matches: /^(?:ang|annoy|frustrat|rage|irritat|disgust|contempt)/i,
    instruction:
      'The user sounds angry or frustrated. Stay calm, take it seriously, do not defend or play down anything, and come to the point at once.',
    opening: 'That sounds frustrating.',
  },
  {
    matches: /^(?:fear|anxi|afraid|scare|worr|nervous|stress|panic|overwhelm)/i,
    instruction:
      'The user sounds worried. Be calm and concrete, reassure only with what is true, and offer one small next step.',
    opening: 'I see that this worries you.',
  },
  {
    matches: /^(?:joy|happ|excit|delight|proud|pride|amus|glad|grat|love|relief)/i,
    instruction: 'The user sounds happy. Share the good mood in a few words.',
    opening: 'Good to hear you in such a good mood!',
  },
  {
    matches: /^(?:surpris|amaz|confus|bewilder)/i,
    instruction:
      'The user sounds surprised or confused. Answer step by step, the plain fact first.',
    opening: 'Let me see what there is.',
  },
];

/** The tone that fits an emotion, null if none is called for. */
export function toneFor(heard: HeardEmotion | null): Pick<Tone, 'instruction' | 'opening'> | null {
  if (heard === null || heard.score < SURE) return null;
  return TONES.find(({ matches }) => matches.test(heard.emotion)) ?? null;
}
