import { capitalize } from '../../text/capitals.ts';
import { contentStems } from '../../text/stems.ts';
import type { KnownFact, MemoryClaim } from '../understanding-engine.ts';
import { endingOf } from './fact-endings.ts';
import { FACT_FRAMES, NOT_ASSERTED, REPORTED, TRANSIENT } from './fact-frames.ts';
import type { Sentence } from './sentences.ts';

/** Facts of one talk, at most: each is compared with all before it. */
const MAX_MEMORIES = 50;
const MAX_WORDS = 15;

const CLAUSE_END =
  /(?:,? (?:and|but|so|because|since|which|that|who|where|when|while|though|although|cuz|if|you know|right now|now|again|remember|did (?:I|you|he|she|they)) (?=\S)|[,.;:!?—]| - | (?:too|as well|actually|myself|anyway|of course|by the way|I think|these days|you see|now|though|right|again|(?:last|this|next|in|since) (?:week|month|year|spring|summer|autumn|fall|winter|january|february|march|april|may|june|july|august|september|october|november|december)|(?:\w+ )?(?:weeks?|months?|years?) ago|recently)\b).*$/i;
/** Clauses in which the user says "not any more": no new fact, but the end of one. */
const ENDED = /\b(?:no longer|any ?more|any longer|used to)\b/i;

/**
 * Lasting facts that the user says of themselves, in the third person without its subject, and the end
 * of facts that are known or were said before ("Is no longer vegetarian"), which name what they replace.
 */
export function findMemories(
  sentences: readonly Sentence[],
  knownFacts: readonly KnownFact[] = [],
): MemoryClaim[] {
  const found: MemoryClaim[] = [];
  for (const [index, sentence] of sentences.entries()) {
    const stated = sentence.isUser ? statementIn(sentence) : null;
    if (stated === null) continue;
    const previous = sentences[index - 1];
    const text = answered(previous, sentence) ?? stated;
    const segmentIds = [
      ...(text === stated ? [] : (previous?.segmentIds ?? [])),
      ...sentence.segmentIds,
    ];
    const known = knownFacts.filter(
      ({ id }) => !found.some(({ replaces }) => replaces.includes(id)),
    );
    for (const ended of known) {
      const content = endingOf(ended.content, text);
      if (content !== null)
        found.push({ content, category: 'system', segmentIds, replaces: [ended.id] });
    }
    for (const said of found.filter(({ content }) => endingOf(content, text) !== null)) {
      found.splice(found.indexOf(said), 1);
    }
    for (const content of factsIn(text)) {
      if (found.length < MAX_MEMORIES && !isKnown(content, found)) {
        found.push({ content, category: 'system', segmentIds, replaces: [] });
      }
    }
  }
  return found;
}

/** What a sentence states: of a question what stands before it, "I'm vegan, is that a problem?". */
function statementIn({ text, question }: Sentence): string | null {
  if (!question) return text;
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

/** "Are you allergic to anything?" - "Yes, to penicillin." as one statement; null for other sentences. */
function answered(question: Sentence | undefined, answer: Sentence): string | null {
  if (!question?.question || question.isUser) return null;
  const asked = /\b(are you|do you|have you got|have you) ([^?,]+)\?$/i.exec(question.text);
  const yes = /^(?:yes|yeah|yep|i am|i do)\b[,.]? ?(.*)$/i.exec(answer.text);
  if (!asked || !yes) return null;
  const rest = (yes[1] ?? '').replace(/[.!]$/, '');
  const subject = { 'are you': "I'm", 'do you': 'I' }[(asked[1] ?? '').toLowerCase()] ?? 'I have';
  const open = /^(.*?) ?\b(?:to |for |of )?(?:anything|anyone|anybody|any [a-z]+)$/i.exec(
    asked[2] ?? '',
  );
  if (open) return /^(?:I|we|my)\b|^$/i.test(rest) ? null : `${subject} ${open[1]} ${rest}`;
  return rest === '' ? `${subject} ${asked[2]}` : null;
}

/** The facts that a sentence states. */
function factsIn(text: string): string[] {
  return FACT_FRAMES.flatMap(([pattern, template]) => {
    const match = pattern.exec(text);
    if (!match?.groups) return [];
    const content = fill(template, match.groups);
    const clause = clauseAround(text, match);
    const before = text.slice(0, match.index);
    const spoils = [
      TRANSIENT.test(clauseIn(match[0])),
      NOT_ASSERTED.test(clause) ||
        /\b(?:if|in (?:the|a|my) (?:film|movie|book|dream|song|advert|game))\b[^.;]*$/i.test(
          before,
        ),
      REPORTED.test(before),
      ENDED.test(clause) && !/^(?:Doesn't|Can't)/.test(template),
    ];
    return content === null || contentStems(content).length === 0 || spoils.some(Boolean)
      ? []
      : [content];
  });
}

function isKnown(content: string, found: readonly MemoryClaim[]): boolean {
  const stems = new Set(contentStems(content));
  return found.some((other) => {
    const theirs = contentStems(other.content);
    const shared = [...stems].filter((word) => theirs.includes(word)).length;
    return shared >= Math.min(stems.size, theirs.length);
  });
}

/** The clause that a fact stands in, up to where the next one begins. */
function clauseIn(said: string): string {
  return said.split(/[.;]|,? (?:and (?=I\b)|but|so|because|since|which)\b/)[0] ?? '';
}

/** The same with what stands before it in its clause: "if I lived in". */
function clauseAround(text: string, match: RegExpExecArray): string {
  const before = text
    .slice(0, match.index)
    .split(/[.;]\s|\b(?:and|but|so|because)\b/)
    .at(-1);
  const plain = clauseIn(match[0]).replace(/,? (?:if that's|if it's|if you) .*$/i, '');
  return `${before ?? ''}${plain.split(/,\s/)[0] ?? ''}`;
}

function fill(template: string, groups: Record<string, string | undefined>): string | null {
  const rest = template.includes('{x}') ? keepFact(groups.x ?? '') : '';
  if (rest === null) return null;
  const said = template
    .replace('{k}', groups.k ?? '')
    .replace('{v}', (groups.v ?? '').toLowerCase())
    .replace('{x}', rest);
  const content = capitalize(said.replace(/\s+/g, ' ').trim());
  return content.split(' ').length <= MAX_WORDS ? content : null;
}

/** The clause as far as it belongs to the fact; null if nothing of substance is left. */
function keepFact(text: string): string | null {
  // "in Lisbon, Portugal": a second name belongs to the first.
  const place = /^((?:in|on|near|at|for) \p{Lu}[\p{L}' -]*, \p{Lu}[\p{L}]+)/u.exec(text);
  let kept = place ? (place[1] ?? '') : text.replace(CLAUSE_END, keepAnd);
  kept = kept
    .replace(/\bmy\b/gi, 'the')
    .replace(/\s+(?:of|to|in|at|for|with|and|or|the|a|an|on|is)$/i, '')
    .trim();
  if (/\b(?:I|you|me|it|that|this|we|them)\b/i.test(kept)) return null;
  return kept === '' ? null : kept;
}

/** "peanuts and shellfish" is one fact, "peanuts and I carry" two. */
function keepAnd(tail: string): string {
  const list = /^( (?:and|or) [\p{L}-]+(?: [\p{L}-]+)?)(?=[,.;!?]|$)/u.exec(tail);
  return list && !/\b(?:I|we|it|he|she|they|that|so|is)\b/i.test(list[1] ?? '')
    ? (list[1] ?? '')
    : '';
}
