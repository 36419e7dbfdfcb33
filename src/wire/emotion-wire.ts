import { z } from 'zod';
import type { ConversationEmotion } from '../model/conversations/emotion.ts';

/** What the user felt; an addition of ours. */
export const conversationEmotionSchema = z
  .object({
    emotion: z.string(),
    /** 0.5 to 1. */
    score: z.number(),
    segment_ids: z.array(z.string()),
    engine: z.string(),
    answer: z.string(),
  })
  .meta({ id: 'ConversationEmotion' });
export type ConversationEmotionWire = z.output<typeof conversationEmotionSchema>;

export function emotionToWire(felt: ConversationEmotion): ConversationEmotionWire {
  return {
    emotion: felt.emotion,
    score: felt.score,
    segment_ids: [...felt.segmentIds],
    engine: felt.engine,
    answer: felt.answer,
  };
}
