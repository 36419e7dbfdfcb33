import { contentStems } from '../../text/stems.ts';
import type { ActionItemClaim } from '../understanding-engine.ts';
import {
  BEFORE_SPOILS,
  CONDITION,
  CONDITION_AFTER,
  DAILY,
  HABIT,
  HEARSAY,
  HYPOTHETICAL,
  MACHINE,
  MANNERS,
  NOT_A_NAME,
  PLEDGE,
  POLITE_BEFORE_SPOILS,
  REFUSAL,
  TRIGGERS,
  type Trigger,
  thirdPersonTriggers,
  VAGUE,
  type Who,
} from './action-triggers.ts';
import { countBroadcastCues } from './broadcast.ts';
import type { CooperativeLoop } from './cooperative-loop.ts';
import { endOfLocalDay, type ResolvedDate, resolveDates } from './dates/resolve-date.ts';
import { findDueThing } from './due-things.ts';
import { mergeTask, sameTask, taskStems } from './merge-tasks.ts';
import type { Sentence } from './sentences.ts';
import type { Tag } from './tagger.ts';
import { clauseOf, describeTask, trimTask } from './task-description.ts';
import { isDailyVerb, isTask, plainVerb } from './task-verbs.ts';

/** Tasks of one talk, at most: each is compared with all before it. */
const MAX_TASKS = 100;

export interface TalkContext {
  sentences: readonly Sentence[];
  startedAt: number;
  timeZone: string;
  /** Names of the people who speak, without the user's. */
  names: readonly string[];
  userName: string | null;
  speakers: number;
  /** The first sentence of each speaker. */
  firstBySpeaker: ReadonlyMap<string, Sentence>;
  hasUser: boolean;
  tag: Tag;
}

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
  for (const { pattern, who, polite } of triggers) {
    for (const match of overlapping(sentence.text, pattern)) {
      const { verb = '', rest = '' } = match.groups ?? {};
      const verbAt = match.index + match[0].length - rest.length - verb.length;
      if (taken.has(verbAt)) continue;
      const item = toItem({ sentence, context, match, verb, rest: rest.trimStart(), who, polite });
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

/** The answer if the next to speak is somebody else. */
function answerTo(sentence: Sentence, context: TalkContext): Sentence | null {
  const next = context.sentences[sentence.index + 1];
  return next && next.speaker !== sentence.speaker ? next : null;
}

function toItem(candidate: Candidate): ActionItemClaim | null {
  const { sentence, context, match, who, polite } = candidate;
  let { verb, rest } = candidate;
  const said = match[0].slice(0, match[0].length - rest.length);
  if (/ing$/.test(verb) && /\b(?:be|mind|for)\b/.test(said)) verb = plainVerb(verb, context.tag);
  if (verb === 'try' && /^and /.test(rest)) {
    [, verb = '', rest = ''] = /^and (\S+) ?(.*)$/.exec(rest) ?? [];
  }
  if (!isTask(verb, rest, context.tag) || isSpoiled(candidate)) return null;
  if (VAGUE.test(rest) || (who === 'third' && HEARSAY.test(sentence.text))) return null;
  if (/\b(?:I|we) can /i.test(said) && !/^(?:send|write|forward|share|provide|email)$/.test(verb))
    return null;
  const before = sentence.text.slice(0, match.index);
  const own = clauseOf(rest);
  const dates = datesIn(own, context, sentence);
  const daily = isDailyVerb(verb) && DAILY.test(own);
  const ahead = daily
    ? []
    : [...dates, ...datesIn(lastClause(before.replace(/,\s*$/, '')), context, sentence)];
  const due = ahead.find((date) => dueOf(date, context) >= context.startedAt);
  const dueAt = due ? dueOf(due, context) : null;
  if (!isOwned(who, polite, before, said, dueAt, sentence, context)) return null;
  const previous = nearby(sentence, context);
  const known = `${previous.map((other) => other.text).join(' ')} ${before}`;
  const description = describeTask(verb, trimTask(own, dates), known, context.tag);
  if (!description || (sentence.broken && description.text.split(' ').length > 11)) return null;
  // In a long sentence "it" may be anything said before.
  if (description.usedContext && sentence.words > 30) return null;
  const owner = ownerOf(candidate);
  if (owner === undefined) return null;
  const answer = who === 'listener' ? answerTo(sentence, context) : null;
  if (answer && REFUSAL.test(answer.text)) return null;
  const segmentIds = [...sentence.segmentIds];
  if (description.usedContext) segmentIds.unshift(...previous.flatMap((other) => other.segmentIds));
  const agreed = dueAt ?? (answer ? agreedDay(answer, context) : null);
  if (answer && (PLEDGE.test(answer.text) || agreed !== dueAt))
    segmentIds.push(...answer.segmentIds);
  const claim = { description: description.text, owner, dueAt: agreed };
  return { ...claim, segmentIds: [...new Set(segmentIds)] };
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

function datesIn(text: string, context: TalkContext, sentence: Sentence): ResolvedDate[] {
  return resolveDates(text, { reference: context.startedAt, timeZone: context.timeZone }).map(
    (date) => (date.fromNow ? { ...date, start: date.start + sentence.startMs } : date),
  );
}

function dueOf(date: ResolvedDate, context: TalkContext): number {
  return date.hasTime ? date.start : endOfLocalDay(date.end ?? date.start, context.timeZone);
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
  return context.sentences.slice(Math.max(0, sentence.index - 2), sentence.index);
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

/** The first sentences of others, two at most. */
function othersThan(speaker: string, { firstBySpeaker }: TalkContext): Sentence[] {
  const others: Sentence[] = [];
  for (const first of firstBySpeaker.values()) {
    if (first.speaker !== speaker && others.push(first) > 1) break;
  }
  return others;
}

/** True if the sentence addresses the person: "Anna, can you ...". */
function isCalled(name: string, sentence: Sentence): boolean {
  const first = escapePattern(name.split(' ')[0] ?? name);
  if (first === '') return false;
  return new RegExp(
    `(?:^|[,.] ?|\\b(?:hey|hi|okay|so|and|thanks|but) )${first}(?:,|\\?|\\.|$| (?:can|could|would|will|please|you))`,
    'iu',
  ).test(sentence.text);
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
