import type { ActionItemService } from '../action-items/action-item-service.ts';
import { collapseSpaces, trimCharacters } from '../kernel/bounded-text.ts';
import type { MemoryService } from '../memories/memory-service.ts';
import { tellMemory } from '../model/memory.ts';
import type { ActionItem } from '../model/tasks/action-item.ts';
import {
  endOfLocalDay,
  type ResolvedDate,
  resolveDates,
} from '../understanding/rules/english/dates/resolve-date.ts';
import { isInScope, type ScopeContents, tellScope } from './chat-scope.ts';
import { toLocalDay, toLocalText } from './local-time.ts';
import { clausesOf } from './message-clauses.ts';
import { matchedTerms, questionTerms } from './question-terms.ts';
import type { ChatTurn } from './turn.ts';

const DAY_MS = 86_400_000;
const LISTED = 20;
/** Tasks or memories that are looked through for those of a scope. */
const LOOKED_THROUGH = 5000;

const OWN =
  "(?:(?:me|us|of|all|my|our|the|any|some|open|new|other|current|pending|remaining|outstanding|unfinished|overdue|due|upcoming|next|latest|last|completed|finished|done|daily|weekly|urgent|important|today['’]s|tomorrow['’]s|this week['’]s|yesterday['’]s|one|two|three|five|ten|\\d+) )*";
const LIST =
  '(?:tasks|to-?dos?|action items|reminders|(?:tasks?|to-?do|reminders?)(?:[- ]| and )?lists?|list of (?:tasks|to-?dos|reminders))';
/** What may follow a list that is asked for: "the reminders of the trip" are somebody's subject. */
const AFTER_LIST =
  '(?=[?.!, ]*$|[?.!,]? (?:do|did|are|is|have|has|were|for|due|on|that (?:are|is|i)|left|open|done|today|tomorrow|tonight|yesterday|this|next|last|by|until|before|in|within|now|right now|still|again|please|i|we|of mine|and)\\b)';
/** Asks for the list of tasks, by the list itself: a reminder of somebody, or in a talk, is none. */
const ASKS_FOR_TASKS = new RegExp(
  `^(?:(?:what(?:['’]?s| is| are| were)?|which|show|list|tell|give|read(?: out)?|do i have|have i(?: got)?|are there|how many|display|see|check) ${OWN}${LIST}|(?:any|my|our|open|overdue|upcoming|today['’]s|tomorrow['’]s) ${OWN}${LIST}|what(?:['’]?s| is) (?:left )?(?:on|in) ${OWN}${LIST}|what (?:do i (?:still )?(?:have|need) to do|should i do|must i do|is (?:there|left) to do|do i have to get done))${AFTER_LIST}`,
  'iu',
);
const ASKS_FOR_MEMORIES =
  /^(?:what do you (?:know|remember) about me\b|(?:show|list|what are|tell me)\b.*\b(?:memories|facts about me)\b|my memories\b)/iu;
const NEW_TASK =
  /^(?:(?:add|create|make|new|set up|set an?|put|save|write down|note)\s+(?:an?\s+|the\s+|this\s+|new\s+|another\s+)*(?:task|to-?do|action item|reminder)s?\s*(?::|to\b|that\b|for\b|called\b|-)?|(?:task|to-?do|reminder)\s*:|(?:remind me|remember)\s+(?:to|about|that)\b|don't let me forget (?:to|about)\b)\s*(.+)$/isu;
const ONTO_LIST =
  /^(?:add|put|save|write down|note)\s+(.+?)\s+(?:to|on|onto|in)\s+(?:my\s+|the\s+)?(?:(?:to-?do|task|action item)s?(?:[- ]list)?|list|reminders)\b\.?$/isu;
/** "Remind me on Friday to …": the time comes first. */
const REMIND_AT = /^remind me (.{2,60}?),? (?:to|about|that) (.+)$/isu;
const NEW_MEMORY =
  /^(?:remember|memori[sz]e|note|keep in mind|don't forget|save|store|make a note)\s*(?:that\b|:|to my memories:?)?\s*(.+)$/isu;
const DONE =
  /^(?:mark|set|check off|tick off|tick|check|cross off|complete|finish|close)\s+(?:my\s+|the\s+)?(?:task\s+(?:to\s+)?)?(.+?)(?:\s+task)?(?:\s+(?:as|to)\s+)?(?:\s*(?:done|complete|completed|finished))?[.!]?$/isu;

export interface PlainRequestDeps {
  actionItems: Pick<ActionItemService, 'list' | 'create' | 'update'>;
  memories: Pick<MemoryService, 'list' | 'create'>;
}

/**
 * Does what a message plainly asks for with tasks and memories, without a language model; false
 * if it asks for nothing of the kind.
 */
export async function answerPlainRequest(deps: PlainRequestDeps, turn: ChatTurn): Promise<boolean> {
  const message = turn.message.trim();
  const [clause = ''] = clausesOf(message.replace(/["“”„«»]/g, ''));
  const { permission } = turn;
  if (permission.asksFor('create-task')) {
    const said = (ONTO_LIST.exec(clause) ?? NEW_TASK.exec(clause))?.[1];
    if (said) return await addTask(deps, turn, said);
    const [, time, task] = REMIND_AT.exec(clause) ?? [];
    if (time && task) return await addTask(deps, turn, task, time);
  }
  if (permission.asksFor('create-memory')) {
    const said = NEW_MEMORY.exec(clause)?.[1];
    if (said) return await addMemory(deps, turn, said);
  }
  if (permission.asksFor('complete-task')) {
    const said = DONE.exec(clause)?.[1];
    if (said) return await completeTask(deps, turn, said);
  }
  if (ASKS_FOR_TASKS.test(clause)) return await listTasks(deps, turn, clause);
  if (ASKS_FOR_MEMORIES.test(clause)) return await listMemories(deps, turn);
  return false;
}

/** @param time the words for its time if they stand apart from what is to be done */
async function addTask(
  deps: PlainRequestDeps,
  turn: ChatTurn,
  said: string,
  time: string | null = null,
): Promise<boolean> {
  const { now, timeZone } = turn;
  const date = dueDateIn(time ?? said, turn);
  const words = date && time === null ? withoutDate(said, date.index, date.text) : said;
  const description = sentence(words) || sentence(said);
  const dueAt = date ? dueOf(date, timeZone) : now + DAY_MS;
  if (dueAt < now) {
    const when = date?.hasTime ? toLocalText(dueAt, timeZone) : toLocalDay(dueAt, timeZone);
    turn.say(
      `${when} is past, so I have not added “${description}”. Ask me again with a day that is still to come.`,
    );
    return true;
  }
  turn.permission.take('create-task', said);
  turn.status('Creating action item');
  const item = await deps.actionItems.create(turn.uid, {
    description,
    completed: false,
    dueAt,
    conversationId: null,
  });
  turn.say(`✅ Added: ${item.description} (due ${toLocalText(dueAt, timeZone)})`);
  return true;
}

/** What a past time belongs to if these stand around it: "the notes from last week", "Monday's list". */
const BEFORE_SUBJECT = /\b(?:from|of|since|about|during|regarding|between)(?: the)? ?$/i;
const AFTER_SUBJECT = /^['’]s?\b/;

/**
 * The time at which a task is due, as far as its words say. The last one that is to come; else the
 * last one, unless it is a part of what is to be done.
 */
function dueDateIn(said: string, { now, timeZone }: ChatTurn): ResolvedDate | undefined {
  const dates = resolveDates(said, { reference: now, timeZone });
  const ahead = dates.findLast((date) => dueOf(date, timeZone) >= now);
  if (ahead) return ahead;
  return dates.findLast(({ index, text }) => {
    const after = said.slice(index + text.length);
    return (
      !BEFORE_SUBJECT.test(said.slice(Math.max(0, index - 40), index)) && !AFTER_SUBJECT.test(after)
    );
  });
}

function dueOf(date: ResolvedDate, timeZone: string): number {
  return date.hasTime ? date.start : endOfLocalDay(date.start, timeZone);
}

async function addMemory(deps: PlainRequestDeps, turn: ChatTurn, said: string): Promise<boolean> {
  const content = sentence(said);
  if (content === '') return false;
  turn.permission.take('create-memory', said);
  turn.status('Saving memory');
  const input = { category: null, visibility: 'private' as const, tags: [], headline: null };
  const memory = await deps.memories.create(turn.uid, { content, ...input });
  turn.say(`Remembered: ${memory.content}`);
  return true;
}

async function completeTask(
  deps: PlainRequestDeps,
  turn: ChatTurn,
  said: string,
): Promise<boolean> {
  const { items } = await list(deps, turn.uid, false, null);
  const found = bestMatches(items, said);
  const [item, ...others] = found;
  if (!item) return false;
  if (others.length > 0) {
    turn.say('Which one do you mean?\n');
    turn.say(found.map((each) => `• ${each.description}`).join('\n'));
    return true;
  }
  turn.permission.take('complete-task', item.description);
  turn.status('Completing action item');
  await deps.actionItems.update(turn.uid, item.id, { completed: true });
  turn.say(`✅ Completed: ${item.description}`);
  return true;
}

/** The open tasks that share most words with what was said; several if they share as many. */
function bestMatches(items: readonly ActionItem[], said: string): ActionItem[] {
  const terms = questionTerms(said);
  const scored = items.map((item) => ({
    item,
    score: matchedTerms(item.description, terms).size,
  }));
  const best = Math.max(0, ...scored.map(({ score }) => score));
  if (best === 0) return [];
  return scored.filter(({ score }) => score === best).map(({ item }) => item);
}

async function listTasks(deps: PlainRequestDeps, turn: ChatTurn, clause: string): Promise<boolean> {
  turn.status('Checking action items');
  const done = /\b(?:done|completed|finished)\b/i.test(clause);
  const { items, hasMore } = await list(deps, turn.uid, done, turn.within);
  const { range, timeZone } = turn;
  const fitting = range
    ? items.filter(({ dueAt }) => dueAt !== null && dueAt >= range.from && dueAt <= range.to)
    : items;
  const which = `${done ? 'done' : 'open'} tasks${range ? ` due ${range.text}` : ''}`;
  if (fitting.length === 0) {
    turn.say(`There are no ${which}.`);
    if (range && items.length > 0) turn.say(` Without that time there are ${items.length}.`);
    return true;
  }
  turn.say(`Your ${which}:\n`);
  const lines = fitting.slice(0, LISTED).map(({ description, dueAt }) => {
    const due = dueAt === null ? '' : ` (due ${toLocalText(dueAt, timeZone)})`;
    return `${done ? '✅' : '⬜'} ${description}${due}`;
  });
  turn.say(lines.join('\n'));
  if (hasMore || fitting.length > LISTED) turn.say('\n… and more.');
  return true;
}

async function listMemories(deps: PlainRequestDeps, turn: ChatTurn): Promise<boolean> {
  turn.status('Searching memories');
  const limit = turn.within === null ? 100 : LOOKED_THROUGH;
  const known = await deps.memories.list(turn.uid, { offset: 0, limit, categories: [] });
  const all = known.filter(
    (memory) => !memory.isLocked && isInScope(turn.within, memory.conversationId),
  );
  const shown = all.slice(0, LISTED);
  if (shown.length === 0) {
    const where = turn.within === null ? '' : ` from ${tellScope(turn.within)}`;
    turn.say(`I know no facts about you${where} yet.`);
    return true;
  }
  turn.say(
    `What I know about you:\n${shown.map((memory) => `• ${tellMemory(memory)}`).join('\n')}`,
  );
  if (all.length > shown.length) turn.say('\n… and more.');
  return true;
}

async function list(
  deps: PlainRequestDeps,
  uid: string,
  completed: boolean,
  within: ScopeContents | null,
) {
  const filter = {
    completed,
    conversationId: null,
    createdFrom: null,
    createdTo: null,
    dueFrom: null,
    dueTo: null,
  };
  const limit = within === null ? 200 : LOOKED_THROUGH;
  const { items, hasMore } = await deps.actionItems.list(uid, filter, { offset: 0, limit });
  const shown = items.filter((item) => !item.isLocked && isInScope(within, item.conversationId));
  return { items: shown, hasMore };
}

function withoutDate(said: string, index: number, date: string): string {
  const before = said.slice(0, index).replace(/\s*\b(?:on|by|at|before|until|for|in|the)\s*$/i, '');
  return `${before} ${said.slice(index + date.length)}`;
}

/** A request as a text of its own: capital first, no full stop. */
function sentence(said: string): string {
  const text = trimCharacters(collapseSpaces(said), ' ,:-–', ' .!,');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
