import { z } from 'zod';
import { timestamp } from './timestamp.ts';

/** What a person may be found to feel. */
export const EMOTIONS = [
  'joy',
  'excitement',
  'love',
  'gratitude',
  'calm',
  'surprise',
  'sadness',
  'fear',
  'anger',
  'frustration',
] as const;
export const emotionSchema = z.enum(EMOTIONS);
export type Emotion = z.infer<typeof emotionSchema>;

/** Below this nothing is said to be felt. */
export const LEAST_EMOTION_SCORE = 0.5;

/** What the user felt over a conversation, by the words that they said themselves. */
export const conversationEmotionSchema = z.object({
  emotion: emotionSchema,
  /** 0.5 to 1. */
  score: z.number(),
  /** The user's segments that show it. */
  segmentIds: z.array(z.string()),
  /** Who found it: a language model or the rules. */
  engine: z.enum(['model', 'rules']),
  /** What to say to it, 20 words at most. */
  answer: z.string(),
  at: timestamp,
});
export type ConversationEmotion = z.infer<typeof conversationEmotionSchema>;
