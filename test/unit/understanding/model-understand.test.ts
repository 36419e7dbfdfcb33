import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/kernel/errors.ts';
import { createLogger, silentLogger } from '../../../src/kernel/logger.ts';
import { createUnderstanding } from '../../../src/understanding/understand.ts';
import type {
  Understanding,
  UnderstandingEngine,
} from '../../../src/understanding/understanding-engine.ts';
import { makeInput, speak } from '../../fixtures/understanding-input.ts';

const never = new AbortController().signal;
const input = makeInput([speak('s1', 'Anna', 'the purple elephant secret')]);

function structure(title: string): Understanding {
  return {
    discarded: false,
    title,
    overview: 'o',
    overviewEvidence: [],
    emoji: '🧠',
    category: 'other',
    actionItems: [],
    suggestedTasks: [],
    events: [],
    memories: [],
    metadata: { people: [], topics: [], entities: [], dates: [] },
    note: null,
  };
}

function engine(
  kind: 'model' | 'rules',
  answer: () => Promise<Understanding>,
): UnderstandingEngine {
  return { kind, model: kind === 'model' ? 'some-model' : null, understand: answer };
}

const ruleEngine = engine('rules', () => Promise.resolve(structure('By rules')));

describe('understanding', () => {
  it('is made by the model where there is one', async () => {
    const modelEngine = engine('model', () => Promise.resolve(structure('By model')));
    const understand = createUnderstanding({
      modelEngineFor: () => modelEngine,
      ruleEngine,
      logger: silentLogger,
    });
    expect(await understand(input, never)).toEqual({
      understanding: structure('By model'),
      engine: 'model',
      model: 'some-model',
      modelError: null,
    });
  });

  it('is made by the rules without one', async () => {
    const understand = createUnderstanding({
      modelEngineFor: () => null,
      ruleEngine,
      logger: silentLogger,
    });
    expect(await understand(input, never)).toEqual({
      understanding: structure('By rules'),
      engine: 'rules',
      model: null,
      modelError: null,
    });
  });

  it('is made by the rules where the model fails, and says why', async () => {
    const modelEngine = engine('model', () =>
      Promise.reject(new AppError('provider-quota', 'The quota is used up.')),
    );
    const understand = createUnderstanding({
      modelEngineFor: () => modelEngine,
      ruleEngine,
      logger: silentLogger,
    });
    expect(await understand(input, never)).toEqual({
      understanding: structure('By rules'),
      engine: 'rules',
      model: null,
      modelError: 'provider-quota: The quota is used up.',
    });
  });

  it('repeats nothing of a foreign error, in the result or in the log', async () => {
    const written: string[] = [];
    const logger = createLogger(
      { level: 'trace', revealPii: false },
      { write: (line: string) => void written.push(line) },
    );
    const modelEngine = engine('model', () =>
      Promise.reject(new TypeError('cannot read the purple elephant secret')),
    );
    const understand = createUnderstanding({
      modelEngineFor: () => modelEngine,
      ruleEngine,
      logger,
    });
    const { modelError } = await understand(input, never);
    expect(modelError).toMatch(/^internal: /);
    expect(written.join('')).toContain('TypeError');
    expect(`${modelError} ${written.join('')}`).not.toContain('elephant');
  });

  it('passes on that the caller gave up, without asking the rules', async () => {
    const controller = new AbortController();
    const modelEngine = engine('model', () => {
      controller.abort();
      return Promise.reject(new AppError('aborted', 'Cancelled.'));
    });
    const neverAsked = engine('rules', () => Promise.reject(new Error('asked')));
    const understand = createUnderstanding({
      modelEngineFor: () => modelEngine,
      ruleEngine: neverAsked,
      logger: silentLogger,
    });
    await expect(understand(input, controller.signal)).rejects.toMatchObject({ code: 'aborted' });
  });

  it('fails where the rules do', async () => {
    const broken = engine('rules', () => Promise.reject(new AppError('internal', 'Broken.')));
    const understand = createUnderstanding({
      modelEngineFor: () => null,
      ruleEngine: broken,
      logger: silentLogger,
    });
    await expect(understand(input, never)).rejects.toMatchObject({ code: 'internal' });
  });
});
