import { z } from 'zod';
import { timestamp } from '../timestamp.ts';

/** The emotions that can be recognised. */
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

/** An emotion with a lower confidence is not reported. */
export const LEAST_EMOTION_SCORE = 0.5;

/** The user's emotion in a conversation, from the user's own words. */
export const conversationEmotionSchema = z.object({
  emotion: emotionSchema,
  /** 0.5 to 1. */
  score: z.number(),
  /** The user's segments that show it. */
  segmentIds: z.array(z.string()),
  /** Which engine recognised it: a language model or the rules. */
  engine: z.enum(['model', 'rules']),
  /** A reply to it, at most 20 words. */
  answer: z.string(),
  at: timestamp,
});
export type ConversationEmotion = z.infer<typeof conversationEmotionSchema>;
