import { capitalize, titleCase } from '../../text/capitals.ts';
import { isFunctionWord } from '../../text/word-classes.ts';
import type { EventClaim } from '../understanding-engine.ts';
import type { TalkContext } from './action-items.ts';
import type { CooperativeLoop } from './cooperative-loop.ts';
import { endOfLocalDay, type ResolvedDate, resolveDates } from './dates/resolve-date.ts';
import { parseNumber } from './dates/spoken-number.ts';
import type { Sentence } from './sentences.ts';

const DEFAULT_MINUTES = 30;
const MAX_MINUTES = 180;
/** Events of one talk, at most: each is compared with all before it. */
const MAX_EVENTS = 100;

const TIMED =
  "meeting|appointment|call|lunch|dinner|breakfast|brunch|coffee|interview|flight|train|bus|ferry|party|wedding|concert|class|lesson|course|checkup|check-up|exam|test|presentation|demo|review|stand-?up|sync|retro(?:spective)?|kick-?off|workshop|webinar|conference|seminar|lecture|reservation|booking|visit|trip|hike|game|match|recital|surgery|operation|scan|session|viewing|delivery|pickup|practice|rehearsal|training|ceremony|funeral|barbecue|picnic|movie|film|show|play|hearing|consultation|catch-?up|one-on-one|follow-?up|dentist|doctor|physio|therapy|vaccination|haircut|tour|tasting|yoga|choir|service|inspection|fair|exhibition|opening|reunion|celebration|parade|gala|screening|shift|parents[’'`]? evening|open day";
/** Kinds that stand on the calendar even if only their day is known. */
const DATED =
  'deadline|flight|wedding|exam|surgery|operation|conference|funeral|trip|holiday|vacation|birthday|recital|graduation|launch|release|move|festival';
/** A noun of these lists, not the verb of the same form ("call you", "to book"), nor "of course". */
const NOUN = new RegExp(
  `(?<!\\b(?:to|will|can|could|you|I|we|they|'ll|please|let's|must|should|would|of|don't|not|then|just|me|also|she|he|it|who|before|after|until|till|since|over|during) )\\b(?:(?:${TIMED}|${DATED})[ -])*(?:${TIMED}|${DATED})\\b(?! (?:plans?|forms?|lists?|notes?|reports?|materials?|slides?|videos?|fees?|prices?|rooms?|schedule|invitations?|tickets?|address|agenda|results?|drafts?|scripts?|bags?|dress|logs?|queue|software|system|budget|fund|response|service|centre|center)\\b)`,
  'i',
);
const NOUN_FIRST = new RegExp(`^(?:${TIMED}|${DATED})\\b`, 'i');
const DATED_NOUN = new RegExp(`\\b(?:${DATED})\\b`, 'i');
const VERB =
  /\b(?:meet(?:ing)?(?: up)?(?: with)?|see(?:ing)? (?:you|the|Dr\.?|Doctor)|fly(?:ing)? (?:to|back|out|home)|leav(?:e|ing) for (?!work|school)|travel(?:ling|ing)? to|driv(?:e|ing) (?:to|up to|down to)|pick(?:ing)? \S+ up|(?<=\b(?:I'm|I am|we're|we are) )(?:tasting|visiting|hosting|attending|having|playing|moving)|due|arriv(?:e|es|ing)|depart(?:s|ing)?|land(?:s|ing)?|(?<=\b(?:plumber|electrician|technician|gardener|cleaner|handyman|inspector|babysitter|nanny)\b.{0,12}\b)com(?:e|es|ing)|(?<=\b(?:will|'ll|to) )(?:(?:call|ring|phone) (?:you|me|us)|visit (?:you|me|us|him|her)))\b/i;
const SPOILED =
  /\b(?:maybe|perhaps|might|if|would|could|wish|hypothetically|should we|shall we|can't make|cannot make|cancel(?:led|ed)?|not sure|used to|was|were|had|went|did(?!n't you)|met|flew|happened|not going|isn't|won't|don't|no longer|thinking (?:about|of)|what about|how about|unless|last time)\b/i;
const PROPOSAL =
  /\b(?:how about|what about|shall we|should we|could we|can we|can you (?:do|make|come)|could you (?:do|make|come)|would .* (?:work|suit)|does .* work|is .* (?:okay|ok|good|fine)|would you like|how does .* sound|do you want|we could|let's)\b/i;
const PARTING = /\blet's (?:all )?(?:meet|talk|speak|catch up|continue|go on|reconvene)\b/i;
const ACCEPTED =
  /\b(?:works(?: for me)?|sounds (?:good|great|perfect|fine)|perfect|that's (?:fine|good|great|perfect)|it's a date|see you (?:then|there|on)|I'll be there|count me in|great|booked|confirmed|yes|yeah|yep|sure|okay|ok|deal|done|love to|good|fine|absolutely|of course|lovely|wonderful|alright|all right)\b/i;
/** What agrees to a time that nobody asked about: "We've got Thursday at nine." - "Thursday works." */
const AGREED =
  /\b(?:works|perfect|I'll take (?:it|that)|fine|it is|see you|it's booked|booked|confirmed|suits me|is (?:good|great|perfect)|I'll be there|that's (?:fine|good)|I'm at home)\b/i;
const REJECTED =
  /\b(?:no(?!,? (?:problem|worries))|can't|cannot|won't|doesn't|don't|not|busy|unfortunately|sorry|afraid|bad|booked out|(?:we're|is|are) full|after all|rather)\b/i;
/** What takes a time back that stood. */
const CANCELLED =
  /\b(?:can't make it|cannot make it|(?:have|has|need) to cancel|cancelled|called off)\b/i;
/** What is asked to be done by a time is a task. */
const REQUEST = /\b(?:can|could|will|would) you (?!come|make|be|do|see|fit)|\bI'll\b|\bplease\b/i;
/** The sentence before asks when. */
const ASKS_WHEN = /\b(?:what time|when|which day|how late|from when)\b.*\?$/i;
/** A time that only bounds something: "I work until five". */
const BOUND =
  /\b(?:until|till|by|before|after|since)(?: the| about| around)? *$|^(?:until|till|by|before|after|since)\b/i;
/** Turns within which a time is agreed to or refused, and a day spoken of still holds. */
const REPLIES = 4;
const DAY_HOLDS = 6;
const FIRST = /\b(?:I|I'm|I've|I'll|my|me|we|we're|we've|we'll|our|us|let's)\b/i;
const SECOND = /\b(?:you|you're|you've|you'll|your|we|we're|we've|we'll|our|us|let's)\b/i;

/** "Call the dentist at nine" is a task: the dentist is not an appointment yet. */
const TASK_ABOUT =
  /\b(?:call|ring|phone|email|text|ask|tell|message|contact) (?:the|my|your|our) (?:\w+ )?(?:dentist|doctor|physio|school|office)\b|\bremind me to (?:call|book|buy|send|write|order|pay)\b/i;

/** A statement that only asks for a nod. */
const TAGGED =
  /, (?:remember|right|okay|ok|yeah|isn't it|aren't (?:you|we|they)|don't (?:you|we)|won't (?:you|we|it)|correct)\?$/i;

/** What would be done if something else happened is not on the calendar. */
const CONDITION = /^(?:(?:and|but|so|or|well|then),? )*(?:only )?(?:if|unless|in case)\b/i;
/** A sentence that says itself what is done then is not about the noun before it. */
const OWN_MATTER =
  /\b(?:I'll|I will|I'm (?:gonna|going to)|I have to|I need to|we'll|can you|could you|please|remind)\b/i;

const SOMEBODY_ELSE =
  /^(?:he|she|they|his|her|their|he's|she's|they're|my (?:boss|colleague|neighbou?r|friend)(?:'s)?) /i;

/** Meetings, appointments, deadlines and journeys ahead that involve the user, each with its sources. */
export async function findEvents(
  context: TalkContext,
  each: CooperativeLoop,
): Promise<EventClaim[]> {
  const events: EventClaim[] = [];
  await each(context.sentences, (sentence) => {
    const event = eventOf(sentence, context);
    if (!event) return;
    const twin = events.find((other) => isSame(other, event));
    if (!twin) {
      if (events.length < MAX_EVENTS) events.push(event);
    } else {
      twin.segmentIds = [...new Set([...twin.segmentIds, ...event.segmentIds])];
      if (twin.title.split(' ').length < event.title.split(' ').length) {
        twin.title = event.title;
        twin.description = event.description;
      }
    }
  });
  return events;
}

function isSame(a: EventClaim, b: EventClaim): boolean {
  // "Next Tuesday at ten?" - "Tuesday at ten works": one appointment, said a week apart.
  const apart = Math.abs(a.start - b.start) / 86_400_000;
  if (apart === 7 && a.segmentIds.some((id) => b.segmentIds.includes(id))) return true;
  const sameDay = Math.abs(a.start - b.start) < 86_400_000;
  const words = new Set(a.title.toLowerCase().split(' '));
  const shared = b.title
    .toLowerCase()
    .split(' ')
    .some((word) => !isFunctionWord(word) && words.has(word));
  return a.start === b.start || (sameDay && shared);
}

function eventOf(sentence: Sentence, context: TalkContext): EventClaim | null {
  const { text } = sentence;
  if (TASK_ABOUT.test(text) || CONDITION.test(text)) return null;
  const birthday = birthdayOf(sentence, context);
  if (birthday) return birthday;
  const dates = datesIn(text, context);
  const found = dates.find((date) => date.hasTime || DATED_NOUN.test(text));
  const date = found && withDay(found, sentence, context);
  if (!date) return null;
  const start = startOf(date, sentence, context);
  if (start === null || start <= context.startedAt) return null;
  const previous = context.sentences[sentence.index - 1];
  const isAsked =
    (sentence.question && !TAGGED.test(text)) ||
    (previous !== undefined &&
      previous.speaker !== sentence.speaker &&
      ASKS_WHEN.test(previous.text));
  const proposal = PROPOSAL.test(text) || isAsked;
  const isBound = date.parts.some(
    ({ index, length }) =>
      BOUND.test(text.slice(0, index)) || BOUND.test(text.slice(index, index + length)),
  );
  if (isCancelled(sentence, context)) return null;
  const answer = replyTo(sentence, context, proposal ? ACCEPTED : AGREED);
  if (answer === 'rejected' && proposal) return null;
  const reply = answer === 'rejected' ? null : answer;
  const isAgreed = reply !== null && date.hasClock && !isBound;
  const named = namedIn(sentence, context, isAgreed);
  if (named === null) return null;
  const plain = text.replace(/\b(?:please )?(?:don't|do not) forget\b/gi, '');
  if (proposal) {
    // The last word of a talk is agreed to where nobody answers it any more.
    const isLast = repliesTo(sentence, context).length === 0;
    const isParting = !isAsked && isLast && date.hasTime && PARTING.test(text);
    if (reply === null && !isParting) return null;
  } else if (!isAgreed) {
    const isSpoiled =
      SPOILED.test(plain) || (named !== sentence && /\b(?:cancel|used to|if)\b/i.test(named.text));
    if (isSpoiled || !involvesUser(sentence, named, context)) return null;
  } else if (isOfSomebodyElse(text)) return null;
  const title =
    titleOf(named, named === sentence ? dates : datesIn(named.text, context), context) ??
    (isAgreed && !REQUEST.test(text) ? appointmentWith(sentence, reply) : null);
  if (!title) return null;
  const sources = [named, sentence, ...(reply === null ? [] : [reply])];
  return {
    title,
    description: capitalize(sentence.text),
    start,
    durationMinutes: durationOf(text, date),
    segmentIds: [...new Set(sources.flatMap((source) => source.segmentIds))],
  };
}

/** What others say in the next turns. */
function repliesTo(sentence: Sentence, { sentences }: TalkContext): Sentence[] {
  return sentences
    .slice(sentence.index + 1, sentence.index + 1 + REPLIES)
    .filter(({ speaker }) => speaker !== sentence.speaker);
}

/** True if somebody takes the time back in the next turns. */
function isCancelled(sentence: Sentence, { sentences }: TalkContext): boolean {
  return sentences
    .slice(sentence.index + 1, sentence.index + 1 + REPLIES)
    .some(({ text }) => CANCELLED.test(text));
}

/** The sentence of somebody else that agrees to a time, `rejected` if one refuses it, or null. */
function replyTo(
  sentence: Sentence,
  context: TalkContext,
  agreed: RegExp,
): Sentence | 'rejected' | null {
  const replies = repliesTo(sentence, context);
  if (replies[0] && REJECTED.test(replies[0].text) && !AGREED.test(replies[0].text))
    return 'rejected';
  return replies.find(({ text }) => agreed.test(text)) ?? null;
}

/** The sentence that names what the time is for: this one, or one before it; null if none does. */
function namedIn(sentence: Sentence, context: TalkContext, isAgreed: boolean): Sentence | null {
  const { text } = sentence;
  if (NOUN.test(text) || VERB.test(text)) return sentence;
  // "The dentist is confirmed. Tuesday at ten."
  const back = isAgreed ? DAY_HOLDS : 2;
  const before = context.sentences.slice(Math.max(0, sentence.index - back), sentence.index);
  const isShort = sentence.words <= 14 && !OWN_MATTER.test(text);
  const source =
    isShort || isAgreed ? before.findLast((other) => NOUN.test(other.text)) : undefined;
  return source ?? (isAgreed ? sentence : null);
}

/** A clock time on the last day that was spoken of; undefined if there is none. */
function withDay(
  date: ResolvedDate,
  sentence: Sentence,
  context: TalkContext,
): ResolvedDate | undefined {
  if (date.hasDay) return date;
  const from = Math.max(0, sentence.index - DAY_HOLDS);
  for (const { text } of context.sentences.slice(from, sentence.index).reverse()) {
    const said = datesIn(text, context).findLast((other) => other.hasDay && other.end === null);
    if (!said) continue;
    const reference = said.hasTime ? startOfDay(said.start, context) : said.start;
    const clock = sentence.text.slice(date.index, date.index + date.text.length);
    const [moved] = resolveDates(clock, { reference: reference - 1, timeZone: context.timeZone });
    if (!moved?.hasTime) return undefined;
    return { ...date, start: moved.start, end: moved.end, hasDay: true };
  }
  return undefined;
}

function startOfDay(instant: number, context: TalkContext): number {
  const [day] = resolveDates('today', { reference: instant, timeZone: context.timeZone });
  return day?.start ?? instant;
}

/** "Dad turns seventy on Saturday", "my birthday is on the 5th": a day of the year, whoever's it is. */
function birthdayOf(sentence: Sentence, context: TalkContext): EventClaim | null {
  const said =
    /\b(?<who>\p{L}+(?:'s)? \p{L}+|\p{L}+) turns (?<age>\p{L}+(?:-\p{L}+)?|\d+)\b|\b(?<whose>my|(?:\p{L}+ )?\p{L}+'s|his|her) (?<day>birthday) (?:is|falls)\b/iu.exec(
      sentence.text,
    )?.groups;
  const date = datesIn(sentence.text, context).find(({ hasDay }) => hasDay);
  if (!said || !date || sentence.question) return null;
  const isNumber = said.age !== undefined && parseNumber(said.age) !== null;
  if (said.day === undefined && !isNumber) return null;
  const start = startOf(date, sentence, context);
  if (start === null || start <= context.startedAt) return null;
  const title = said.day === undefined ? `${said.who} turns ${said.age}` : `${said.whose} birthday`;
  return {
    title: titleCase(title.replace(/^(?:my|our) /i, '')),
    description: capitalize(sentence.text),
    start,
    durationMinutes: DEFAULT_MINUTES,
    segmentIds: [...sentence.segmentIds],
  };
}

/** What was agreed on without a name: an appointment with the one who is not the user. */
function appointmentWith(sentence: Sentence, reply: Sentence | null): string | null {
  const other = sentence.isUser ? reply : sentence;
  return other?.name ? `Appointment with ${other.name}` : 'Appointment';
}

function datesIn(text: string, context: TalkContext): ResolvedDate[] {
  return resolveDates(text, { reference: context.startedAt, timeZone: context.timeZone });
}

function startOf(date: ResolvedDate, sentence: Sentence, context: TalkContext): number | null {
  if (date.fromNow) return date.start + sentence.startMs;
  if (date.hasTime) return date.start;
  // A deadline without a time ends with its day; anything else begins with the morning.
  const evening = endOfLocalDay(date.start, context.timeZone);
  if (/\b(?:deadline|due)\b/i.test(sentence.text)) return evening;
  const [morning] = resolveDates('at 9 am', { reference: date.start, timeZone: context.timeZone });
  return morning?.start ?? null;
}

function involvesUser(sentence: Sentence, named: Sentence, context: TalkContext): boolean {
  const text = withoutOpening(sentence.text);
  if (SOMEBODY_ELSE.test(text) || isOfSomebodyElse(named.text)) return false;
  if (!context.hasUser)
    return FIRST.test(sentence.text) || FIRST.test(named.text) || SECOND.test(sentence.text);
  const words = sentence.isUser ? FIRST : SECOND;
  if (
    words.test(sentence.text) ||
    (named !== sentence && (named.isUser ? FIRST : SECOND).test(named.text))
  )
    return true;
  // "The appointment is on Tuesday at ten", said to the user or by them.
  return (
    /^(?:the|your|our|it|it's|that's|(?:on )?(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b/i.test(
      text,
    ) || NOUN_FIRST.test(text)
  );
}

function withoutOpening(text: string): string {
  return text.replace(
    /^(?:(?:so|and|also|but|okay|ok|yes|yeah|great|then|well|right|good|fine|nice|thanks|perfect|sure)\b[,.!]? ?)+/i,
    '',
  );
}

/** "His flight leaves at noon" is not about the user, whoever says it. */
function isOfSomebodyElse(text: string): boolean {
  const noun = NOUN.exec(text);
  return noun !== null && /\b(?:his|her|their) (?:\S+ )?$/i.test(text.slice(0, noun.index));
}

/** Minutes said with the time: "for an hour", "from 3 to 4"; 30 if none were, 180 at most. */
function durationOf(text: string, date: ResolvedDate): number {
  let minutes = DEFAULT_MINUTES;
  if (date.end !== null && date.hasTime) minutes = Math.round((date.end - date.start) / 60_000);
  const said =
    /\b(?:for|takes?|lasts?|about|a|an|is) (?:about |around |roughly )?(half an|an?|one|two|three|four|ninety|\d+|fifteen|twenty|thirty|forty[ -]five|sixty)[ -](hour|minute)s?( and a half)?\b/i.exec(
      text,
    );
  if (said) {
    const word = (said[1] ?? '').toLowerCase();
    const amount =
      word === 'half an'
        ? 0.5
        : /^an?$/.test(word)
          ? 1
          : word === 'ninety'
            ? 90
            : word === 'sixty'
              ? 60
              : (parseNumber(word) ?? 0);
    const whole = said[3] ? amount + 0.5 : amount;
    const found = said[2]?.toLowerCase() === 'hour' ? whole * 60 : whole;
    if (found > 0 && !/\bin\s*$/.test(text.slice(0, said.index))) minutes = found;
  }
  return Math.max(5, Math.min(MAX_MINUTES, minutes));
}

/** The event's noun with what stands before it, and whom or if it is with, dates left out. */
function titleOf(
  sentence: Sentence,
  dates: readonly ResolvedDate[],
  context: TalkContext,
): string | null {
  let text = sentence.text;
  const said = dates.flatMap(({ parts }) => parts).sort((a, b) => b.index - a.index);
  for (const part of said) {
    text = `${text.slice(0, part.index).replace(/\b(?:on|at|by|in|for|from|until|every)\s*$/i, '')}|${text.slice(part.index + part.length)}`;
  }
  return nounTitle(text) ?? verbTitle(text, sentence, context);
}

/** "Parents evening with Mrs Lee": the noun of the event with what stands around it. */
function nounTitle(text: string): string | null {
  const noun = NOUN.exec(text);
  if (!noun) return null;
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
  const after = text.slice(noun.index + noun[0].length);
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
    .replace(/^having$/, 'have')
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
  const words = (found?.groups?.what ?? '').trim().split(/\s+/).slice(0, 8);
  while (words.length > 0 && isFunctionWord((words.at(-1) ?? '').toLowerCase())) words.pop();
  return words.length === 0 ? null : titleCase(words.join(' '));
}
