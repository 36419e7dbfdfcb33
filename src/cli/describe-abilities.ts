import type { ProbedAbilities } from '../llm/model-server.ts';

const TOOLS: Record<ProbedAbilities['tools'], string> = {
  yes: 'calls tools',
  no: 'takes no tools, so the chat answers from passages that are found for it',
  uncalled: 'did not call the tool it was told to call; another model may chat better',
};
const STRUCTURED: Record<ProbedAbilities['structured'], string> = {
  schema: 'structured output by schema',
  json: 'structured output as JSON, without a schema',
  prompt: 'structured output by the prompt alone',
};

/** What a model can do, in one line for a person. */
export function describeAbilities(abilities: ProbedAbilities): string {
  const { tools, structured, countsTokens, takesSystemMessages, holdsAnswers } = abilities;
  return [
    TOOLS[tools],
    STRUCTURED[structured],
    ...(countsTokens ? [] : ['does not count the tokens of a chat']),
    ...(takesSystemMessages ? [] : ['takes no system messages']),
    ...(holdsAnswers ? ['thinks aloud, so answers are shown when they are complete'] : []),
  ].join('; ');
}
