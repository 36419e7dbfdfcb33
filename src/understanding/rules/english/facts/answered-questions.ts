import type { Sentence } from '../../talk.ts';
import type { Tag } from '../tagger.ts';
import { isOfClass } from './noun-classes.ts';

/** Questions about the other, with the beginning of the statement that a short answer ends. */
const ASKED: readonly (readonly [RegExp, string])[] = [
  [/\bwhere (?:are|do) you (?:come |originally )?from\b/i, "I'm from {x}"],
  [/\bwhere do you live\b/i, 'I live {in} {x}'],
  [/\bhow old are you\b/i, "I'm {x} years old"],
  [
    /\bwhat do you do(?: for (?:a living|work))?\?|\bwhat(?:'s| is) your (?:job|profession)\b/i,
    "I'm {x}",
  ],
  [/\bwhat(?:'s| is) your (?<thing>favou?rite [\p{L} ]+?)\?/iu, 'My {thing} is {x}'],
  [/\bhow many (?<thing>[\p{L} ]+?) (?:do you have|have you got)\b/iu, 'I have {x} {thing}'],
  [
    /^(?:(?:and|so|your|what's|what is) )*(?<thing>blood (?:group|type)|date of birth|birthday|nationality|religion|height|shoe size)\?$/i,
    'My {thing} is {x}',
  ],
  [/^(?:(?:and|so|your) )*(?:occupation|marital status|profession|job)\?$/i, "I'm {x}"],
  [
    /^(?:(?:and|so|any) )*(?<thing>kids|children|pets|siblings|brothers or sisters)\?$/i,
    'I have {x}',
  ],
  [/\ballerg(?:ies|ic to)\b/i, "I'm allergic to {x}"],
  [/\b(?:do you have|have you got) (?:any |a )?(?<thing>[\p{L} ]+?)\?/iu, 'I have {x}'],
  [/\bdo you (?<thing>(?:play|speak|collect|teach)) (?:any [\p{L} ]+?)\?/iu, 'I {thing} {x}'],
];
const YES = /^(?:(?:yes|yeah|yep|sure|well|oh|um|i am(?=[,.]|$)|i do(?=[,.]|$))\b[,.]? ?)+/i;
const NO = /^(?:no|nope|never|not (?:really|at all))\b/i;
const NO_ANSWER =
  /^(?:no|not|none|nothing|never|nobody|what|why|how|maybe|it|that|this|the same|just|only if|sometimes|of course|good|you|here|there|please|thanks?)\b/i;
/** What only shows that the question was heard, and a clause of its own: "Alright, I can do that." */
const NO_THING =
  /^(?:okay|ok|alright|all right|right|fine|great|perfect|lovely|absolutely|exactly|sorry|hm+|sure)(?=[,.!]|$)|^(?:will do|let|sounds)\b|\b(?:I|we|you|they|he|she|it|that)(?:'\w+)? [\p{L}']+/iu;
const THING: ReadonlySet<string> = new Set(['NOUN', 'PROPN', 'NUM', 'SYM']);
/** A trade that stands for itself, "Teacher.", has no article. */
const BARE_TRADE = /^(?!(?:an?|the|in|retired|self)\b)[\p{L} -]+$/iu;
const NUMBER = /^(?:one|two|three|four|five|six|seven|eight|nine|ten|\d+)[.!]?$/i;

/** "Are you allergic to anything?" - "Yes, to penicillin." as one statement; null for other sentences. */
export function answered(
  question: Sentence | undefined,
  answer: Sentence,
  tag: Tag,
): string | null {
  if (!question?.question || question.isUser) return null;
  const said = answer.text.replace(YES, '').replace(/[.!]+$/, '');
  const asked = /\b(?<be>are|do|have) you (?:got )?(?<what>[^?,]+)\?$/i.exec(question.text)?.groups;
  const isYes = YES.test(answer.text);
  if (/^(?:I|we|my)\b/i.test(said))
    return withObject(said, asked?.what) ?? withTrade(said, question);
  const subject = { are: "I'm", do: 'I', have: 'I have' }[(asked?.be ?? '').toLowerCase()];
  const what = (asked?.what ?? '').replace(/\b(?:any|ever) /g, '').replace(/\byour\b/gi, 'my');
  if (subject === 'I' && NO.test(said)) return `I don't ${what}`;
  if (NO_ANSWER.test(said)) return null;
  const open = /^(.*?) ?\b(?:to |for |of )?(?:anything|anyone|anybody|any [a-z]+)$/i.exec(
    asked?.what ?? '',
  );
  if (isYes && subject && open && /^(?:to|for|of)\b/i.test(said))
    return `${subject} ${open[1]} ${said}`;
  if (said !== '' && !NO_THING.test(said)) {
    for (const [pattern, template] of ASKED) {
      const match = pattern.exec(question.text);
      if (!match) continue;
      // "I'm {x}" takes "retired" and "married", the others only what is a thing.
      if (!template.startsWith("I'm {x}") && !tag(said).some(({ pos }) => THING.has(pos))) continue;
      const thing = (match.groups?.thing ?? '').toLowerCase();
      const x = NUMBER.test(said) && template === 'I have {x}' ? `${said} ${thing}` : said;
      if (template === "I'm {x}" && BARE_TRADE.test(x) && isOfClass(x, ['trade'])) {
        return `I'm ${/^[aeiou]/i.test(x) ? 'an' : 'a'} ${lowerFirst(x, question)}`;
      }
      const within = /^(?:in|on|near|at|with|by|outside)\b/i.test(x) ? '' : 'in';
      return template
        .replace('{in}', within)
        .replace('{thing}', thing)
        .replace('{x}', lowerFirst(x, question))
        .replace(/ +/g, ' ');
    }
  }
  if (!isYes || !subject || /\b(?:anything|anyone|any|yourself)\b/i.test(asked?.what ?? ''))
    return null;
  return `${subject} ${what} ${/^(?:for|since|with|in|at|to|on|every|twice|three)\b/i.test(said) ? said : ''}`.trim();
}

/** "Do you like jazz?" - "I love it." */
function withObject(said: string, asked: string | undefined): string | null {
  const object = /^(?:like|play|eat|drink|enjoy|speak|love) (?<x>[\p{L} ]+)$/iu.exec(asked ?? '')
    ?.groups?.x;
  const match =
    /^(I (?:really |absolutely )?(?:love|like|hate|enjoy|play|eat|don't like|don't eat)) (?:it|them|that)\b/i.exec(
      said,
    );
  return object && match ? `${match[1]} ${object}` : null;
}

/** The answer as it goes on in a sentence: names keep their capital. */
function lowerFirst(text: string, { text: question }: Sentence): string {
  const isName =
    /\b(?:from|live|speak|languages?|nationality|name)\b/i.test(question) ||
    /^(?!A\b)\p{Lu}(?:\p{Ll}+ \p{Lu}|\b)/u.test(text);
  return isName && !/^(?:In|On|Near|At|The)\b/.test(text)
    ? text
    : `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

/** "What do you do?" - "I'm in insurance." */
function withTrade(said: string, { text }: Sentence): string | null {
  const trade = /\bwhat do you do\b|\byour (?:job|line of work)\b/i.test(text)
    ? /^I(?:'m| am) in (?<x>[\p{L} ]+)$/u.exec(said)?.groups?.x
    : undefined;
  return trade === undefined ? null : `I work in ${trade}`;
}
