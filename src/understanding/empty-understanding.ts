import { emptySearchMetadata } from '../model/conversations/conversation.ts';
import type { Understanding } from './understanding-engine.ts';

/** Returns what a talk without content comes to. */
export function emptyUnderstanding(discarded: boolean): Understanding {
  return {
    discarded,
    title: '',
    overview: '',
    overviewEvidence: [],
    emoji: '🧠',
    category: 'other',
    actionItems: [],
    suggestedTasks: [],
    events: [],
    memories: [],
    metadata: emptySearchMetadata(),
    note: null,
  };
}
