import { contentStems } from '../../../../text/stems.ts';
import type { ActionItemClaim } from '../../../understanding-engine.ts';
import type { CooperativeLoop } from '../../cooperative-loop.ts';
import type { Sentence } from '../../talk.ts';
import { countBroadcastCues } from '../broadcast.ts';
import { type Score, type Scored, scoreBy } from '../claims/claim-score.ts';
import { kindsOf } from '../claims/word-features.ts';
import { datesIn, dueOf, type TalkContext } from '../talk-context.ts';
import { findDueThing } from './due-things.ts';
import { mergeTask, sameTask, taskStems } from './merge-tasks.ts';
import { isCalled, othersThan, personCalled } from './people-called.ts';
import { clauseOf, describeTask, trimTask } from './task-description.ts';
import { featuresOf, frameFeatures } from './task-features.ts';
import { TASK_FRAMES, type TaskFrame, thirdPersonFrames, type Who } from './task-frames.ts';
import { isDailyVerb, plainVerb, readDeed } from './task-verbs.ts';

/** Tasks of one talk, at most: each is compared with all before it. */
const MAX_TASKS = 100;
/** Sentences within which an answer is looked for. */
const MAX_ANSWER = 4;

/** A task that may be one, with what speaks for and against it. */
export interface TaskCandidate {
  claim: ActionItemClaim;
  features: string[];
}

/** The tasks that people may have taken on or been given, each once, with its score; each cites its segments. */
export async function findActionItems(
  context: TalkContext,
  each: CooperativeLoop,
  score: Score = scoreBy('tasks'),
): Promise<Scored<ActionItemClaim>[]> {
  const tasks: (Scored<ActionItemClaim> & { stems: ReadonlySet<string> })[] = [];
  for (const { claim, features } of await findTaskCandidates(context, each)) {
    const stems = taskStems(claim.description);
    const own = score(features);
    const twin = tasks.find((other) => sameTask(other.stems, stems));
    if (twin) {
      mergeTask(twin.claim, claim, context.timeZone);
      twin.stems = taskStems(twin.claim.description);
      twin.score = Math.max(twin.score, own);
    } else {
      if (tasks.length >= MAX_TASKS) dropWeakest(tasks);
      tasks.push({ claim, stems, score: own });
    }
  }
  return tasks;
}

/** Makes room in a list: what is least likely goes, the later of two that are as likely. */
function dropWeakest(tasks: { score: number }[]): void {
  const weakest = tasks.reduce(
    (at, { score }, nth) => (score <= (tasks[at]?.score ?? 0) ? nth : at),
    0,
  );
  tasks.splice(weakest, 1);
}

/** Everything that may be a task, in the order in which it was said. */
export async function findTaskCandidates(
  context: TalkContext,
  each: CooperativeLoop,
): Promise<TaskCandidate[]> {
  const frames = [...TASK_FRAMES, ...thirdPersonFrames(context.names)];
  const isOverheard = isBroadcast(context);
  const found: TaskCandidate[] = [];
  await each(context.sentences, (sentence) => {
    if (sentence.words < 3 || MACHINE.test(sentence.text)) return;
    if (isOverheard && !sentence.isUser) return;
    found.push(...candidatesIn(sentence, context, frames));
  });
  return found;
}

/** Whose words the promise is, or on what it depends. */
const REPORTED =
  /\b(?:said|says|saying|told|if|unless|when|whenever|whether)\b,?\s*(?:that\s+)?["']?$/i;
/** What takes on what was asked. */
const PLEDGE =
  /^(?:yes|yeah|yep|sure|okay|ok|of course|will do|no problem|absolutely|certainly|I will|I'll|right|alright|got it|definitely|happy to|on it|consider it done)\b/i;
/** How an object begins behind an order. */
const LEADS_OBJECT =
  /^(?:the|an?|my|our|your|his|her|their|it|him|them|me|us|this|that|these|those|some|both|all|any)\b/i;
/** Orders to a machine are nobody's task. */
const MACHINE =
  /\b(?:instructions?|system prompt|prompts?|language model|assistant|AI model|chatbot|passwords?|(?:this|the) (?:conversation|transcript)|address book)\b/i;

/** True for a programme that runs in the room, by two or more of its phrases. */
function isBroadcast({ sentences, hasUser }: TalkContext): boolean {
  return hasUser && countBroadcastCues(sentences.filter(({ isUser }) => !isUser)) > 1;
}

function candidatesIn(
  sentence: Sentence,
  context: TalkContext,
  frames: readonly TaskFrame[],
): TaskCandidate[] {
  const found: TaskCandidate[] = [];
  const taken = new Set<number>();
  for (const frame of frames) {
    // A frame that needs an answer counts only if nothing else was found.
    if (frame.answer && found.length > 0) continue;
    for (const match of overlapping(sentence.text, frame.pattern)) {
      const { verb = '', rest = '' } = match.groups ?? {};
      const verbAt = match.index + match[0].length - rest.length - verb.length;
      if (taken.has(verbAt)) continue;
      const candidate = toCandidate({ sentence, context, match, frame });
      if (!candidate) continue;
      taken.add(verbAt);
      found.push(candidate);
      const more = joined(sentence, context, rest, candidate.claim);
      if (more) found.push({ claim: more, features: [...candidate.features, 'is joined'] });
    }
  }
  const due = found.length === 0 ? dueItem(sentence, context) : null;
  if (due === null) return found;
  const features = [...frameFeatures('due', context), 'is not to be forgotten', 'has a day'];
  return [{ claim: due, features }];
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

interface Found {
  sentence: Sentence;
  context: TalkContext;
  match: RegExpExecArray;
  frame: TaskFrame;
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

function toCandidate(found: Found): TaskCandidate | null {
  const { sentence, context, match, frame } = found;
  const [verb, spoken] = plainly(found);
  const reply = answerTo(sentence, context);
  if (frame.isOrder && !isOrder(verb, spoken, sentence, context)) return null;
  // A note to oneself is answered by nobody.
  const isNote = frame.isOrder === true && context.speakers === 1;
  const isAnswered = frame.answer !== undefined && reply !== null && frame.answer.test(reply.text);
  if (frame.answer && !frame.isOrder && !isNote && !isAnswered) return null;
  const frameSaid = match[0].slice(0, match[0].length - spoken.length);
  const who =
    frame.who === 'group' && isService(frameSaid, spoken, context) ? 'speaker' : frame.who;
  const called = who === 'third' ? null : personCalled(spoken, found);
  const rest = called?.rest ?? spoken;
  const deed = readDeed(verb, rest, context.tag);
  if (!deed) return null;
  const before = sentence.text.slice(0, match.index);
  if (REPORTED.test(before)) return null;
  const own = clauseOf(rest);
  const dates = datesIn(own, context, sentence);
  const dueAt = isDaily(verb, own) ? null : dayAhead([...dates, ...earlier(found)], context);
  const previous = nearby(sentence, context);
  const known = `${previous.map((other) => other.text).join(' ')} ${before}`;
  const description = describeTask(verb, trimTask(own, dates), known, context.tag);
  if (!description) return null;
  const owner = frame.answer && reply && who === 'listener' ? labelOf(reply) : ownerOf(found, who);
  if (owner === undefined) return null;
  const isMoved = dueAt !== null && isMovedFrom(dueAt, found);
  const agreed = isMoved
    ? null
    : (dueAt ?? (reply && who !== 'speaker' ? agreedDay(reply, context) : null));
  const isCited = reply && who === 'listener' && (PLEDGE.test(reply.text) || agreed !== dueAt);
  const { text, usedContext, isOpen } = description;
  const segmentIds = [
    ...(usedContext ? previous.flatMap((other) => other.segmentIds) : []),
    ...sentence.segmentIds,
    ...(called?.segmentIds ?? []),
    ...(isCited ? reply.segmentIds : []),
  ];
  const said = { description: text, owner, dueAt: agreed };
  const task = { ...said, sentence, context, frame, who, verb, rest, before, reply };
  return {
    claim: { ...said, segmentIds: [...new Set(segmentIds)] },
    features: featuresOf({ ...task, usedContext, isOpen, isAnswered, deed }),
  };
}

/** The verb in its plain form, with the words after it: "be bringing the cups" as "bring the cups". */
function plainly({ match, frame, context }: Found): [verb: string, rest: string] {
  const { verb = '', rest = '' } = match.groups ?? {};
  const tried = verb === 'try' ? /^ ?and (\S+) ?(.*)$/.exec(rest) : null;
  if (tried) return [tried[1] ?? '', tried[2] ?? ''];
  const isGerund =
    /ing$/.test(verb) &&
    (frame.name === 'doing' || /\b(?:be|mind|for|who(?:'s| is))\b/i.test(match[0]));
  const isDone = /^(?:still|not yet)$/.test(frame.name) && /(?:ed|[dtn])$/.test(verb);
  const before = isGerund ? 'am' : isDone ? 'have' : null;
  return [before ? plainVerb(before, verb, context.tag) : verb, rest.trimStart()];
}

/** What is done every day has no day it is due. */
function isDaily(verb: string, text: string): boolean {
  return (
    isDailyVerb(verb) &&
    /\b(?:every|each|daily|twice|in the (?:morning|afternoon|evening)|at night)\b/i.test(text)
  );
}

/** The words since the last clause began. */
function lastClause(before: string): string {
  const at = Math.max(...[', ', '; ', ' but ', ' so '].map((end) => before.lastIndexOf(end)));
  return at < 0 ? before : before.slice(at);
}

/** The dates in the clause before the frame. */
function earlier({ sentence, context, match }: Found): ReturnType<typeof datesIn> {
  const before = sentence.text.slice(0, match.index).replace(/,\s*$/, '');
  return datesIn(lastClause(before), context, sentence);
}

/** When a task is due by the first date that is still to come; null if there is none. */
function dayAhead(dates: ReturnType<typeof datesIn>, context: TalkContext): number | null {
  const due = dates.map((date) => dueOf(date, context));
  return due.find((time) => time >= context.startedAt) ?? null;
}

/** True for a sentence that begins with a plain verb: "Fill in the form". */
function isOrder(verb: string, rest: string, sentence: Sentence, { tag }: TalkContext): boolean {
  if (sentence.question && !/, (?:will|would|can|could) you\?$/i.test(sentence.text)) return false;
  if (/ing$/.test(verb)) return false;
  const lower = verb.toLowerCase();
  const word = tag(sentence.text).find((other) => other.lower === lower);
  if (word?.pos === 'VERB') return word.lemma === word.lower;
  // "Practise that": a verb at the beginning is often taken for a name.
  return kindsOf('verbs', lower).length > 0 && LEADS_OBJECT.test(rest);
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
  return own === undefined ? null : dayAhead(datesIn(own, context, answer), context);
}

/** "... and book the hotel": a second task under the same promise. */
function joined(
  sentence: Sentence,
  context: TalkContext,
  rest: string,
  first: ActionItemClaim,
): ActionItemClaim | null {
  const match =
    /\band (?:then )?(?:please )?(?:I'll )?(?<verb>[a-z-]+) (?<rest>(?:the|a|an|my|our|your|some|it|everyone|everybody|all)\b.*)$/.exec(
      rest,
    );
  const { verb = '', rest: object = '' } = match?.groups ?? {};
  if (!match || !readDeed(verb, object, context.tag) || /\bI'll\b/.test(match[0])) return null;
  const own = clauseOf(object);
  const dates = datesIn(own, context, sentence);
  const said = describeTask(verb, trimTask(own, dates), rest.slice(0, match.index), context.tag);
  if (!said || contentStems(said.text).length < 2) return null;
  // The first task ends where the second begins.
  const cut = first.description.toLowerCase().indexOf(` and ${verb}`);
  if (cut > 0) first.description = first.description.slice(0, cut);
  const dueAt = dayAhead(dates, context);
  // "Fill it in and return it by Friday": the day is the second's.
  if (dueAt !== null && first.dueAt === dueAt) first.dueAt = null;
  return {
    description: said.text,
    owner: first.owner,
    dueAt: dueAt ?? first.dueAt,
    segmentIds: [...first.segmentIds],
  };
}

/** What speaks against a day that was named. */
const MOVES = /\b(?:not|no|better|rather|mean|instead|can't|sorry|make (?:it|that)|let's say)\b/i;
/** Sentences after a task in which its day may be changed. */
const MAX_MOVE = 2;
const MANY_WORDS = 8;

/** True if another day is named soon, in a sentence that speaks against the first. */
function isMovedFrom(dueAt: number, { sentence, context }: Found): boolean {
  const next = context.sentences.slice(sentence.index + 1, sentence.index + 1 + MAX_MOVE);
  return next.some(
    (each) =>
      // "Saturday?" asks for another day; a longer question is about something else.
      (each.question ? each.words < MANY_WORDS : MOVES.test(each.text)) &&
      datesIn(each.text, context, each).some((date) => dueOf(date, context) !== dueAt),
  );
}

/** The sentences just before, in which a pronoun's noun is looked for. */
function nearby(sentence: Sentence, context: TalkContext): Sentence[] {
  return context.sentences.slice(Math.max(0, sentence.index - 4), sentence.index);
}

function labelOf(sentence: Sentence): string {
  return sentence.isUser ? 'user' : (sentence.name ?? sentence.speaker);
}

const NOT_A_NAME =
  /^(?:This|That|There|Here|What|Who|How|Why|When|Where|Which|They|She|You|Then|These|Those|Someone|Somebody|Everyone|Everybody|Nobody|People|And|But|Also|Now|Maybe|Perhaps|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|May|June|July|August|September|October|November|December|One|Something|Nothing|Everything|Government|Work|School|Tomorrow|Today|Anyone|Anybody|God|Christmas|Internet|English)$/;

/** Whose the task is; undefined if the owner's name is none. */
function ownerOf({ sentence, context, match }: Found, who: Who): string | null | undefined {
  if (who === 'speaker') return labelOf(sentence);
  if (who === 'group') return null;
  if (who === 'third') {
    const owner = match.groups?.owner ?? '';
    const known = context.names.find((name) =>
      [name, name.split(' ')[0]].some((said) => said?.toLowerCase() === owner.toLowerCase()),
    );
    return known ?? (NOT_A_NAME.test(owner) ? undefined : owner);
  }
  const called = context.names.find((name) => isCalled(name, sentence));
  if (called) return called;
  const isUserCalled = context.userName !== null && isCalled(context.userName, sentence);
  if (!sentence.isUser && isUserCalled) return 'user';
  const [other, another] = othersThan(sentence.speaker, context);
  if (other && !another) return labelOf(other);
  if (!other) return sentence.isUser ? 'user' : null;
  const answer = context.sentences[sentence.index + 1];
  return answer && answer.speaker !== sentence.speaker ? labelOf(answer) : null;
}
