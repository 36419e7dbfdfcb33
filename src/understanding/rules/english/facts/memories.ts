import { contradict } from '../../../../memories/single-value-facts.ts';
import { capitalize } from '../../../../text/capitals.ts';
import { contentStems } from '../../../../text/stems.ts';
import type { KnownFact, MemoryClaim } from '../../../understanding-engine.ts';
import type { Sentence } from '../../talk.ts';
import { type Score, type Scored, scoreBy, suggestedFrom } from '../claims/claim-score.ts';
import { isNote } from '../claims/word-features.ts';
import type { Tag } from '../tagger.ts';
import { answered } from './answered-questions.ts';
import { objectsOf, readEnding } from './ending-features.ts';
import { type EndingJudge, endingOf } from './fact-endings.ts';
import { featuresOf } from './fact-features.ts';
import {
  FACT_FRAMES,
  isOfFrame,
  LONG_SINCE,
  NAMED_FRAMES,
  NOT_ASSERTED,
  REPORTED,
  SAID_OTHERWISE,
  TAKEN_BACK,
  TASTE,
  TRANSIENT,
  WISHED,
} from './fact-frames.ts';
import { isDeed, isOften, isTaste } from './habits.ts';
import { namedPeople, namesHeard } from './named-people.ts';
import { ownedThings } from './owned-things.ts';
import {
  type Clause,
  clausesOf,
  lastRelativeIn,
  readStatement,
  type Statement,
  thirdPerson,
} from './statements.ts';

/** Facts of one talk, at most: each is compared with all before it. */
const MAX_MEMORIES = 50;
const MAX_WORDS = 15;
/** Sentences after which nobody takes a joke back any more. */
const SOON = 8;

const CLAUSE_END =
  /(?:,? (?:and|but|so|because|since|which|that|who|where|when|while|though|although|cuz|if|you know|right now|now|again|remember|did (?:I|you|he|she|they)) (?=\S)|(?<!\b(?:St|Dr|Mr|Mrs|Ms))[,.;:!?—]| - | (?:too|as well|actually|myself|anyway|of course|by the way|I think|these days|you see|now|though|right|again|(?:last|this|next|since) (?:week|month|year)|(?:last|this|next|in|since) (?:spring|summer|autumn|fall|winter|january|february|march|april|may|june|july|august|september|october|november|december)|(?:\w+ )?(?:weeks?|months?|years?) ago|for (?:the last |over |about |almost |nearly )?[\w-]+ years?(?: now)?|recently)\b).*$/i;
/** Clauses in which the user says "not any more": no new fact, but the end of one. */
const ENDED = /\b(?:no longer|any ?more|any longer|used to)\b/i;

/** Whose members "we" may be. */
const INSTITUTION =
  /\b(?:church|parish|mosque|club|company|firm|office|shop|store|school|hospital|team|charity|union|department)\b/i;
/** What "we" are, have, or did as a family or a couple. */
const OF_FAMILY =
  /^(?:be|have|not|own|live|~(?:has|got|moved|bought|sold|built|had|adopted|started|opened|lost))\b/i;

interface Fact {
  content: string;
  /** How it was found: see `SaidFact`. */
  form: string;
  clause: string;
  statement: Statement | null;
}

/** What may be a fact, with what speaks for and against it. */
export interface FactCandidate {
  claim: MemoryClaim;
  features: string[];
}

/** How facts are judged, and the score from which one is kept. */
interface FactJudge {
  score: Score;
  least: number;
  ending?: EndingJudge;
}

const FITTED: FactJudge = { score: scoreBy('facts'), least: suggestedFrom('facts') };

/**
 * Lasting facts that the user says of themselves, in the third person without its subject, and the end
 * of facts that are known or were said before ("Is no longer vegetarian"), which name what they replace.
 * Each has its score; what is not likely enough to be suggested is left out.
 */
export function findMemories(
  sentences: readonly Sentence[],
  knownFacts: readonly KnownFact[],
  tag: Tag,
  judge: FactJudge = FITTED,
): Scored<MemoryClaim>[] {
  const found: Scored<MemoryClaim>[] = [];
  const heard = namesHeard(sentences);
  for (const index of sentences.keys()) {
    const { candidates, said } = candidatesIn(sentences, index, heard, tag);
    const stated = candidates.flatMap(({ claim, features }) => {
      const score = judge.score(features);
      return score >= judge.least ? [{ claim, score }] : [];
    });
    const over = said === null ? [] : takeBack(found, stated, said, knownFacts, tag, judge.ending);
    for (const each of stated) {
      if (!over.some((fact) => isOfEnd(each.claim, fact))) add(found, each);
    }
  }
  return found;
}

/** Everything that the user says of themselves and that may last, in the order in which it was said. */
export function findFactCandidates(sentences: readonly Sentence[], tag: Tag): FactCandidate[] {
  const heard = namesHeard(sentences);
  return sentences.flatMap((_, index) => candidatesIn(sentences, index, heard, tag).candidates);
}

/** What the user states in a sentence, with its sources. */
interface Said {
  text: string;
  segmentIds: string[];
}

/**
 * Removes what a sentence ends from the facts found so far, adds the ends of known facts, and returns these.
 * What it states instead stands for the end: "Lives in Lisbon".
 */
function takeBack(
  found: Scored<MemoryClaim>[],
  stated: readonly Scored<MemoryClaim>[],
  { text, segmentIds }: Said,
  knownFacts: readonly KnownFact[],
  tag: Tag,
  judge?: EndingJudge,
): string[] {
  const sentence = readEnding(text, tag);
  const isOver = (fact: string): boolean => endingOf(fact, sentence, judge) !== null;
  for (const earlier of found.filter(({ claim }) => isOver(claim.content))) {
    found.splice(found.indexOf(earlier), 1);
  }
  const replaced = new Set(found.flatMap(({ claim }) => claim.replaces));
  const over: string[] = [];
  for (const { id, content: fact } of knownFacts) {
    const content = replaced.has(id) ? null : endingOf(fact, sentence, judge);
    if (content === null) continue;
    const instead = stated.find(({ claim }) => isInstead(claim.content, fact, content));
    if (instead) {
      instead.claim.replaces.push(id);
      continue;
    }
    over.push(fact);
    const claim = { content, category: 'system' as const, segmentIds, isSure: true };
    found.push({ claim: { ...claim, replaces: [id] }, score: 1 });
  }
  return over;
}

/** True if a fact only tells of the end of another: "Sister moved back from Toronto". */
function isOfEnd({ content, replaces }: MemoryClaim, over: string): boolean {
  const last = objectsOf(over).at(-1);
  return replaces.length === 0 && last !== undefined && objectsOf(content).includes(last);
}

/** True if a fact says as well what holds instead of one that ended. */
function isInstead(stated: string, fact: string, ended: string): boolean {
  return stated === ended || contradict(stated, fact);
}

function candidatesIn(
  sentences: readonly Sentence[],
  index: number,
  heard: ReadonlySet<string>,
  tag: Tag,
): { candidates: FactCandidate[]; said: Said | null } {
  const candidates: FactCandidate[] = [];
  const sentence = sentences[index];
  if (!sentence?.isUser) return { candidates, said: null };
  const previous = sentences[index - 1] ?? null;
  const push = (fact: Fact, segmentIds: string[]): void => {
    const claim = {
      content: capitalize(fact.content),
      category: 'system' as const,
      segmentIds,
      isSure: false,
      replaces: [],
    };
    const isAlone =
      isNote(sentences) && sentences.every(({ isUser, question }) => isUser || question);
    const told = { ...fact, content: claim.content, sentence, previous, isAlone };
    const features = featuresOf(told, tag);
    candidates.push({ claim, features });
  };
  for (const { content, said } of namedPeople(sentences, index, heard, tag)) {
    const segmentIds = [...new Set(said.flatMap((each) => each.segmentIds))];
    push({ content, form: 'name', clause: sentence.text, statement: null }, segmentIds);
  }
  const stated = statementIn(sentence);
  const next = sentences[index + 1];
  const isWished = next?.isUser === true && WISHED.test(next.text);
  if (stated === null || isWished || isTakenBack(sentences, index)) {
    return { candidates, said: null };
  }
  const text = answered(previous ?? undefined, sentence, tag) ?? stated;
  const segmentIds = [
    ...(text === stated ? [] : (previous?.segmentIds ?? [])),
    ...sentence.segmentIds,
  ];
  const ofInstitution = INSTITUTION.test(`${previous?.isUser ? previous.text : ''} ${text}`);
  const relative = previous?.isUser === true ? lastRelativeIn(previous.text) : null;
  for (const fact of factsIn(text, relative, ofInstitution, tag)) push(fact, segmentIds);
  return { candidates, said: { text, segmentIds } };
}

/** True if the user says within a few sentences that it was a joke. */
function isTakenBack(sentences: readonly Sentence[], index: number): boolean {
  const soon = sentences.slice(index, index + SOON);
  return soon.some(({ isUser, text }) => isUser && TAKEN_BACK.test(text));
}

/** "My husband is, he was, a vet": what was put right. */
const PUT_RIGHT =
  /(?: is|'s| am|'m| are|'re),? (?:well,? )?(?:I|he|she|they|we) (was|were|used to be)\b,?/gi;

/** What a sentence states: of a question what stands before it, "I'm vegan, is that a problem?". */
function statementIn({ text, question }: Sentence): string | null {
  if (!question) return text.replace(PUT_RIGHT, ' $1');
  const stated =
    /^(.*), (?:[^,]*\b)?(?:remember|right|okay|ok|you know|did|do|does|is|are|can|could|will|would|what|how|isn't)\b[^,]*\?$/i.exec(
      text,
    )?.[1];
  return stated !== undefined &&
    /\b(?:I|I'm|my|we)\b/i.test(stated) &&
    !/^(?:do|did|am|is|are|can|could|would|have|what|how|who|why|if)\b/i.test(stated)
    ? stated
    : null;
}

/** What a sentence states. */
function factsIn(text: string, relative: string | null, ofInstitution: boolean, tag: Tag): Fact[] {
  const clauses = clausesOf(text, relative).filter(({ text: clause, before }) => {
    const isFiction =
      /\b(?:if|pretend|imagine|suppose|in (?:the|a|my) (?:film|movie|book|dream|song|advert|game))\b[^.;]*$/i;
    const [said = ''] = clause.split(/,\s|,? (?:but|so|because|since|which)\b/);
    return (
      !NOT_ASSERTED.test(said.replace(/,? if (?:that's|it's|you) .*$/i, '')) &&
      !isFiction.test(before) &&
      !REPORTED.test(before)
    );
  });
  return clauses.flatMap((clause) => [
    ...namedIn(clause),
    ...statedIn(clause, ofInstitution, tag),
    ...ownedThings(clause.text, tag).map((content) => ({
      content,
      form: 'owned',
      clause: clause.text,
      statement: null,
    })),
  ]);
}

/** "My birthday is in May", "Bill is my uncle": what is called so. */
function namedIn({ text }: Clause): Fact[] {
  if (TRANSIENT.test(text)) return [];
  return NAMED_FRAMES.flatMap(({ pattern, template }) => {
    const groups = pattern.exec(text)?.groups;
    const rest = groups ? keepFact(groups.x ?? '') : null;
    if (rest === null) return [];
    const content = template
      .replace('{k}', groups?.k ?? '')
      .replace('{x}', rest.replace(/\bmy\b/gi, 'their'));
    return [{ content: content.trim(), form: 'named', clause: text, statement: null }];
  });
}

function statedIn({ text }: Clause, ofInstitution: boolean, tag: Tag): Fact[] {
  const statement = readStatement(text);
  if (!statement) return [];
  const { who, name } = statement;
  const fact = { clause: text, statement };
  const named =
    who === '' || name === null ? [] : [{ ...fact, content: `${who} is ${name}`, form: 'name' }];
  if (AGE_TO_COME.test(text)) return named;
  const [long] = LONG_SINCE.exec(statement.predicate) ?? [];
  const said =
    long !== undefined
      ? `~has ${long}`
      : SAID_OTHERWISE.reduce(
          (read, [way, other]) => read.replace(way, other),
          statement.predicate,
        );
  const predicate = said.startsWith('~has') ? said : keepFact(said);
  if (predicate === null || (ENDED.test(text) && !/^(?:not |cannot |~used to be )/.test(predicate)))
    return named;
  if (who !== '' && TASTE.test(predicate)) return named;
  // "I gave it to my church. We collect coats": that is what the church does.
  if (statement.isGroup && ofInstitution && !OF_FAMILY.test(predicate)) return named;
  const content = contentOf(statement, predicate);
  if (
    (contentStems(content).length === 0 && !IS_NUMBER.test(content)) ||
    content.split(' ').length > MAX_WORDS
  )
    return named;
  return [...named, { ...fact, content, form: formOf(predicate, said, statement, tag) }];
}

/** The frame or the rule that a predicate meets, "none" if it meets none. */
function formOf(predicate: string, said: string, statement: Statement, tag: Tag): string {
  const frame = FACT_FRAMES.find((each) => isOfFrame(predicate, each));
  if (frame) return frame.name;
  if (isTaste(predicate, tag)) return 'taste';
  if (isOften(said, statement.isHabit)) return 'often';
  if (isDeed(predicate, tag)) return 'deed';
  return said.startsWith('~has been') ? 'long since' : 'none';
}

/** A predicate in the third person: "be a nurse" as "Is a nurse", of a sister as "Sister is a nurse". */
function contentOf({ who, name, isPlural }: Statement, predicate: string): string {
  const [verb = '', ...rest] = predicate.split(' ');
  const isMany = who !== '' && isPlural;
  const forms: Record<string, string> = {
    be: isMany ? 'are' : 'is',
    not: isMany ? "don't" : "doesn't",
    cannot: "can't",
  };
  const plain = verb.startsWith('~') ? verb.slice(1) : isMany ? verb : thirdPerson(verb);
  const said = [who, name ?? '', forms[verb] ?? plain, ...rest]
    .join(' ')
    .replace(/ +/g, ' ')
    .trim();
  return capitalize(said.replace(/\b(?:my|our)\b/gi, 'their').replace(/\b(?:me|us)\b/g, 'them'));
}

/** Adds a fact if it is not said yet; one that says more with the same verb stands for the shorter one. */
function add(found: Scored<MemoryClaim>[], fact: Scored<MemoryClaim>): void {
  const verbOf = ({ claim }: Scored<MemoryClaim>): string => claim.content.split(' ')[0] ?? '';
  const stems = new Set(contentStems(fact.claim.content));
  for (const [at, other] of found.entries()) {
    const theirs = contentStems(other.claim.content);
    const shared = theirs.filter((word) => stems.has(word)).length;
    if (shared >= stems.size) {
      other.score = Math.max(other.score, fact.score);
      return;
    }
    if (shared === theirs.length && (verbOf(other) === verbOf(fact) || shared > 1)) {
      const score = Math.max(other.score, fact.score);
      if (verbOf(other) === verbOf(fact)) found[at] = { ...fact, score };
      return;
    }
  }
  if (found.length < MAX_MEMORIES) found.push(fact);
}

/** The clause as far as it belongs to the fact; null if nothing of substance is left. */
function keepFact(text: string): string | null {
  // "in Lisbon, Portugal": a second name belongs to the first.
  const place = /^((?:live )?(?:in|on|near|at|for) \p{Lu}[\p{L}' -]*, \p{Lu}[\p{L}]+)/u.exec(text);
  const kept = (place ? (place[1] ?? '') : text.replace(CLAUSE_END, keepAnd))
    .replace(/\s+(?:and|or|the|a|an|is)$/i, '')
    .trim();
  // "I work at the, for the county": what it is was not said.
  if (/\b(?:of|to|in|at|for|with|from)$/i.test(kept)) return null;
  if (
    /\b(?:I|you|it|that(?! \p{Ll})|this|we|them|him|there|her(?= (?:up|off|out|every|on|to|at|in|for|and|with)\b|$))\b/iu.test(
      kept,
    )
  )
    return null;
  return kept === '' ? null : kept;
}

/** "I'm ninety-one in August" */
const AGE_TO_COME = /(?:ty|teen)(?:[- ]\p{L}+)? (?:in|on) \p{L}+/u;
/** An age. */
const IS_NUMBER = /^(?:\S+ )?Is [\d-]|^(?:\S+ )?is \p{L}+-?\p{L}+$/iu;
/** "a parrot that swears", "a motorbike, an old Triumph", "two cats, Bill and Ben". */
const EXPLAINED =
  /^(?: (?:that|who|where) (?!(?:I|you|we|it|is|was)\b)| and (?:an?|two|three|four|no) |, (?:an?|the) |, (?=\p{Lu}\p{L}+(?: and \p{Lu}\p{L}+)?$))[\p{L}\d'-]+(?: (?!(?:I|you|we|it|he|she|they|and|but|so)\b)[\p{L}\d'-]+){0,5}$/u;

/** "peanuts and shellfish" is one fact, "peanuts and I carry" two. */
function keepAnd(tail: string): string {
  if (EXPLAINED.test(tail)) return tail;
  const list = /^( (?:and|or) [\p{L}-]+(?: [\p{L}-]+)?)(?=[,.;!?]| (?:with|at|in|for|on) |$)/u.exec(
    tail,
  );
  return list && !/\b(?:I|we|it|he|she|they|that|so|is)\b/i.test(list[1] ?? '')
    ? (list[1] ?? '')
    : '';
}
