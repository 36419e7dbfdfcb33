import { parseJson } from '../../../kernel/json.ts';

/**
 * The JSON value in a model's text, `undefined` where there is none. Local servers that do not
 * constrain the output wrap it: reasoning in `<think>`, a Markdown fence, a sentence around it.
 */
export function parseJsonAnswer(text: string): unknown {
  const bare = text.replace(/^\s*<think>[\s\S]*?<\/think>/, '').trim();
  const fenced = /^```(?:json)?\s*\n([\s\S]*?)\n?```$/.exec(bare)?.[1];
  const candidates = [bare, fenced, bare.slice(bare.indexOf('{'), bare.lastIndexOf('}') + 1)];
  for (const candidate of candidates) {
    if (!candidate) continue;
    const value = parseJson(candidate);
    if (value !== undefined) return value;
  }
  return undefined;
}
