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

/** Passages about the question's topic, and whether they are of the time that was asked about. */
export interface FoundForQuestion {
  passages: Passage[];
  /** `asked`: of that time, or of any if none was named. `other`: that time has none. */
  time: 'asked' | 'other';
}

/** Finds what was said about the question's topic, first in the time that is asked about. */
export async function findForQuestion(
  deps: PassageSources,
  turn: ChatTurn,
): Promise<FoundForQuestion> {
  turn.status('Searching conversations');
  const { range } = turn;
  const question = range ? collapseSpaces(turn.topic).replace(range.text, ' ') : turn.topic;
  const search = (from: number | null, to: number | null) =>
    findPassages(deps, turn.uid, { question, from, to, limit: PASSAGES });
  if (!isBounded(turn)) return { passages: await search(null, null), time: 'asked' };
  const passages = await search(range?.from ?? null, range?.to ?? null);
  if (passages.length > 0) return { passages, time: 'asked' };
  return { passages: await search(null, null), time: 'other' };
}

/** What is still to come cannot have been said in that time. */
function isBounded({ range, now }: ChatTurn): boolean {
  return range !== null && range.from <= now;
}

/** Quotes what was said about the question's topic. */
export async function quotePassages(deps: PassageSources, turn: ChatTurn): Promise<void> {
  const { range, timeZone } = turn;
  const { passages, time } = await findForQuestion(deps, turn);
  const bounded = isBounded(turn) && range;
  if (bounded && time === 'other') {
    const within = `${bounded.text} (${describeRange(bounded, timeZone)})`;
    if (passages.length === 0) {
      turn.say(`I found nothing about that, neither ${within} nor at any other time.`);
      return;
    }
    turn.say(`I found nothing about that ${within}. At other times this was said:`);
  } else if (passages.length === 0) {
    turn.say('I found nothing about that in your conversations.');
    return;
  } else {
    turn.say(`This is what was said${bounded ? ` (${describeRange(bounded, timeZone)})` : ''}:`);
  }
  for (const passage of passages) quote(turn, passage);
}

function quote(turn: ChatTurn, passage: Passage): void {
  const number = turn.retrieve(passage.conversation, passage.segmentIds);
  turn.breakParagraph();
  turn.say(`${quotedLines(turn, passage).join('\n')}[${number}]`);
}

/** Who said what and when; what looks like a citation in it is none. */
export function quotedLines(turn: Pick<ChatTurn, 'timeZone'>, passage: Passage): string[] {
  return passage.quotes.map(
    ({ speaker, text, at }) =>
      `${speaker}, ${toLocalText(at, turn.timeZone)}: “${text.replace(/\[(\d[\d,\s]*)\]/g, '($1)')}”`,
  );
}
