import { capitalize } from '../../text/capitals.ts';
import { contentStems } from '../../text/stems.ts';
import type { MemoryClaim } from '../understanding-engine.ts';
import type { Sentence } from './sentences.ts';

const MAX_MEMORIES = 5;
const MAX_WORDS = 15;

const KIN =
  'daughter|son|wife|husband|partner|girlfriend|boyfriend|fiancée?|mother|mom|mum|father|dad|sister|brother|grandmother|grandma|grandfather|grandpa|aunt|uncle|cousin|niece|nephew|dog|cat|puppy|baby|kids?|children|parents|twins?';
const PROFESSION =
  '(?:[a-z]+ )?(?:[a-z]{3,}(?:er|or|ist|ian|eer|ant|ist)|nurse|chef|student|vegetarian|vegan|diabetic|architect|surgeon|pilot|journalist|therapist|coach|mechanic|night owl|morning person|twin|widow|widower|veteran|freelancer|coeliac|celiac|pescatarian)';

/** Each pattern takes the rest of the clause in `x` (and `k`); the template says it of the user. */
const FACTS: [RegExp, string][] = [
  [
    new RegExp(
      `\\bmy (?<k>(?:older |younger |little |oldest |youngest )?(?:${KIN}|best friend)'?s?) (?:name is|name's) (?<x>\\p{Lu}[\\p{L}-]+)`,
      'iu',
    ),
    '{k} name is {x}',
  ],
  [
    new RegExp(
      `\\bmy (?<k>(?:older |younger |little |oldest |youngest )?(?:${KIN}|best friend)) (?:is|are) (?<v>called|named) (?<x>\\p{Lu}[\\p{L}-]+)`,
      'iu',
    ),
    '{k} is {v} {x}',
  ],
  [
    new RegExp(
      `\\b[Mm]y (?<k>${KIN}),? (?<x>\\p{Lu}[\\p{L}-]+),? (?:is|was|has|just|will|works|lives|goes|turns|starts)\\b`,
      'u',
    ),
    '{k} is {x}',
  ],
  [
    new RegExp(
      `\\bmy (?<k>${KIN}),? (?:\\p{Lu}[\\p{L}-]+,? )?(?<x>(?:works (?:at|for|as|in)|lives in|studies|goes to|is (?:severely )?allergic to|is a|is an|teaches|plays) .+)`,
      'iu',
    ),
    '{k} {x}',
  ],
  [new RegExp(`\\bmy (?<k>${KIN})(?:'s| is| has) (?<x>allergic to .+)`, 'iu'), '{k} is {x}'],
  [
    /\b(?:I|we) (?:actually |currently )?live (?<x>(?:in|on|near|with|at|outside) .+)/i,
    'Lives {x}',
  ],
  [/\b(?:I|we)(?:'m| am|'re| are) (?:based|living) (?<x>in .+)/i, 'Lives {x}'],
  [/\bI(?:'m| am) (?<x>(?:(?:severely|very|really|mildly|also) )?allergic to .+)/i, 'Is {x}'],
  [
    /\bI(?:'m| am) (?<x>(?:lactose|gluten) intolerant|diabetic|vegetarian|vegan|left-handed|colou?r-?blind|dyslexic|asthmatic|coeliac|celiac)\b/i,
    'Is {x}',
  ],
  [
    /\bI(?:'ve)? (?:have|got) (?<x>(?:type (?:one|two|1|2) )?(?:diabetes|asthma|arthritis|migraines|epilepsy|high blood pressure|hay fever|coeliac disease|celiac disease|ADHD|insomnia)\b)/i,
    'Has {x}',
  ],
  [
    /\bI(?:'ve)? (?:have|got) (?<x>(?:a|an|one|two|three|four|five|six|\d) (?:(?:little|older|younger|small|big|twin) )?(?:kids?|children|daughters?|sons?|brothers?|sisters?|siblings|dogs?|cats?|girls|boys|grandchildren)\b)/i,
    'Has {x}',
  ],
  [
    /\bI work (?<x>(?:(?:nights|days|shifts|part[- ]time|full[- ]time|weekends) )?(?:at|for|as|in|with|from home) .+)/i,
    'Works {x}',
  ],
  [/\bI work (?<x>from home|nights|shifts|part[- ]time)(?=[.,;!?]|$)/i, 'Works {x}'],
  [
    /\bI (?:usually |always |often |normally )(?<v>run|swim|cycle|jog|meditate|hike)(?<x> .+|)/i,
    '{v}s {x}',
  ],
  [
    new RegExp(
      `\\bmy (?<k>${KIN}),? (?:\\p{Lu}[\\p{L}-]+,? )?has (?<x>(?:type (?:one|two|1|2) )?(?:diabetes|asthma|arthritis|migraines|epilepsy|ADHD|dyslexia|autism|hay fever)\\b)`,
      'iu',
    ),
    '{k} has {x}',
  ],
  [
    new RegExp(
      `\\bI(?:'m| am) (?<x>an? ${PROFESSION})\\b(?! (?:of|for|to|at all))(?=[ ,.;!?]|$)`,
      'i',
    ),
    'Is {x}',
  ],
  [/\bI(?:'m| am) from (?<x>\p{Lu}.+)/u, 'Is from {x}'],
  [/\bI come from (?<x>\p{Lu}.+)/u, 'Comes from {x}'],
  [/\bI (?<v>grew up|was born|was raised) (?<x>(?:in|on|near) .+)/i, '{v} {x}'],
  [
    /\bI(?: much| really|'d always| always)? prefer (?<x>(?!(?:it|that|this|if|not)\b).+)/i,
    'Prefers {x}',
  ],
  [
    /\bmy birthday(?: is|'s) (?<x>(?!(?:coming|soon|party|today|tomorrow|next|this)\b).+)/i,
    'Birthday is {x}',
  ],
  [
    /\bmy favou?rite (?<k>[\p{L}]+(?: [\p{L}]+)?) (?:is|are) (?<x>(?!(?:that|this|when|how|what|the one|a bit)\b).+)/iu,
    'Favourite {k} is {x}',
  ],
  [
    /\bI speak (?<x>(?:(?:fluent|some|a little|a bit of) )?\p{Lu}\p{Ll}+(?: and \p{Lu}\p{Ll}+)?)/u,
    'Speaks {x}',
  ],
  [
    /\bI play (?<x>(?:the )?(?:piano|guitar|violin|cello|drums|flute|bass|saxophone|tennis|football|soccer|basketball|volleyball|chess|golf|hockey|squash|rugby|cricket|badminton)\b)/i,
    'Plays {x}',
  ],
  [
    /\bI (?:don't|do not|never) (?<v>eat|drink) (?<x>(?!(?:it|that|this|much|any of|enough|too|at)\b).+)/i,
    "Doesn't {v} {x}",
  ],
  [
    /\bI(?:'m| am) (?<x>(?:really |very |absolutely )?(?:afraid of|scared of|terrified of) (?!(?:it|that|this|what|how)\b).+)/i,
    'Is {x}',
  ],
  [
    /\bI(?: really| absolutely| just| do)? (?<v>love|enjoy|hate) (?<x>(?:[a-z]+ing(?! of\b)|(?!(?:it|that|this|to|how|when|what|you|him|her|them|the|a|an|your|my|doing|being|having|going|these|those|seeing|hearing)\b)[a-z]+s)\b.*)/i,
    '{v}s {x}',
  ],
  [
    /\bI (?:really )?like (?<x>(?!(?:things|this|being|having|seeing|is|yours|words|ours)\b)(?:[a-z]{3,}ing|[a-z]{3,}s)\b(?: and [a-z]+s?)?)(?=[.,;!?]| because| too| as well|$)/i,
    'Likes {x}',
  ],
  [/\bI(?:'m| am) married to (?<x>\p{Lu}[\p{L}-]+)/u, 'Is married to {x}'],
  [/\bI drive (?<x>an? .+)/i, 'Drives {x}'],
  [/\bI (?<v>studied|majored in|graduated (?:from|in)) (?<x>.+)/i, '{v} {x}'],
  [/\bI take (?<x>[a-z]+(?: tablets)? (?:for|against) (?:my )?.+)/i, 'Takes {x}'],
];

const TRANSIENT =
  /\b(?:right now|at the moment|today|tonight|tomorrow|yesterday|this (?:week|morning|afternoon|evening|weekend)|next week|for now|currently trying|used to|until|temporarily|on (?:it|that)|from home today|late|with you|for you)\b/i;
const SPOILED = /\b(?:if|unless|would|might|maybe|wish|imagine|pretend|joking|suppose)\b/i;
const CLAUSE_END =
  /(?:,? (?:and|but|so|because|since|which|that|who|where|when|while|though|although|cuz|if|you know|right now|now) (?=\S)|[,.;:!?—]| - | (?:too|as well|actually|myself|anyway|of course|by the way|I think|these days|you see|now|though|right)\b).*$/i;

/** Lasting facts that the user says of themselves, in the third person without its subject. */
export function findMemories(sentences: readonly Sentence[]): MemoryClaim[] {
  const memories: MemoryClaim[] = [];
  for (const sentence of sentences) {
    if (!sentence.isUser || sentence.question) continue;
    for (const [pattern, template] of FACTS) {
      const match = pattern.exec(sentence.text);
      if (!match?.groups) continue;
      const content = fill(template, match.groups);
      if (content === null || TRANSIENT.test(clauseIn(match[0]))) continue;
      if (SPOILED.test(clauseAround(sentence.text, match))) continue;
      const stems = new Set(contentStems(content));
      const known = memories.some((other) => {
        const theirs = contentStems(other.content);
        return (
          [...stems].filter((word) => theirs.includes(word)).length >=
          Math.min(stems.size, theirs.length)
        );
      });
      if (known || stems.size < 1) continue;
      memories.push({
        content,
        category: 'system',
        segmentIds: [...sentence.segmentIds],
        replaces: [],
      });
      if (memories.length === MAX_MEMORIES) return memories;
    }
  }
  return memories;
}

/** The clause that a fact stands in, up to where the next one begins. */
function clauseIn(said: string): string {
  return said.split(/[.;]|,? (?:and (?=I\b)|but|so|because|since|which)\b/)[0] ?? '';
}

/** The same with what stands before it in its clause: "if I lived in". */
function clauseAround(text: string, match: RegExpExecArray): string {
  const before = text
    .slice(0, match.index)
    .split(/[.;,]\s|\b(?:and|but|so|because)\b/)
    .at(-1);
  const plain = clauseIn(match[0]).replace(/,? (?:if that's|if it's|if you) .*$/i, '');
  return `${before ?? ''}${plain.split(/,\s/)[0] ?? ''}`;
}

function fill(template: string, groups: Record<string, string | undefined>): string | null {
  const rest = keepFact(groups.x ?? '');
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
