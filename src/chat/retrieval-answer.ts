import { collapseSpaces } from '../kernel/bounded-text.ts';
import { describeRange, toLocalText } from './date-range.ts';
import { findPassages, type Passage, type PassageSources } from './passages.ts';
import { answerPlainRequest, type PlainRequestDeps } from './plain-requests.ts';
import type { ChatTurn } from './turn.ts';

const PASSAGES = 5;

export const NO_MODEL =
  'No language model is configured, so I can only quote your conversations and keep tasks and memories.';

export interface RetrievalDeps extends PlainRequestDeps, PassageSources {}

/**
 * Answers without a language model: does what is plainly asked for, else quotes the passages that
 * answer the question, with speaker, date and citation, and says so where there are none.
 */
export async function answerByRetrieval(deps: RetrievalDeps, turn: ChatTurn): Promise<void> {
  if (await answerPlainRequest(deps, turn)) return;
  await quotePassages(deps, turn);
}

/** Small talk without a language model. */
export function answerSmallTalk(turn: ChatTurn): void {
  const hello = turn.userName === null ? 'Hello.' : `Hello, ${turn.userName}.`;
  turn.say(`${hello} ${NO_MODEL} Ask what was said about something, or "what are my tasks".`);
}

/** Quotes what was said about the question's topic. */
export async function quotePassages(deps: PassageSources, turn: ChatTurn): Promise<void> {
  turn.status('Searching conversations');
  const { range, timeZone } = turn;
  const question = range ? collapseSpaces(turn.topic).replace(range.text, ' ') : turn.topic;
  // What is still to come cannot have been said in that time.
  const bounded = range !== null && range.from <= turn.now;
  const search = (from: number | null, to: number | null) =>
    findPassages(deps, turn.uid, { question, from, to, limit: PASSAGES });
  const found = bounded ? await search(range.from, range.to) : await search(null, null);
  if (found.length > 0) {
    const time = bounded ? ` (${describeRange(range, timeZone)})` : '';
    turn.say(`This is what was said${time}:`);
    for (const passage of found) quote(turn, passage);
    return;
  }
  if (!bounded) {
    turn.say('I found nothing about that in your conversations.');
    return;
  }
  const wider = await search(null, null);
  const within = `${range.text} (${describeRange(range, timeZone)})`;
  if (wider.length === 0) {
    turn.say(`I found nothing about that, neither ${within} nor at any other time.`);
    return;
  }
  turn.say(`I found nothing about that ${within}. At other times this was said:`);
  for (const passage of wider) quote(turn, passage);
}

function quote(turn: ChatTurn, passage: Passage): void {
  const number = turn.retrieve(passage.conversation, passage.segmentIds);
  turn.breakParagraph();
  const lines = passage.quotes.map(
    ({ speaker, text, at }) =>
      `${speaker}, ${toLocalText(at, turn.timeZone)}: “${text.replace(/\[(\d[\d,\s]*)\]/g, '($1)')}”`,
  );
  turn.say(`${lines.join('\n')}[${number}]`);
}
