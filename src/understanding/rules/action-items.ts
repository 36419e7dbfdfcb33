import { contentStems } from '../../text/stems.ts';
import type { ActionItemClaim } from '../understanding-engine.ts';
import {
  ADVICE,
  AGREED,
  AT_THE_COUNTER,
  BEFORE_SPOILS,
  CONDITION,
  CONDITION_AFTER,
  DAILY,
  GIVEN,
  HABIT,
  HEARSAY,
  HYPOTHETICAL,
  IN_PASSING,
  IN_THE_MOMENT,
  IN_THE_ROOM,
  MACHINE,
  MADE_AT_ONCE,
  MANNERS,
  NOT_A_NAME,
  NOT_DONE,
  NOT_TAKEN,
  OFFER_DECLINED,
  ON_THE_SPOT,
  PLEDGE,
  POLITE_BEFORE_SPOILS,
  RECURS,
  REFUSAL,
  RIGHT_AWAY,
  SERVICE,
  TAKEN_BACK,
  TRIGGERS,
  type Trigger,
  thirdPersonTriggers,
  VAGUE,
  type Who,
} from './action-triggers.ts';
import { countBroadcastCues } from './broadcast.ts';
import type { CooperativeLoop } from './cooperative-loop.ts';
import type { ResolvedDate } from './dates/resolve-date.ts';
import { findDueThing } from './due-things.ts';
import { mergeTask, sameTask, taskStems } from './merge-tasks.ts';
import { isCalled, othersThan, personCalled } from './people-called.ts';
import type { Sentence } from './sentences.ts';
import { datesIn, dueOf, type TalkContext } from './talk-context.ts';
import { clauseOf, describeTask, trimTask } from './task-description.ts';
import { isDailyVerb, isTask, plainVerb } from './task-verbs.ts';

/** Tasks of one talk, at most: each is compared with all before it. */
const MAX_TASKS = 100;
/** Sentences within which an answer is looked for. */
const MAX_ANSWER = 4;

/** The tasks that people took on or were given. Precision before recall; each cites its segments. */
export async function findActionItems(
  context: TalkContext,
  each: CooperativeLoop,
): Promise<ActionItemClaim[]> {
  const tasks: { item: ActionItemClaim; stems: ReadonlySet<string> }[] = [];
  const triggers = [...TRIGGERS, ...thirdPersonTriggers(context.names)];
  const isOverheard = isBroadcast(context);
  await each(context.sentences, (sentence) => {
    if (sentence.words < 3 || MACHINE.test(sentence.text)) return;
    if (isOverheard && !sentence.isUser) return;
    for (const item of itemsOf(sentence, context, triggers)) {
      const stems = taskStems(item.description);
      const twin = tasks.find((other) => sameTask(other.stems, stems));
      if (twin) {
        mergeTask(twin.item, item);
        twin.stems = taskStems(twin.item.description);
      } else if (tasks.length < MAX_TASKS) tasks.push({ item, stems });
    }
  });
  return tasks.map(({ item }) => item);
}

/** True for a programme that runs in the room, by two or more of its phrases. */
function isBroadcast({ sentences, hasUser }: TalkContext): boolean {
  return hasUser && countBroadcastCues(sentences.filter(({ isUser }) => !isUser)) > 1;
}

function itemsOf(
  sentence: Sentence,
  context: TalkContext,
  triggers: readonly Trigger[],
): ActionItemClaim[] {
  const found: ActionItemClaim[] = [];
  const taken = new Set<number>();
  for (const { pattern, who, polite, answer, isOrder } of triggers) {
    // A bare verb at the beginning is asked for only if nothing else was found.
    if (answer && found.length > 0) continue;
    for (const match of overlapping(sentence.text, pattern)) {
      const { verb = '', rest = '' } = match.groups ?? {};
      const verbAt = match.index + match[0].length - rest.length - verb.length;
      if (taken.has(verbAt)) continue;
      const said = {
        sentence,
        context,
        match,
        verb,
        rest: rest.trimStart(),
        who,
        polite,
        answer,
        isOrder,
      };
      const item = toItem(said);
      if (!item) continue;
      taken.add(verbAt);
      found.push(item);
      const more = joined(sentence, context, rest, item);
      if (more) found.push(more);
    }
  }
  const due = found.length === 0 ? dueItem(sentence, context) : null;
  return due ? [due] : found;
}

/** "My essay is due Friday": a task of the one whose essay it is, if the day is still to come. */
function dueItem(sentence: Sentence, context: TalkContext): ActionItemClaim | null {
  const thing = findDueThing(sentence.text);
  if (!thing || sentence.question) return null;
  const date = datesIn(thing.when, context, sentence).find(
    (other) => dueOf(other, context) >= context.startedAt,
  );
  if (!date) return null;
  const [other, another] = othersThan(sentence.speaker, context);
  const owners: Record<string, string | null> = {
    my: labelOf(sentence),
    your: other && !another ? labelOf(other) : null,
  };
  return {
    description: thing.description,
    owner: owners[thing.whose] ?? null,
    dueAt: dueOf(date, context),
    segmentIds: [...sentence.segmentIds],
  };
}

/** All matches of a pattern whose `rest` runs to the end of the sentence. */
function overlapping(text: string, pattern: RegExp): RegExpExecArray[] {
  const matches: RegExpExecArray[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    matches.push(match);
    pattern.lastIndex = match.index + match[0].length - (match.groups?.rest ?? '').length;
    if (matches.length > 8) break;
  }
  return matches;
}

interface Candidate {
  sentence: Sentence;
  context: TalkContext;
  match: RegExpExecArray;
  verb: string;
  rest: string;
  who: Who;
  polite: boolean;
  answer: RegExp | undefined;
  isOrder: boolean | undefined;
}

/** True if the words around a trigger make it no promise and no request. */
function isSpoiled({ sentence, match, rest, who, polite }: Candidate): boolean {
  const before = sentence.text.slice(0, match.index);
  if ((polite ? POLITE_BEFORE_SPOILS : BEFORE_SPOILS).test(before.trimEnd())) return true;
  const manners = polite && MANNERS.test(before);
  if ((CONDITION.test(before) && !manners) || CONDITION_AFTER.test(rest)) return true;
  if (polite) return false;
  const promise = lastClause(before) + match[0].slice(0, match[0].length - rest.length);
  const clause = lastClause(before) + sentence.text.slice(match.index);
  return HYPOTHETICAL.test(promise) || HABIT.test(clause) || (sentence.question && who !== 'third');
}

/** What the other says next, three sentences at most; null if nobody does soon. */
function answerTo(sentence: Sentence, { sentences }: TalkContext): Sentence | null {
  const after = sentences.slice(sentence.index + 1, sentence.index + 1 + MAX_ANSWER);
  const from = after.findIndex(({ speaker }) => speaker !== sentence.speaker);
  const [first, ...more] = from < 0 ? [] : after.slice(from);
  if (!first) return null;
  const same = more.findIndex(({ speaker }) => speaker !== first.speaker);
  const turn = [first, ...more.slice(0, same < 0 ? undefined : same)];
  return {
    ...first,
    text: turn.map(({ text }) => text).join(' '),
    words: turn.reduce((sum, { words }) => sum + words, 0),
    segmentIds: [...new Set(turn.flatMap(({ segmentIds }) => segmentIds))],
  };
}

function toItem(candidate: Candidate): ActionItemClaim | null {
  const { sentence, context, match, polite } = candidate;
  let { verb, rest, who } = candidate;
  const said = match[0].slice(0, match[0].length - rest.length).trimEnd();
  if (/ing$/.test(verb) && /\b(?:be|mind|for)\b/.test(said))
    verb = plainVerb('am', verb, context.tag);
  if (
    /\b(?:haven't|have|has) /i.test(said) &&
    /ed$|[dtn]$/.test(verb) &&
    /\b(?:haven't|you|any\w+) \S*$/i.test(said)
  ) {
    verb = plainVerb('have', verb, context.tag);
    if (/haven't/.test(said) && !/\bstill\b/i.test(sentence.text)) return null;
  }
  if (candidate.isOrder && !isOrder(verb, sentence, context)) return null;
  const answer = who === 'listener' || candidate.answer ? answerTo(sentence, context) : null;
  if (candidate.answer && !(answer && candidate.answer.test(answer.text))) return null;
  if (who === 'group' && isService(said, rest, context)) who = 'speaker';
  const called = who === 'third' ? null : personCalled(verb, rest, candidate);
  if (called) rest = called.rest;
  if (verb === 'try' && /^and /.test(rest)) {
    [, verb = '', rest = ''] = /^and (\S+) ?(.*)$/.exec(rest) ?? [];
  }
  if (!isTask(verb, rest, context.tag) || isSpoiled(candidate)) return null;
  if (VAGUE.test(rest) || TAKEN_BACK.test(rest) || (who === 'third' && HEARSAY.test(sentence.text)))
    return null;
  if (/\b(?:I|we) can\b/i.test(said) && !/^(?:send|write|forward|share|provide|email)$/.test(verb))
    return null;
  const before = sentence.text.slice(0, match.index);
  const own = clauseOf(rest);
  const dates = datesIn(own, context, sentence);
  const isDaily = isDailyVerb(verb) && DAILY.test(own);
  const dueAt = isDaily ? null : dayAhead(dates, before, sentence, context);
  if (!isOwned(who, polite, before, said, dueAt, sentence, context)) return null;
  const previous = nearby(sentence, context);
  const known = `${previous.map((other) => other.text).join(' ')} ${before}`;
  const description = describeTask(verb, trimTask(own, dates), known, context.tag);
  if (!description || (sentence.broken && description.text.split(' ').length > 11)) return null;
  // In a long sentence "it" may be anything said before.
  if (description.usedContext && sentence.words > 30) return null;
  const owner =
    candidate.answer && answer && who === 'listener'
      ? labelOf(answer)
      : ownerOf({ ...candidate, who });
  if (owner === undefined) return null;
  if (isRefused(candidate, said, who, answer)) return null;
  if (who === 'speaker' && dueAt === null && /\bhave to\b/.test(said) && RECURS.test(rest))
    return null;
  if (dueAt === null && isMetAtOnce(candidate, said, verb, rest, answer)) return null;
  const segmentIds = [...sentence.segmentIds];
  if (description.usedContext) segmentIds.unshift(...previous.flatMap((other) => other.segmentIds));
  const agreed = dueAt ?? (answer ? agreedDay(answer, context) : null);
  if (called) segmentIds.push(...called.segmentIds);
  if (answer && (PLEDGE.test(answer.text) || agreed !== dueAt))
    segmentIds.push(...answer.segmentIds);
  const claim = { description: description.text, owner, dueAt: agreed };
  return { ...claim, segmentIds: [...new Set(segmentIds)] };
}

/** When a task is due by its own dates, or by those of the clause before it; null if they name no time to come. */
function dayAhead(
  dates: readonly ResolvedDate[],
  before: string,
  sentence: Sentence,
  context: TalkContext,
): number | null {
  const earlier = datesIn(lastClause(before.replace(/,\s*$/, '')), context, sentence);
  const due = [...dates, ...earlier].find((date) => dueOf(date, context) >= context.startedAt);
  return due ? dueOf(due, context) : null;
}

/** True for a sentence that begins with a plain verb: "Fill in the form". */
function isOrder(verb: string, sentence: Sentence, { tag }: TalkContext): boolean {
  const isAsked = sentence.question && !/, (?:will|would|can|could) you\?$/i.test(sentence.text);
  if (isAsked || IN_THE_MOMENT.test(verb)) return false;
  const word = tag(sentence.text).find(({ lower }) => lower === verb.toLowerCase());
  return word?.pos === 'VERB' && word.lemma === word.lower;
}

/** True for what the other refuses to do, for a plan that they do not share and an offer they turn down. */
function isRefused(
  { sentence, context, answer: needed }: Candidate,
  said: string,
  who: Who,
  answer: Sentence | null,
): boolean {
  const reply = (answer ?? answerTo(sentence, context))?.text ?? '';
  // "Don't forget to lock the door." - "I won't."
  const isKept = needed === NOT_DONE || /\bforget\b/i.test(said);
  if (answer !== null || who === 'group') return !isKept && REFUSAL.test(reply);
  const isOffer = who === 'speaker' && /\b(?:let me|I(?:'ll| will| can))\b/i.test(said);
  return isOffer && OFFER_DECLINED.test(reply);
}

/** True for what is done on the spot, and for a request that the other only talks about. */
function isMetAtOnce(
  { who, sentence, answer: needed, context: { sentences } }: Candidate,
  said: string,
  verb: string,
  rest: string,
  answer: Sentence | null,
): boolean {
  const isFor = /^(?:you|me|us) | for (?:you|me|us)\b/i.test(rest);
  if (/^let me$/i.test(said.slice(0, 6)) && IN_PASSING.test(verb)) return true;
  if (who === 'speaker' && AT_THE_COUNTER.test(said) && isVisit(sentence, sentences)) return true;
  if (IN_THE_ROOM.test(`${verb} ${rest}`) || RIGHT_AWAY.test(`${verb} ${rest}`)) return true;
  if (ON_THE_SPOT.test(`${verb} ${rest}`) && (who === 'listener' || isFor)) return true;
  if (/^(?:bring|fetch|carry|make|cut)$/.test(verb) && isFor) return true;
  if (
    needed &&
    /^(?:shall|should|could)$/i.test(said.split(' ')[0] ?? '') &&
    MADE_AT_ONCE.test(verb)
  )
    return true;
  if (ADVICE.test(said) && answer !== null && NOT_TAKEN.test(answer.text)) return true;
  if (
    /^(?:give|tell) (?:me|us)\b/.test(`${verb} ${rest}`) &&
    answer !== null &&
    GIVEN.test(answer.text)
  )
    return true;
  const isAsked = who === 'listener' && /\b(?:can|could|would|will) you\b|\bmind\b/i.test(said);
  return isAsked && sentence.question && answer !== null && !AGREED.test(answer.text);
}

/** True for what somebody says they came for: it is done there and then. */
function isVisit({ index, isUser }: Sentence, sentences: readonly Sentence[]): boolean {
  const before = sentences.slice(Math.max(0, index - 2), index);
  return isUser && index < 4 && before.some((other) => !other.isUser && SERVICE.test(other.text));
}

/** "We'll send it to your house", said by one to another: the one who says it does it. */
function isService(said: string, rest: string, { speakers }: TalkContext): boolean {
  return (
    speakers <= 2 &&
    /\bwe(?:'ll| will|'re going to| are going to)\b/i.test(said) &&
    /\byour?\b/i.test(rest)
  );
}

/** "Yes, I'll do that in November": the day that comes with a short promise, or null. */
function agreedDay(answer: Sentence, context: TalkContext): number | null {
  if (answer.words > 12) return null;
  const own =
    /\bI(?:'ll| will) (?:(?:do|take care of|get to) (?:it|that|this)|\S+ (?:him|her|it|them))\b(.*)$/i.exec(
      answer.text,
    )?.[1];
  const [date] = own === undefined ? [] : datesIn(own, context, answer);
  const due = date ? dueOf(date, context) : null;
  return due !== null && due >= context.startedAt ? due : null;
}

/** "... and book the hotel": a second task under the same promise. */
function joined(
  sentence: Sentence,
  context: TalkContext,
  rest: string,
  first: ActionItemClaim,
): ActionItemClaim | null {
  const match =
    /\band (?:then )?(?:please )?(?:I'll )?(?<verb>[a-z-]+) (?<rest>(?:the|a|an|my|our|your|some|to|up|for|him|her|them|it|everyone|everybody|all)\b.*)$/.exec(
      rest,
    );
  const { verb = '', rest: object = '' } = match?.groups ?? {};
  if (!match || !isTask(verb, object, context.tag) || /\bI'll\b/.test(match[0])) return null;
  const own = clauseOf(object);
  const dates = datesIn(own, context, sentence);
  const said = describeTask(verb, trimTask(own, dates), rest.slice(0, match.index), context.tag);
  if (!said || contentStems(said.text).length < 2) return null;
  // The first task ends where the second begins.
  const cut = first.description.toLowerCase().indexOf(` and ${verb}`);
  if (cut > 0) first.description = first.description.slice(0, cut);
  const date = dates.find((other) => dueOf(other, context) >= context.startedAt);
  // "Fill it in and return it by Friday": the day is the second's.
  if (date && first.dueAt === dueOf(date, context)) first.dueAt = null;
  return {
    description: said.text,
    owner: first.owner,
    dueAt: date ? dueOf(date, context) : first.dueAt,
    segmentIds: [...first.segmentIds],
  };
}

function lastClause(before: string): string {
  const at = Math.max(
    before.lastIndexOf(', '),
    before.lastIndexOf('; '),
    before.lastIndexOf(' but '),
    before.lastIndexOf(' so '),
  );
  return at < 0 ? before : before.slice(at);
}

/** What a group decides to do and somebody has to see to, without a day. */
const PLANNED =
  /\b(?:book|order|buy|call|ask|invite|hire|cancel|return|rent|reserve|send|email|sell)$/i;

/** Advice and plans of a group are tasks only if somebody or some day was named. */
function isOwned(
  who: Who,
  polite: boolean,
  before: string,
  said: string,
  dueAt: number | null,
  sentence: Sentence,
  context: TalkContext,
): boolean {
  if (who === 'group') {
    const isPlan = /^let's$/i.test(said.split(' ')[0] ?? '') && PLANNED.test(said.trimEnd());
    return (dueAt !== null || isPlan) && !sentence.question;
  }
  if (who !== 'listener') return true;
  if (/^you could/i.test(said)) {
    return /\b(?:perhaps|maybe|if)\s*$/i.test(before) && /\b(?:send|forward|email)\b/i.test(said);
  }
  return !/^you/i.test(said) || context.speakers <= 3 || dueAt !== null || !polite;
}

/** The sentences just before, in which a pronoun's noun is looked for. */
function nearby(sentence: Sentence, context: TalkContext): Sentence[] {
  return context.sentences.slice(Math.max(0, sentence.index - 4), sentence.index);
}

function labelOf(sentence: Sentence): string {
  return sentence.isUser ? 'user' : (sentence.name ?? sentence.speaker);
}

/** Undefined if the owner's name is none. */
function ownerOf({ sentence, context, match, who }: Candidate): string | null | undefined {
  if (who === 'speaker') return labelOf(sentence);
  if (who === 'group') return null;
  if (who === 'third') {
    const owner = match.groups?.owner ?? '';
    const known = context.names.find((name) =>
      [name, name.split(' ')[0]].some((said) => said?.toLowerCase() === owner.toLowerCase()),
    );
    if (known) return known;
    if (NOT_A_NAME.test(owner)) return undefined;
    return owner;
  }
  const called = context.names.find((name) => isCalled(name, sentence));
  if (
    !called &&
    !sentence.isUser &&
    context.userName !== null &&
    isCalled(context.userName, sentence)
  ) {
    return 'user';
  }
  if (called) return called;
  const [other, another] = othersThan(sentence.speaker, context);
  if (other && !another) return labelOf(other);
  if (!other) return sentence.isUser ? 'user' : null;
  const answer = context.sentences[sentence.index + 1];
  if (answer && answer.speaker !== sentence.speaker) return labelOf(answer);
  return null;
}
