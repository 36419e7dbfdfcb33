import type { AgentQuestion } from './agent-run.ts';
import { type PromptContext, passageInstructions } from './instructions.ts';
import type { Passage } from './passages.ts';
import { answerPlainRequest } from './plain-requests.ts';
import { matchedTerms, questionTerms } from './question-terms.ts';
import { findForQuestion, quotedLines, type RetrievalDeps } from './retrieval-answer.ts';
import type { ChatTurn } from './turn.ts';

export interface PassageAnswerDeps {
  retrieval: RetrievalDeps;
  /** Says a model's answer to a question without tools into the turn. */
  reply: (question: AgentQuestion) => Promise<void>;
}

/**
 * Answers with a model that cannot call tools: what is plainly asked for is done by rules, as
 * without a model; otherwise passages are found for the question, and the model answers from them.
 */
export async function answerFromPassages(
  deps: PassageAnswerDeps,
  question: Omit<AgentQuestion, 'instructions' | 'tools'>,
  asked: PromptContext,
): Promise<void> {
  const { turn } = question;
  if (await answerPlainRequest(deps.retrieval, turn)) return;
  const found = await findForQuestion(deps.retrieval, turn);
  const isOfTime = found.time === 'whole' || found.time === 'instead';
  const quotes = found.passages.map(({ conversation, ...passage }) => ({
    number: turn.retrieve(conversation, passage.segmentIds),
    title: conversation.structured.title,
    lines: [
      ...(isOfTime ? [conversation.structured.overview].filter(Boolean) : []),
      ...quotedLines(turn, { conversation, ...passage }),
    ],
  }));
  // An answer may name the addresses of the passages that it cites.
  for (const { number, lines } of quotes) turn.noteSource(number, lines.join('\n'));
  const instructions = passageInstructions(turn, asked, { ...found, quotes });
  await deps.reply({ ...question, instructions, tools: [] });
  if (!turn.isSpoken && turn.citations.length === 0) citeUsed(turn, found.passages);
}

/**
 * Adds citations of the passages whose words an answer uses that cites none: small models forget to.
 * Words of the question prove nothing.
 */
function citeUsed(turn: ChatTurn, passages: readonly Passage[]): void {
  const asked = matchedTerms(turn.message, questionTerms(turn.shown));
  const own = questionTerms(turn.shown).filter((term) => !asked.has(term));
  const numbers = passages.flatMap(({ conversation, segmentIds, quotes }) => {
    const said = quotes.map(({ speaker, text }) => `${speaker} ${text}`).join(' ');
    return matchedTerms(said, own).size > 0 ? [turn.retrieve(conversation, segmentIds)] : [];
  });
  turn.say([...new Set(numbers)].map((number) => `[${number}]`).join(''));
}
