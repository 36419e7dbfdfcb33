import type { Tag } from '../tagger.ts';

/** What people do time and again, whatever it is, if they say how often. */
const OFTEN =
  /\b(?:every|each|once a|twice a|(?:\p{L}+|\d+) times a) (?:single )?(?:day|morning|evening|night|week|weekend|month|year|summer|winter|other day|(?:mon|tues|wednes|thurs|fri|satur|sun)day)s?\b|\bon (?:weekends|(?:mon|tues|wednes|thurs|fri|satur|sun)days)\b|\b(?:in|during) my (?:free|spare) time\b|\bfor a living\b|\ba (?:day|week|month)\b|\bto work\b/iu;
/** Verbs that say nothing of a habit: states, what is done by saying it, and what needs another verb. */
const NO_HABIT =
  /^(?:be|have|not|cannot|~.*|think|know|guess|mean|hope|believe|feel|want|need|wish|see|hear|say|tell|ask|agree|promise|suggest|forget|remember|die|pay|owe|look|seem|get|come|let|make|keep|like|love|hate|try|understand|wonder|bet|swear|find|lose|miss|thank|wait|run (?:out|into|late|over)|play the)\b/iu;
/** Verbs that with a thing in general say nothing of a habit either, beside those above. */
const NO_DEED =
  /^(?:go|give|put|bring|hold|show|send|leave|call|start|stop|finish|end|help|mind|care|doubt|expect|suppose|imagine|recommend|apologi[sz]e|appreciate|admit|deserve|prefer|enjoy|adore|detest|dislike|trust|smell|taste|sound|appear|own|belong|cost|fit|matter|happen|become|stay|stand|sit|lie|fall|catch|cover|use|open|close|turn|move|choose|notice|recogni[sz]e|realize|respect|support|regret|accept|refuse|offer|beg|insist|blame|plead|second|book|order|remind|demand|worry|want|wanna|gonna|gotta|talk|speak|live|work|happen|lack|include|receive|check|change)$/i;
/** Nouns that with a verb are an idiom, or say nothing: "take care", "do things". */
const NO_THING =
  /^(?:things?|stuff|care|sense|time|place|part|home|back|business|nothing|something|anything|everything|someone|everyone|people|words|hands?|breakfast|lunch|dinner|tea|notes?|orders?|cash|cards?|names?|turns?|sure|fun|one|ones|two|three|half|all|sides|it|work|justice|wonders|damage|friends?|way|ways|questions?|advice|attention|bookings|deliveries|returns|refunds|payments?|credit)$/i;

/** True if a predicate says that something is done often, or always: "I always ...". */
export function isOften(predicate: string, hasAdverb: boolean): boolean {
  return !NO_HABIT.test(predicate) && (hasAdverb || OFTEN.test(predicate));
}

/** "love", "don't like": who likes things in general says something lasting. */
const TASTE =
  /^(?:(?:not (?:really |much )?)?(?:love|hate|adore|enjoy|like|dislike|detest|care for|prefer)|cannot stand|be into|be not into) /i;
/** Nothing in general. */
const NO_SUBJECT =
  /^(?:seeing|hearing|being|having|doing|saying|going|getting|ours|yours|mine|words|more|most|many|much|such|other|same|ones?|things?|stuff|part|bit|ways?|idea|sound)$/i;

/** True if a predicate says that somebody likes or hates things in general: "hate Mondays", "love old trains". */
export function isTaste(predicate: string, tag: Tag): boolean {
  const [verb] = TASTE.exec(predicate) ?? [];
  if (verb === undefined) return false;
  const words = tag(`I ${predicate}`).filter(({ index }) => index >= verb.length + 2);
  const end = words.findIndex(
    ({ pos, lower }) => !/^(?:NOUN|PROPN|ADJ)$/.test(pos) && !/^\p{L}{3,}ing$/u.test(lower),
  );
  const phrase = end < 0 ? words : words.slice(0, end);
  const [first] = phrase;
  const head = phrase.at(-1);
  if (!first || !head || NO_SUBJECT.test(first.lower) || NO_SUBJECT.test(head.lower)) return false;
  const isThing = /^(?:NOUN|PROPN)$/.test(head.pos) || head.lower.endsWith('ing');
  const others = words.slice(phrase.length);
  return isThing && others.every(({ pos }) => !/^(?:VERB|AUX|PRON|PART|SCONJ)$/.test(pos));
}

/** True if a predicate is a deed to a thing in general, which the simple present says of habits: "fix bikes". */
export function isDeed(predicate: string, tag: Tag): boolean {
  if (NO_HABIT.test(predicate) && !/^(?:make|keep) /.test(predicate)) return false;
  const [, verb, ...rest] = tag(`I ${predicate}`);
  if (!verb || NO_DEED.test(verb.lower) || !/^(?:VERB|AUX|NOUN)$/.test(verb.pos)) return false;
  if (verb.pos !== 'NOUN' && verb.lower !== verb.lemma) return false;
  const phrase = rest.slice(0, endOf(rest.map(({ pos }) => pos)));
  const head = phrase.at(-1);
  return (
    head !== undefined &&
    head.pos === 'NOUN' &&
    !NO_THING.test(head.lower) &&
    rest.slice(phrase.length).every(({ pos }) => !/^(?:VERB|AUX|PRON)$/.test(pos))
  );
}

/** Words from the beginning that may be a noun without an article. */
function endOf(pos: readonly string[]): number {
  const end = pos.findIndex((each) => !/^(?:NOUN|ADJ)$/.test(each));
  return end < 0 ? pos.length : end;
}
