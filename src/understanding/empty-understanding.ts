import { emptySearchMetadata, emptyStructured } from '../model/conversations/conversation.ts';
import type { Understanding } from './understanding-engine.ts';

/** Returns what a talk without content comes to. */
export function emptyUnderstanding(discarded: boolean): Understanding {
  return {
    ...emptyStructured(),
    discarded,
    actionItems: [],
    suggestedTasks: [],
    events: [],
    memories: [],
    metadata: emptySearchMetadata(),
    note: null,
  };
}
