import { capitalize } from '../../../../text/capitals.ts';
import { contentStems } from '../../../../text/stems.ts';
import { tokenize } from '../../../../text/tokenizer.ts';
import { isFunctionWord } from '../../../../text/word-classes.ts';
import { kindsOf } from '../claims/word-features.ts';
import type { ResolvedDate } from '../dates/resolve-date.ts';
import { type NounPhrase, nounPhrases, type Tag } from '../tagger.ts';

const MAX_WORDS = 15;

/** Where a task ends: a new clause, a reason, a condition, an aside. */
const CLAUSE_END =
  /(?:[,;:—]\s+|\s+)(?:and (?:I|we|you|he|she|they|it|then|that|there|this|what|also|if|just (?:you know)?|please|see (?:if|how|what|whether)|I'm|we're|maybe)\b|but\b|because\b|'?cause\b|cuz\b|since (?:I|we|you|he|she|they|it)\b|so (?:that|I|we|you|he|she|they|it|everyone|everybody|the)\b|so$|which\b|if\b|unless\b|when\b|while\b|as (?:soon|well|part|I|we|you|a reminder)\b|okay\b|ok\b|right\b|alright\b|please\b|then\b|though\b|or something\b|and (?:stuff|so on|so forth|things like that)\b|once (?:I|we|you|he|she|they|it|the|that)\b|until (?:I|we|you|he|she|they|it)\b|before (?:I|we|you|he|she|they|it)\b|after (?:I|we|you|he|she|they|it)\b|where (?:I|we|you)\b|how (?:it|they|to|you|I|we)\b|to see (?:if|what|how|whether)\b)|[;:]\s|\s[—–-]\s|—|,\s+(?:I|we|you|he|she|they|it|and|or is|do|does|is|are|can|could|will|would|thank|thanks|yeah|yes|no|mom|dad|honey|love|mate|man|guys|everyone|everybody|actually|basically|just|like|that|this|there|what|how|who)\b|[.?!]+\s*$|\s+(?:you|I|we)$/i;

const KIN =
  'mom|mum|mother|dad|father|sister|brother|wife|husband|partner|son|daughter|boss|grandma|grandpa|grandmother|grandfather|aunt|uncle|cousin|niece|nephew|landlord|accountant|lawyer|manager|doctor|dentist';

/** The clause that begins with `rest`: as far as it can still say what is to be done, and when. */
export function clauseOf(rest: string): string {
  const end = CLAUSE_END.exec(` ${rest}`);
  return (end ? ` ${rest}`.slice(0, end.index) : rest).trim();
}

/** The part of `rest` that still belongs to the task, without the dates named in it. */
export function trimTask(rest: string, dates: readonly ResolvedDate[]): string {
  let text = rest;
  const said = dates.flatMap(({ parts }) => parts).sort((a, b) => b.index - a.index);
  for (const part of said) {
    const before = text
      .slice(0, part.index)
      .replace(
        /[\s,]*(?:\b(?:by|on|at|before|until|till|for|from|around|about|due|starting|no later than|sometime|some time|every)\s+)*$/i,
        ' ',
      );
    const after = text.slice(part.index + part.length);
    // Words after a date in mid-sentence mostly begin something new, but "on Friday to Anna" goes on.
    const goesOn = /^\s*(?:to|with|about|for|from|and|at|in|on|of)\b/i.test(after);
    text = goesOn || /^[\s,]*[.?!]?$/.test(after) ? before + after : `${before}; ${after}`;
  }
  return clauseOf(text.replace(/\s+/g, ' ').trim());
}

/** "me", "us" and "you" stand for people of this talk: the reader of a task list was not there. */
function dropListeners(text: string): string {
  return text
    .replace(/^(?:(me|us|you|you guys|you all) )(?=\S)/i, '')
    .replace(
      / (?:to|for|with|from|on) (?:me|us|you(?: guys| all| both)?|myself|yourself)(?=$|[\s,])/gi,
      '',
    )
    .replace(/ (?:myself|yourself|ourselves|himself|herself)(?=$|[\s,])/gi, '')
    .replace(
      /\b(?:just|also|probably|really|actually|basically|definitely|maybe|quickly|please|sort of|kind of|like|still|obviously|certainly|now)\b ?/gi,
      '',
    )
    .replace(new RegExp(`\\b(?:my|your|our) (?=(?:${KIN})\\b)`, 'gi'), '')
    .replace(/\b(?:my|our|your) (?:own )?/gi, 'the ')
    .replace(/\b(?:wanna|want to|going to|gonna|trying to) /gi, '')
    .replace(/\b(?:I|we|you)(?:'ve| have| had|'d) (?=\w+(?:ed|en|t|ne)\b)/gi, '')
    .replace(
      /\b(?:in due course|at some point|that (?:day|morning|evening)|when (?:possible|ready)|(?:the )?next time|(?:before|in|over|this|next|by) (?:the )?(?:spring|summer|autumn|winter)|later|soon)\b ?/gi,
      '',
    )
    .replace(/\s+/g, ' ')
    .trim();
}

const KIN_HEAD = new RegExp(`^(?:${KIN})$`, 'i');
/** Nouns that no pronoun of a task stands for. */
const NO_ANTECEDENT =
  /^(?:thing|one|way|point|idea|time|day|week|month|year|morning|afternoon|evening|night|january|february|march|april|may|june|july|august|september|october|november|december|lot|bit|couple|question|minute|moment|problem|meeting|weekend|end|rest|other|hour|o'clock|\p{L}+day|\p{L}+(?:teen|tie)?th|half|quarter|today|tomorrow|tonight|noon|thanks?|problem|sure|okay)s?$/iu;
/** What leads a noun that can be spoken of again. */
const LED = /\b(?:the|an?|my|our|your|his|her|their|this|that|these|those|some|any) $/i;
/** How much less each sentence since then speaks for a noun. */
const FAR = 0.2;
/** Who is one, and "them" on the telephone. */
const FIRM =
  /^(?:insurance|insurer|bank|company|office|school|garage|council|police|hotel|restaurant|shop|store|practice|clinic|agency|airline|hospital|pharmacy|supplier|team)$/;
const PERSON = new RegExp(
  `^(?:${KIN}|neighbou?r|colleague|friend|guy|girl|boy|woman|man|child|lady|kid|boss|clerk|aunt|uncle|teacher|nurse|plumber|vet|\\p{L}+(?:man|woman|person))s?$`,
  'iu',
);

/** True for "Gus", which is no thing. */
function isName(text: string): boolean {
  const last = text.split(' ').at(-1) ?? '';
  return /^\p{Lu}\p{Ll}+$/u.test(last);
}

/** The last noun phrase in `context` that could be what a pronoun means, or null. */
function findAntecedent(context: string, pronoun: string, verb: string, tag: Tag): string | null {
  const isAskedOf = /^(?:ask|tell|invite|thank|remind)$/i.test(verb);
  const isPerson = /^(?:him|her)$/i.test(pronoun) || (isAskedOf && /^them$/i.test(pronoun));
  const isPlural = /^(?:them|those|these|all)/i.test(pronoun);
  const isAny = /^some$/i.test(pronoun);
  const phrases = nounPhrases(tag(context)).filter(
    ({ head, text }) => !NO_ANTECEDENT.test(head) && (isPerson || !isName(text)),
  );
  // "True." begins a sentence and is nobody; "Gus can do it" is about somebody.
  const isSomebody = ({ text: said, index }: NounPhrase): boolean =>
    /^(?:(?:Mr|Mrs|Ms|Dr)\.? )?\p{Lu}\p{Ll}+$/u.test(said) &&
    (/[^.?!] $/.test(context.slice(0, index)) ||
      /^ \p{Ll}/u.test(context.slice(index + said.length)));
  const fitting = phrases.filter((phrase) => {
    const { head, isPlural: plural } = phrase;
    const kinds = kindsOf('nouns', head);
    return isPerson
      ? (PERSON.test(head) ||
          (kinds.includes('person') && kinds.length === 1) ||
          isSomebody(phrase)) &&
          !kinds.includes('location')
      : !(PERSON.test(head) || (kinds.includes('person') && kinds.length === 1)) &&
          (isAny || plural === isPlural || (isPlural && FIRM.test(head)));
  });
  // Of "a letter from my employer" it is the letter.
  const within = (index: number): boolean =>
    /\b(?:from|of|by|with|in|at|on|for)(?: (?:my|your|the|an?|our|his|her|this))? *$/i.test(
      context.slice(0, index),
    );
  const led = (index: number): boolean => LED.test(context.slice(0, index));
  const worth = ({ index }: NounPhrase): number =>
    (within(index) ? 0 : 1) +
    (led(index) ? 1 : 0) -
    FAR * context.slice(index).split(/[.?!] /).length;
  const best = fitting.reduce<NounPhrase | undefined>(
    (best, phrase) => (best && worth(best) > worth(phrase) ? best : phrase),
    undefined,
  );
  const text = best?.text.replace(
    /^(?:other|own|same|next|last|first|second|whole|few|two|three) /i,
    '',
  );
  return text === undefined || text.split(' ').length > 4 ? null : text;
}

export interface Description {
  text: string;
  /** True if the object was taken from `context`: its segments are sources too. */
  usedContext: boolean;
  /** True if the object is a pronoun for which `context` has no noun: "Ring him at lunch". */
  isOpen: boolean;
}

/** What follows the verb with its pronoun replaced by the noun that it stands for; null if there is none. */
function objectOf(
  verb: string,
  said: string,
  context: string,
  tag: Tag,
): { rest: string; usedContext: boolean; isOpen: boolean } | null {
  let rest = said;
  let usedContext = false;
  let isOpen = false;
  const pronoun =
    /^((?:[a-z]+ )?)((?:him|it|them)(?=$| [a-z])|her(?= (?:tonight|today|tomorrow|back|up|about|to|a|the|in|at|on|when|if|what|that|before|after|as)\b|$)|(?:that|those|these|this|that one|all of (?:it|them|that|this)|one|some|both)(?=$| (?:first|about|a|the|to|with|in|on|off|up|out|back|over|for|from|into|at|by|again|away|aside|under|behind|too|together|down|through|next|tomorrow|later|soon|today|tonight|this)\b))/i.exec(
      rest,
    );
  const particle = (pronoun?.[1] ?? '').trim();
  if (
    pronoun &&
    (particle === '' || /^(?:up|off|out|in|on|over|at|into|for|with|to)$/i.test(particle))
  ) {
    // "I'll do it" says what only with the deed that was spoken of.
    const isBare = /^(?:do|have|like|try|need|want)$/i.test(verb);
    const antecedent = isBare ? null : findAntecedent(context, pronoun[2] ?? '', verb, tag);
    const more = rest.slice(pronoun[0].length).trim();
    // "Give him the message" can be said without the one who gets it.
    if (
      antecedent === null &&
      /^(?:him|her|them)$/i.test(pronoun[2] ?? '') &&
      /^(?:the|an?) /.test(more)
    )
      return { rest: more, usedContext, isOpen };
    if (antecedent === null && isBare) return null;
    isOpen = antecedent === null;
    if (antecedent !== null) {
      const article =
        KIN_HEAD.test(antecedent) || isName(antecedent) || /^some$/i.test(pronoun[2] ?? '')
          ? ''
          : 'the ';
      rest = `${pronoun[1]}${article}${antecedent}${rest.slice(pronoun[0].length)}`.trim();
      usedContext = true;
    }
  } else if (/\b(?:him|her|it|them|that|this|these|those|there|he|she|they)$/i.test(rest)) {
    const cut = rest.replace(
      /\s*\b(?:(?:to|for|with|about|on|of|from|at|like|into) )?(?:him|her|it|them|that|this|these|those|there|he|she|they)$/i,
      '',
    );
    rest = cut;
  }
  return { rest, usedContext, isOpen };
}

/**
 * "Send the report" from verb and rest. Pronouns are resolved in `context`; null if what is to be
 * done cannot be said without the talk.
 */
export function describeTask(
  verb: string,
  trimmed: string,
  context: string,
  tag: Tag,
): Description | null {
  const object = objectOf(verb, dropListeners(trimmed).replace(/[\s,.?!;:—-]+$/, ''), context, tag);
  if (object === null) return null;
  const { rest, usedContext, isOpen } = object;
  // "try to create" is to create.
  const whole = `${verb} ${rest}`.trim().replace(/^try to /i, '');
  // A long task ends at its first comma.
  const words = (
    whole.split(' ').length > 10 ? whole.replace(/^((?:\S+ ){3,}?\S+),\s.*$/, '$1') : whole
  ).split(/\s+/);
  let kept = words.slice(0, MAX_WORDS);
  if (words.length > MAX_WORDS) {
    while (kept.length > 4 && isFunctionWord((kept.at(-1) ?? '').toLowerCase()))
      kept = kept.slice(0, -1);
  }
  while (
    kept.length > 2 &&
    /^(?:and|or|the|a|an|to|of|for|with|by|in|on|at|so|that|from|my|is|about)$/i.test(
      kept.at(-1) ?? '',
    )
  ) {
    kept = kept.slice(0, -1);
  }
  const text = capitalize(kept.join(' ').replace(/[,;:]+$/, ''));
  // "Ask Mum whether they're free" says whom it is about.
  const isReported =
    /^(?:Ask|Tell|Check|Find out)\b.{3,} (?:whether|if|that|about)\b(?!.*\b(?:I|we|you|me|us)\b)/.test(
      text,
    );
  if (
    !isReported &&
    /\b(?:I|we|you|he|she|they|me|us|myself|I'm|you're|we're|he's|she's|they're|I've|you've|we've|I'll|you'll|we'll)\b/.test(
      text.slice(1),
    )
  ) {
    const cut = text.replace(
      /\s+(?:\S+ )?(?:I|we|you|he|she|they|me|us|myself|I'm|you're|we're|he's|she's|they're|I've|you've|we've|I'll|you'll|we'll)\b.*$/,
      '',
    );
    return hasObject(cut) && cut.split(' ').length >= 3
      ? { text: tidyEnd(cut), usedContext, isOpen }
      : null;
  }
  // "Ring him" can be done by who was there; "send it" says nothing.
  return hasObject(text) || (isOpen && / (?:him|her|them)\b/.test(text))
    ? { text: tidyEnd(text), usedContext, isOpen }
    : null;
}

function tidyEnd(text: string): string {
  return text.replace(
    /(?:[\s,]+(?:and|or|the|a|an|to|of|for|with|by|in|on|at|so|that|from|what|how|about|is|as))+$/i,
    '',
  );
}

/** A task needs more than its verb: at least one content word after it, or a telling particle. */
function hasObject(text: string): boolean {
  const [, ...rest] = tokenize(text);
  if (/^(?:Call|Ring|Phone|Write) back$|^\w+ (?:somebody|someone)\b/.test(text)) return true;
  return contentStems(rest.map((token) => token.text).join(' ')).some(
    (word) => !/^(?:thing|stuff|something|bit|lot|on|kind|back)$/.test(word),
  );
}
