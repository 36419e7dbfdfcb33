import type {
  Understanding,
  UnderstandingEngine,
  UnderstandingInput,
} from '../understanding-engine.ts';

/**
 * Understanding without a language model: rules over the words, for English talk. Deterministic, no
 * network and no clock; the same input gives the same structure. Cost grows linearly with the talk.
 * The rules are loaded for the first talk: they are a tenth of the program, and a start needs none of them.
 */
export function createRuleEngine(): UnderstandingEngine {
  return {
    kind: 'rules',
    model: null,
    async understand(input: UnderstandingInput, signal: AbortSignal): Promise<Understanding> {
      const { understandTalk } = await import('./understand-talk.ts');
      return understandTalk(input, signal);
    },
  };
}
