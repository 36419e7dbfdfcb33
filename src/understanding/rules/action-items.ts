import type { ActionItemClaim } from '../understanding-engine.ts';
import { isTask, plainVerb } from './action-verbs.ts';
import { endOfLocalDay, type ResolvedDate, resolveDates } from './resolve-date.ts';
import type { Sentence } from './sentences.ts';
import { describeTask, trimTask } from './task-description.ts';
import { contentStems } from './words.ts';

export interface TalkContext {
  sentences: readonly Sentence[];
  startedAt: number;
  timeZone: string;
  /** Names of the people who speak, without the user's. */
  names: readonly string[];
  speakers: number;
  hasUser: boolean;
}

type Who = 'speaker' | 'listener' | 'third' | 'group';
interface Trigger {
  pattern: RegExp;
  who: Who;
  /** Asking kindly may say "maybe"; promising may not. */
  polite: boolean;
}

const ADVERBS =
  '(?:(?:also|just|then|probably|definitely|certainly|really|please|actually|quickly|sort of|kind of|go ahead and|go and|be sure to|try and|personally|first|now) )*';
const trigger = (source: string, who: Who, polite = false): Trigger => ({
  pattern: new RegExp(`${source} ${ADVERBS}(?<verb>[a-z][a-z-]+)\\b(?<rest>.*)$`, 'giu'),
  who,
  polite,
});

const TRIGGERS: Trigger[] = [
  trigger(
    "\\bI(?:'ll| will|'m going to|'m gonna| am going to| need to| have to| must|'ve got to| have got to| gotta| should| promise to| promised to| can definitely)",
    'speaker',
  ),
  trigger("\\b(?:I'm going to|I'm gonna|I'll) be", 'speaker'),
  trigger('\\blet me', 'speaker'),
  trigger('\\bremind me to', 'speaker', true),
  trigger("\\bI(?:'d| would) like you to|\\bI (?:need|want) you to", 'listener', true),
  trigger('\\b(?:can|could|would|will) (?:you|you guys)(?: all| both)?', 'listener', true),
  trigger('\\bwould you mind', 'listener', true),
  trigger(
    "\\b(?:don't|do not|please don't) forget to|\\b(?:please )?remember to",
    'listener',
    true,
  ),
  trigger('\\b(?:please )?(?:make sure|be sure)(?: that)? (?:you|to)', 'listener', true),
  trigger(
    "\\byou(?:'ll need to| need to| have to| must| should|'ve got to| could)",
    'listener',
    true,
  ),
  trigger("\\byou(?:'re going to|'re gonna| are going to|'ll)(?: be)?", 'listener'),
  trigger('(?:^|[,.;] |\\band |\\bso )please', 'listener', true),
  trigger(
    "\\b(?:we'll|we will|we need to|we have to|we've got to|we're going to|we're gonna|we should|let's|we must)",
    'group',
  ),
];

/** What makes the words before a trigger no promise: a question, a condition, somebody's report. */
const BEFORE_SPOILS =
  /\b(?:if|unless|whether|when|whenever|what|how|why|where|who|which|until|before|after|because|do|does|did|should|would|wish|hope|said|says|saying|told|asked|not|don't think|imagine|suppose|supposing|maybe|perhaps|once|as soon as|everything|all|that|things?|in case|means|where|while|than|sometimes|usually|whatever)\s*(?:that\s+)?$/i;
const POLITE_BEFORE_SPOILS =
  /\b(?:if|unless|whether|when|whenever|what|how|why|where|who|until|because|things?|than|as|said|says|told|sometimes|usually|whatever|all|means|think|which)\s*$/i;
const HYPOTHETICAL =
  /\b(?:maybe|perhaps|might|I wish|hypothetically|would have|could have|should have|in theory|supposedly|if I were|if we were)\b/i;
const CONDITION = /(?:^|[,;] |\b(?:and|but|so) )(?:if|unless|in case)\b/i;
const HABIT =
  /\b(?:always|usually|every day|normally|often|sometimes|generally|typically|whenever)\b/i;
const REFUSAL =
  /^(?:no\b(?!,? (?:problem|worries))|nope|I can't|I cannot|I won't|sorry, (?:I can't|no)|not (?:now|today|really|yet)|I already (?:did|have|sent)|already done|I did (?:that )?already|I don't (?:think|want))/i;
const PLEDGE =
  /^(?:yes|yeah|yep|sure|okay|ok|of course|will do|no problem|absolutely|certainly|I will|I'll|right|alright|got it|definitely|happy to|on it|consider it done)\b/i;
/** Orders to a machine are nobody's task. */
const MACHINE =
  /\b(?:instructions?|system prompt|prompts?|language model|assistant|AI model|chatbot|passwords?)\b/i;

/** The tasks that people took on or were given. Precision before recall; each cites its segments. */
export function findActionItems(context: TalkContext): ActionItemClaim[] {
  const items: ActionItemClaim[] = [];
  for (const sentence of context.sentences) {
    if (sentence.words < 3 || MACHINE.test(sentence.text)) continue;
    for (const item of itemsOf(sentence, context)) {
      const twin = items.find((other) => sameTask(other, item));
      if (twin) merge(twin, item);
      else items.push(item);
    }
  }
  return items;
}

function itemsOf(sentence: Sentence, context: TalkContext): ActionItemClaim[] {
  const found: ActionItemClaim[] = [];
  const taken = new Set<number>();
  for (const { pattern, who, polite } of [...TRIGGERS, ...thirdPerson(context)]) {
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
  return found;
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

/** "Anna will send ...": the known names, and roles such as "the marketing person". */
function thirdPerson(context: TalkContext): Trigger[] {
  const names = context.names
    .map((name) => name.replace(/[^\p{L}\p{N} '-]/gu, ''))
    .filter((name) => name !== '');
  const firsts = names.flatMap((name) => [name, name.split(' ')[0] ?? name]);
  const roles =
    'the (?:[a-z]+ )?(?:person|team|guy|designer|manager|expert|lead|department|group|office|plumber|electrician|accountant|contractor)';
  const known =
    firsts.length > 0
      ? `(?<![\\p{L}])(?<owner>${[...new Set(firsts)].join('|')}|[A-Z][a-z]{2,}|${roles})`
      : `(?<owner>[A-Z][a-z]{2,}|${roles})`;
  return [
    {
      pattern: new RegExp(
        `${known}(?:'s going to|'s gonna|'ll| will| is going to| is gonna| needs to| has to| should)(?: be)? ${ADVERBS}(?<verb>[a-z][a-z-]+)\\b(?<rest>.*)$`,
        'gu',
      ),
      who: 'third',
      polite: false,
    },
  ];
}

const NOT_A_NAME =
  /^(?:This|That|There|Here|What|Who|How|Why|When|Where|Which|They|She|You|Then|These|Those|Someone|Somebody|Everyone|Everybody|Nobody|People|And|But|Also|Now|Maybe|Perhaps|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|June|July|August|September|October|November|December|One|Something|Nothing|Everything|Government|Work|School|Tomorrow|Today|Anyone|Anybody|God|Christmas|Internet|English)$/;

interface Candidate {
  sentence: Sentence;
  context: TalkContext;
  match: RegExpExecArray;
  verb: string;
  rest: string;
  who: Who;
  polite: boolean;
}

function toItem(candidate: Candidate): ActionItemClaim | null {
  const { sentence, context, match, who, polite } = candidate;
  const { text } = sentence;
  let { verb, rest } = candidate;
  if (/ing$/.test(verb) && /\b(?:be|mind)\b/.test(match[0].slice(0, match[0].length - rest.length)))
    verb = plainVerb(verb);
  if (/^(?:not|never|have|be)$/.test(verb)) return null;
  if (verb === 'try' && /^and /.test(rest)) {
    [, verb = '', rest = ''] = /^and (\S+) ?(.*)$/.exec(rest) ?? [];
  }
  if (!isTask(verb, rest)) return null;
  const before = text.slice(0, match.index);
  const clause = `${lastClause(before)}${text.slice(match.index)}`;
  if ((polite ? POLITE_BEFORE_SPOILS : BEFORE_SPOILS).test(before.trimEnd())) return null;
  const promise = lastClause(before) + match[0].slice(0, match[0].length - rest.length);
  if (!polite && HYPOTHETICAL.test(promise)) return null;
  if (
    CONDITION.test(before) ||
    /^[^,]*\bif (?:you|I|we|he|she|they|it) (?:want|like|need|can|could|would|have|get|wish)/i.test(
      rest,
    )
  )
    return null;
  if (!polite && HABIT.test(clause)) return null;
  if (!polite && sentence.question && who !== 'third') return null;
  const dates = datesIn(rest, context, sentence);
  const inSentence = datesIn(text, context, sentence);
  const future = inSentence.find(
    (date) => date.index >= match.index - 40 && dueOf(date, context) >= context.startedAt,
  );
  if (
    inSentence.length > 0 &&
    !future &&
    inSentence.every((date) => date.start < context.startedAt - 86_400_000)
  )
    return null;
  const dueAt = future ? dueOf(future, context) : null;
  if (!isOwned(who, polite, match[0], dueAt, sentence, context)) return null;
  const previous = nearby(sentence, context);
  const trimmed = trimTask(rest, dates);
  const said = describeTask(
    verb,
    trimmed,
    `${previous.map((other) => other.text).join(' ')} ${before}`,
  );
  if (!said || said.text.split(' ').length < 2) return null;
  const owner = ownerOf(candidate);
  if (owner === undefined) return null;
  const answer = context.sentences[sentence.index + 1];
  if (
    who === 'listener' &&
    answer &&
    answer.speaker !== sentence.speaker &&
    REFUSAL.test(answer.text)
  )
    return null;
  const segmentIds = [...sentence.segmentIds];
  if (said.usedContext) segmentIds.unshift(...previous.flatMap((other) => other.segmentIds));
  if (
    who === 'listener' &&
    answer &&
    answer.speaker !== sentence.speaker &&
    PLEDGE.test(answer.text)
  ) {
    segmentIds.push(...answer.segmentIds);
  }
  return { description: said.text, owner, dueAt, segmentIds: [...new Set(segmentIds)] };
}

/** "... and book the hotel": a second task under the same promise. */
function joined(
  sentence: Sentence,
  context: TalkContext,
  rest: string,
  first: ActionItemClaim,
): ActionItemClaim | null {
  const match =
    /\band (?:then )?(?:please )?(?:I'll )?(?<verb>[a-z-]+) (?<rest>(?:the|a|an|my|our|your|some|to|up|for|him|her|them|it)\b.*)$/.exec(
      rest,
    );
  const { verb = '', rest: object = '' } = match?.groups ?? {};
  if (!match || !isTask(verb, object) || /\bI'll\b/.test(match[0])) return null;
  const dates = datesIn(object, context, sentence);
  const said = describeTask(verb, trimTask(object, dates), rest.slice(0, match.index));
  if (!said || contentStems(said.text).length < 2) return null;
  // The first task ends where the second begins.
  const cut = first.description.toLowerCase().indexOf(` and ${verb}`);
  if (cut > 0) first.description = first.description.slice(0, cut);
  const date = dates.find((other) => dueOf(other, context) >= context.startedAt);
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

/** Advice and plans of a group are tasks only where somebody or some day was named. */
function isOwned(
  who: Who,
  polite: boolean,
  said: string,
  dueAt: number | null,
  sentence: Sentence,
  context: TalkContext,
): boolean {
  if (who === 'group') return dueAt !== null && !sentence.question;
  if (who !== 'listener') return true;
  const advice = /^you/i.test(said);
  if (advice && /^you could/i.test(said)) {
    return (
      /\b(?:perhaps|maybe|if)\s*$/i.test(sentence.text.slice(0, sentence.text.indexOf(said))) &&
      /\b(?:send|forward|email)\b/i.test(said)
    );
  }
  if (advice && context.speakers > 3) return dueAt !== null || polite === false;
  return true;
}

/** The sentences just before, in which a pronoun's noun is looked for. */
function nearby(sentence: Sentence, context: TalkContext): Sentence[] {
  return context.sentences.slice(Math.max(0, sentence.index - 2), sentence.index);
}

function labelOf(sentence: Sentence): string {
  return sentence.isUser ? 'user' : (sentence.name ?? sentence.speaker);
}

/** Undefined where the owner's name is none. */
function ownerOf({ sentence, context, match, who }: Candidate): string | null | undefined {
  if (who === 'speaker') return labelOf(sentence);
  if (who === 'group') return null;
  if (who === 'third') {
    const owner = match.groups?.owner ?? '';
    const known = context.names.find((name) => name === owner || name.split(' ')[0] === owner);
    if (known) return known;
    if (NOT_A_NAME.test(owner)) return undefined;
    return owner;
  }
  const called = context.names.find((name) => {
    const first = name.split(' ')[0] ?? name;
    return new RegExp(
      `(?:^|[,.] ?|\\b(?:hey|hi|okay|so|and|thanks|but) )${escapePattern(first)}(?:,|\\?|\\.|$| (?:can|could|would|will|please|you))`,
      'iu',
    ).test(sentence.text);
  });
  if (called) return called;
  const others = new Map<string, Sentence>();
  for (const other of context.sentences) {
    if (other.speaker !== sentence.speaker && !others.has(other.speaker))
      others.set(other.speaker, other);
    if (others.size > 1) break;
  }
  if (others.size === 1) {
    for (const other of others.values()) return labelOf(other);
  }
  if (others.size === 0) return sentence.isUser ? 'user' : null;
  const answer = context.sentences[sentence.index + 1];
  if (answer && answer.speaker !== sentence.speaker) return labelOf(answer);
  return null;
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function sameTask(a: ActionItemClaim, b: ActionItemClaim): boolean {
  const first = new Set(contentStems(a.description));
  const second = new Set(contentStems(b.description));
  const shared = [...first].filter((word) => second.has(word)).length;
  return (
    shared / Math.max(1, Math.min(first.size, second.size)) >= 0.75 &&
    (shared > 1 || first.size === 1)
  );
}

/** Said twice: the fuller words, the date wherever it was said, all sources. */
function merge(into: ActionItemClaim, again: ActionItemClaim): void {
  if (
    into.owner !== null &&
    again.owner !== null &&
    into.owner !== again.owner &&
    into.dueAt === again.dueAt
  ) {
    // The one who says "I'll do it" owns it.
    if (again.owner === 'user') into.owner = again.owner;
  }
  into.owner ??= again.owner;
  into.dueAt = again.dueAt ?? into.dueAt;
  if (again.description.length > into.description.length) into.description = again.description;
  into.segmentIds = [...new Set([...into.segmentIds, ...again.segmentIds])];
}
