import { parseJsonAnswer } from '../../../src/llm/adapters/openai/json-answer.ts';
import { AnswerFilter } from '../../../src/llm/answer-filter.ts';
import { type EntryPoint, USUAL_WORST } from './entry-point.ts';

const WORST = [
  ...USUAL_WORST,
  '<',
  '[',
  '`',
  '{',
  '\n{',
  '<think',
  '<think>',
  '</think>',
  '<tool_call>',
  '```json\n{',
  '"{',
  '◁',
  '{[}',
  '{"}',
  'get_tasks(x="',
  '<arg_key>x</arg_key>',
];

/** Where answers of models are read. */
export const MODEL_ENTRY_POINTS: readonly EntryPoint[] = [
  {
    name: 'an answer of a model, as it comes',
    read: (text) => {
      const filter = new AnswerFilter({ offered: ['get_tasks'], holds: true });
      const parts: unknown[] = [];
      for (let from = 0; from < text.length; from += 12) {
        parts.push(...filter.push(text.slice(from, from + 12)));
      }
      return [...parts, ...filter.end()];
    },
    worst: WORST,
  },
  {
    name: 'data of a model',
    read: (text) => [parseJsonAnswer(text), parseJsonAnswer(JSON.stringify({ title: text }))],
    worst: WORST,
  },
];
