import { collapseSpaces } from '../kernel/bounded-text.ts';
import { tellScope } from './chat-scope.ts';
import { type DateRange, tellRange, toLocalText } from './local-time.ts';
import { NO_MODEL } from './no-model.ts';
import { findPassages, findPassagesOfTime, type Passage, type PassageSources } from './passages.ts';
import { answerPlainRequest, type PlainRequestDeps } from './plain-requests.ts';
import { namesNothing } from './question-terms.ts';
import { asksWhen, toldDates } from './told-dates.ts';
import type { ChatTurn } from './turn.ts';

const PASSAGES = 5;
/** Conversations of a time that are told. */
const OF_TIME = 10;

export interface RetrievalDeps extends PlainRequestDeps, PassageSources {}

/**
 * Answers without a language model: does what is plainly asked for, else quotes the passages that
 * answer the question, with speaker, date and citation, and says so if there are none.
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

/** What was found for a question. */
export interface FoundForQuestion {
  passages: Passage[];
  /**
   * `asked`: of the time that was asked about, or of any if none was named. `other`: that time has
   * none. `whole`: the conversations of that time, or of the scope if no time was named, since nothing
   * else was asked. `instead`: the same,
   * since of what was asked nothing was found at any time.
   */
  time: 'asked' | 'other' | 'whole' | 'instead';
  /** True if the time has more conversations than these. */
  hasMore: boolean;
}

/**
 * Finds what was said about the question's topic, first in the time that is asked about. A question
 * that names only a time, or of whose topic nothing was ever said, finds what was said in that time; one
 * that names nothing at all finds what there is in its scope.
 */
export async function findForQuestion(
  deps: PassageSources,
  turn: ChatTurn,
): Promise<FoundForQuestion> {
  turn.status('Searching conversations');
  const { within } = turn;
  const range = pastRange(turn);
  const question = turn.range
    ? collapseSpaces(turn.topic).replace(turn.range.text, ' ')
    : turn.topic;
  const search = (from: number | null, to: number | null) =>
    findPassages(deps, turn.uid, { question, from, to, within, limit: PASSAGES });
  const ofTime = async ({ from, to }: Pick<DateRange, 'from' | 'to'>) =>
    await findPassagesOfTime(deps, turn.uid, { from, to, within, limit: OF_TIME });
  if (!range) {
    if (within !== null && namesNothing(question)) {
      return { ...(await ofTime({ from: 0, to: turn.now })), time: 'whole' };
    }
    return { passages: await search(null, null), time: 'asked', hasMore: false };
  }
  if (namesNothing(question)) return { ...(await ofTime(range)), time: 'whole' };
  const passages = await search(range.from, range.to);
  if (passages.length > 0) return { passages, time: 'asked', hasMore: false };
  const elsewhen = await search(null, null);
  if (elsewhen.length > 0) return { passages: elsewhen, time: 'other', hasMore: false };
  return { ...(await ofTime(range)), time: 'instead' };
}

/** The time that is asked about; null if none is, or if it is still to come: nothing was said then. */
function pastRange({ range, now }: ChatTurn): DateRange | null {
  return range !== null && range.from <= now ? range : null;
}

/** Quotes what was said about the question's topic. */
export async function quotePassages(deps: PassageSources, turn: ChatTurn): Promise<void> {
  const found = await findForQuestion(deps, turn);
  const { passages, time } = found;
  const range = pastRange(turn);
  const when = range ? `(${range.text}, ${tellRange(range, turn.timeZone)})` : '';
  if (time === 'whole' || time === 'instead') {
    tellTime(turn, found, when);
    return;
  }
  if (passages.length === 0) {
    turn.say(`I found nothing about that in ${whereOf(turn)}.`);
    return;
  }
  if (time === 'other') {
    turn.say(`I found nothing about that from that time ${when}. At other times this was said:`);
  } else turn.say(`This is what was said${range ? ` ${when}` : ''}:`);
  for (const passage of passages) quote(turn, passage);
}

/** Tells the conversations of a time. */
function tellTime(turn: ChatTurn, found: FoundForQuestion, when: string): void {
  const { passages, time, hasMore } = found;
  if (time === 'instead') turn.say(`I found nothing about that in ${whereOf(turn)}. `);
  if (passages.length === 0) {
    turn.say(
      when === ''
        ? `Nothing is in ${whereOf(turn)} yet.`
        : `There are no conversations from that time ${when}.`,
    );
    return;
  }
  turn.say(
    when === ''
      ? `This is in ${whereOf(turn)}:`
      : `These conversations are from that time ${when}:`,
  );
  for (const passage of passages) {
    const { structured, startedAt, createdAt } = passage.conversation;
    const number = turn.retrieve(passage.conversation, passage.segmentIds);
    const at = toLocalText(startedAt ?? createdAt, turn.timeZone);
    const title = structured.title === '' ? 'Untitled' : structured.title;
    const said = structured.overview || quotedLines(turn, passage).join('\n');
    turn.breakParagraph();
    turn.say(`${withoutMarks(`${title}, ${at}: ${said}`)}[${number}]`);
  }
  if (hasMore) {
    turn.breakParagraph();
    turn.say(
      when === ''
        ? 'There are more. Ask about a time to see them.'
        : 'There are more. Ask about a shorter time to see them.',
    );
  }
}

function quote(turn: ChatTurn, passage: Passage): void {
  const number = turn.retrieve(passage.conversation, passage.segmentIds);
  turn.breakParagraph();
  const mark = passage.conversation.discarded ? ' (from a discarded conversation)' : '';
  turn.say(`${quotedLines(turn, passage).join('\n')}${mark}[${number}]`);
}

/** Who said what and when, with the days that it names if one is asked for; what looks like a citation is none. */
export function quotedLines(
  { timeZone, topic }: Pick<ChatTurn, 'timeZone' | 'topic'>,
  passage: Passage,
): string[] {
  const isDayAsked = asksWhen(topic);
  return passage.quotes.map(({ speaker, text, at }) => {
    const days = isDayAsked ? toldDates(text, at, timeZone) : [];
    const told = days.length > 0 ? ` (${withoutMarks(days.join('; '))})` : '';
    return `${speaker}, ${toLocalText(at, timeZone)}: “${withoutMarks(text)}”${told}`;
  });
}

/** Where was looked, without what looks like a citation. */
function whereOf({ within }: ChatTurn): string {
  return withoutMarks(tellScope(within));
}

function withoutMarks(text: string): string {
  return text.replace(/\[(\d[\d,\s]*)\]/g, '($1)');
}
