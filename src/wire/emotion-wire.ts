import type { ConversationEmotion } from '../model/emotion.ts';

/** What the user felt; an addition of ours. */
export interface ConversationEmotionWire {
  emotion: string;
  /** 0.5 to 1. */
  score: number;
  segment_ids: string[];
  engine: string;
  answer: string;
}

export function emotionToWire(felt: ConversationEmotion): ConversationEmotionWire {
  return {
    emotion: felt.emotion,
    score: felt.score,
    segment_ids: [...felt.segmentIds],
    engine: felt.engine,
    answer: felt.answer,
  };
}
