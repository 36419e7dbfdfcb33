import { capitalize, titleCase } from '../../../../text/capitals.ts';
import { isFunctionWord } from '../../../../text/word-classes.ts';
import type { Sentence } from '../../talk.ts';
import type { ResolvedDate } from '../dates/resolve-date.ts';
import { parseNumber } from '../dates/spoken-number.ts';
import type { TalkContext } from '../talk-context.ts';

const TIMED =
  "meeting|appointment|call|lunch|dinner|breakfast|brunch|coffee|interview|audition|flight|train|bus|ferry|party|wedding|concert|class|lesson|course|checkup|check-up|exam|test|presentation|demo|review|stand-?up|sync|retro(?:spective)?|kick-?off|workshop|webinar|conference|seminar|lecture|reservation|booking|visit|trip|hike|game|match|recital|surgery|operation|scan|session|viewing|delivery|pickup|practice|rehearsal|training|ceremony|funeral|barbecue|picnic|movie|film|show|play|hearing|consultation|catch-?up|one-on-one|follow-?up|dentist|doctor|physio|therapy|vaccination|haircut|table for (?:\\p{L}+|\\d+)|tour|tasting|yoga|choir|service|inspection|fair|exhibition|opening|reunion|celebration|parade|gala|screening|shift|parents[’'`]? evening|open day";
/** Kinds that stand on the calendar even if only their day is known. */
const DATED =
  'deadline|flight|wedding|exam|surgery|operation|conference|funeral|trip|holiday|vacation|birthday|recital|graduation|launch|release|move|festival|party|test|picnic|barbecue|concert|interview|getting married|flying(?= to| home| back| out)|(?:coming|over) for (?:lunch|dinner)';
/** A noun of these lists, not the verb of the same form ("call you", "to book"), nor "of course". */
export const NOUN = new RegExp(
  `(?<!\\b(?:to|will|can|could|you|I|we|they|'ll|please|let's|must|should|would|of|don't|not|then|just|me|also|she|he|it|who|before|after|until|till|since|over|during) )\\b(?:(?:${TIMED}|${DATED})[ -])*(?:${TIMED}|${DATED})\\b(?! (?:plans?|forms?|lists?|notes?|reports?|materials?|slides?|videos?|fees?|prices?|rooms?|schedule|invitations?|tickets?|address|agenda|results?|drafts?|scripts?|bags?|dress(?:es)?|cakes?|presents?|gifts?|cards?|guests?|suit|logs?|queue|software|system|hours?|times?|budget|fund|response|service|centre|center)\\b)`,
  'iu',
);
export const NOUN_FIRST = new RegExp(`^(?:${TIMED}|${DATED})\\b`, 'iu');
export const DATED_NOUN = new RegExp(`\\b(?:${DATED})\\b`, 'iu');
export const VERB =
  /\b(?:meet(?:ing)?(?: up)?(?: with)?|see(?:ing)? (?:you|the|Dr\.?|Doctor)|fly(?:ing)? (?:to|back|out|home)|leav(?:e|ing) for (?!work|school)|travel(?:ling|ing)? to|driv(?:e|ing) (?:to|up to|down to)|pick(?:ing)? \S+ up|(?<=\b(?:I'm|I am|we're|we are) )(?:tasting|visiting|hosting|attending|playing|moving)|due|arriv(?:e|es|ing)|depart(?:s|ing)?|land(?:s|ing)?|(?<=\b(?:plumber|electrician|technician|gardener|cleaner|handyman|inspector|babysitter|nanny)\b.{0,12}\b)com(?:e|es|ing)|(?<=\b(?:will|'ll|to) )(?:(?:call|ring|phone) (?:you|me|us)|visit (?:you|me|us|him|her)))\b/i;

/** The event's noun with what stands before it, and whom or if it is with, dates left out. */
export function titleOf(
  sentence: Sentence,
  dates: readonly ResolvedDate[],
  context: TalkContext,
): string | null {
  const birthday = birthdayTitle(sentence.text);
  if (birthday !== null) return birthday;
  let text = sentence.text;
  const said = dates.flatMap(({ parts }) => parts).sort((a, b) => b.index - a.index);
  for (const part of said) {
    text = `${text.slice(0, part.index).replace(/\b(?:on|at|by|in|for|from|until|every)\s*$/i, '')}|${text.slice(part.index + part.length)}`;
  }
  return nounTitle(text) ?? verbTitle(text, sentence, context);
}

/** "Dad turns seventy on Saturday", "my birthday is on the 5th": a day of the year, whoever's it is; null for anything else. */
export function birthdayTitle(text: string): string | null {
  const said =
    /\b(?<who>\p{L}+(?:'s)? \p{L}+|\p{L}+) turns (?<age>\p{L}+(?:-\p{L}+)?|\d+)\b|\b(?<whose>my|(?:\p{L}+ )?\p{L}+'s|his|her) birthday (?:is|falls)\b/iu.exec(
      text,
    )?.groups;
  if (!said || text.endsWith('?')) return null;
  const isNumber = said.age !== undefined && parseNumber(said.age) !== null;
  if (said.whose === undefined && !isNumber) return null;
  const title = isNumber ? `${said.who} turns ${said.age}` : `${said.whose} birthday`;
  return titleCase(title.replace(/^(?:my|our) /i, ''));
}

/** "Parents evening with Mrs Lee": the noun of the event with what stands around it. */
function nounTitle(text: string): string | null {
  const noun = NOUN.exec(text);
  // "We're tasting the cake" is named by its verb.
  if (!noun) return null;
  const after = text.slice(noun.index + noun[0].length);
  // "We're tasting the cake" is named by its verb.
  if (/ing$/i.test(noun[0]) && /^ (?:the|an?|my|our) /i.test(after)) return null;
  const head = text.slice(0, noun.index).trim().split(/\s+/);
  const before: string[] = [];
  for (let at = head.length - 1; at >= 0 && before.length < 3; at -= 1) {
    const word = head[at] ?? '';
    if (
      !/^[\p{L}'-]+$/u.test(word) ||
      isFunctionWord(word.toLowerCase()) ||
      /^(?:have|got|book(?:ed)?|schedul\w+|make|made|need|another|other|new|take|attend|join|is|set|confirmed?|move|moved|quick|early|big|little|plan|planned|see|want|due|get|know|remember|forget|upcoming|i'\w+|we'\w+|you'\w+|that's|it's|there's|let's)$/i.test(
        word,
      )
    )
      break;
    before.unshift(word);
  }
  const tail =
    /^ (?:is )?((?:with|to|at|about|for|in) (?:(?:the|a|my|our|your) )?)((?:[\p{L}\p{N}][\p{L}\p{N}.'-]*)(?: [\p{L}\p{N}][\p{L}\p{N}'-]*){0,3})/u.exec(
      after,
    );
  const words: string[] = [];
  for (const word of (tail?.[2] ?? '').split(' ')) {
    if (
      word === '' ||
      isFunctionWord(word.toLowerCase()) ||
      /^(?:is|was|has|starts?|begins?|leaves?|departs?|arrives?|goes|takes?|ends?|runs?)$/i.test(
        word,
      )
    )
      break;
    words.push(word.replace(/\.$/, ''));
  }
  const preposition = (tail?.[1] ?? '').replace(/ (?:the|a|my|our|your) $/i, ' ').trim();
  const withWhom = words.length > 0 ? ` ${preposition} ${words.join(' ')}` : '';
  return titleCase(`${before.join(' ')} ${noun[0]}${withWhom}`.trim().replace(/'s$/, ''));
}

/** "Fly to Rome", "Parcel Arrives": the verb with its object, or its subject if that comes. */
function verbTitle(text: string, sentence: Sentence, context: TalkContext): string | null {
  const verb = VERB.exec(text);
  if (!verb) return null;
  const phrase =
    text
      .slice(verb.index)
      .split(/[|,.;?!]| (?:and|but|so|because|then|where|which|to discuss|to talk)\b/)[0] ?? '';
  const words = phrase.trim().split(/\s+/).slice(0, 5);
  if (/^(?:due|arriv|depart|land|com)/i.test(phrase)) {
    const subject = text
      .slice(0, verb.index)
      .replace(/\b(?:is|are|be|will|'s)\s*$/i, '')
      .trim()
      .split(/\s+/)
      .slice(-3);
    const kept = subject.filter(
      (word) => !isFunctionWord(word.toLowerCase().replace(/[^\p{L}'-]/gu, '')),
    );
    return kept.length > 0 ? titleCase(`${kept.join(' ')} ${verb[0]}`) : null;
  }
  const [first = '', ...rest] = words;
  const plain = first
    .toLowerCase()
    .replace(/^(meet|see|fly)ing$/, '$1')
    .replace(/^leaving$/, 'leave')
    .replace(/^driving$/, 'drive')
    .replace(/^travell?ing$/, 'travel')
    .replace(/^picking$/, 'pick')
    .replace(/^tasting$/, 'taste')
    .replace(/^(visit|host|attend|play)ing$/, '$1')
    .replace(/^moving$/, 'move');
  const object = rest.filter(
    (word) => !/^(?:you|me|us|him|her|them|up|the|my|our|your|again|all|then|there)$/i.test(word),
  );
  while (object.length > 0 && isFunctionWord((object.at(-1) ?? '').toLowerCase())) object.pop();
  if (object.length === 0) {
    const partner =
      context.names.length === 1 && sentence.text.includes(context.names[0] ?? '')
        ? ` ${context.names[0]}`
        : '';
    if (/^(?:call|ring|phone|visit)$/.test(plain)) return capitalize(plain);
    if (plain === 'pick' && /\bpick(?:ing)? (?:you|me|us) up\b/i.test(text)) return 'Pick up';
    const purpose = purposeOf(text);
    if (purpose !== null && /^(?:meet|see)$/.test(plain)) return `Meet about ${purpose}`;
    return /^(?:meet|see)$/.test(plain) ? (partner === '' ? 'Meet' : `Meet${partner}`) : null;
  }
  return titleCase(`${plain} ${object.join(' ')}`);
}

/** What people meet for, as they say it behind the time: "to go through the budget". */
function purposeOf(text: string): string | null {
  const found =
    /\bto (?:discuss|talk (?:about|through)|go (?:through|over)|review|plan|look at|finali[sz]e|decide on) (?:(?:the|a|an|my|our|your) )?(?<what>[^|,.;?!]+)/i.exec(
      text,
    );
  const words = (found?.groups?.what ?? '').split(/\s+/).filter(Boolean).slice(0, 8);
  while (words.length > 0 && isFunctionWord((words.at(-1) ?? '').toLowerCase())) words.pop();
  return words.length === 0 ? null : titleCase(words.join(' '));
}
