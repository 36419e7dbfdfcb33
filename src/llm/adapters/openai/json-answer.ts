import { parseJson } from '../../../kernel/json.ts';
import { cleanAnswer, withoutThoughts } from '../../answer-filter.ts';

/** A text that may hold a mark of a thought, or of a printed call. */
const MAY_HOLD_MARKS = /[<[◁]/u;
/** Depth of an answer; a model that nests deeper answers nothing that was asked for. */
const MAX_DEPTH = 64;

/**
 * Returns the JSON value in a model's text, `undefined` if there is none. Local servers that do not
 * constrain the output wrap it: thoughts before it, a Markdown fence, a sentence around it. Thoughts
 * inside of its texts are left out as well.
 */
export function parseJsonAnswer(text: string): unknown {
  const bare = withoutThoughts(text);
  const fenced = /```(?:json)?[ \t]{0,4}\n/u.exec(bare);
  const inFence = fenced && bare.slice(fenced.index + fenced[0].length).split('\n```', 1)[0];
  const candidates = [bare, inFence, bare.slice(bare.indexOf('{'), bare.lastIndexOf('}') + 1)];
  for (const candidate of candidates) {
    if (!candidate) continue;
    const value = parseJson(candidate);
    if (value !== undefined) return cleanTexts(value, 0);
  }
  return undefined;
}

function cleanTexts(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return MAY_HOLD_MARKS.test(value) ? cleanAnswer(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((item) => cleanTexts(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, cleanTexts(item, depth + 1)]),
  );
}
