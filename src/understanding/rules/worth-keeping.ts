import { countBroadcastCues } from './broadcast.ts';
import type { Sentence } from './sentences.ts';
import type { TalkContext } from './talk-context.ts';
import type { TalkLanguage } from './talk-language.ts';

/** Sentences for each cue of a programme, at most: a single "stay tuned" is no radio. */
const SENTENCES_PER_CUE = 8;

const GREETING =
  "good (?:morning|afternoon|evening|night|day)|morning|evening|hello|hi(?: there)?|hey(?: there)?|welcome|nice to (?:see|meet) you|pleased to meet you|how do you do|what's up|how(?:'s| is| are| have) (?:you|it|things|everything|life|your day)(?: been)?(?: doing| going| keeping)?(?: today)?|and (?:you|yourself)|(?:i'm |i am |we're |all )?(?:fine|good|great|well|all right|alright|okay|not (?:too )?bad)|can't complain|(?:you )?all right";
const PARTING =
  'bye(?:[ -]?bye)?|good ?bye|see you(?: (?:later|soon|tomorrow|then|around|there|again|next time))?|take care|(?:have a|a) (?:nice|good|great|lovely|pleasant|safe) (?:day|one|evening|night|weekend|week|time|trip|morning|afternoon)|sleep well|sweet dreams|(?:talk|speak) (?:to you )?(?:later|soon)|catch you later|until next time|you too|same to you|me too';
const MANNERS =
  "thanks?(?: you)?(?: (?:so|very) much| a lot| a million)?|many thanks|sorry(?: about that)?|no (?:problem|worries|trouble)|(?:you're )?(?:very )?welcome|don't mention it|my pleasure|excuse me|pardon(?: me)?|bless you|cheers|after you|go ahead|please|never mind|it's (?:fine|nothing|okay|all right)|that's (?:okay|all right|fine)|here you (?:go|are)|there (?:you|we) (?:go|are)";
const MICROPHONE =
  'can you (?:all )?hear me(?: now)?|(?:yes )?i can hear you(?: now)?|is (?:this|it)(?: thing)? (?:on|working|recording)|are you there|(?:testing|test|check) (?:the )?(?:mic|microphone|recorder|recording)|(?:(?:test|testing|check|mic|microphone|recording)\\b ?)+|one two(?: (?:three|four|five))*|(?:hey |okay |ok |hi )?(?:siri|alexa|google|cortana)';
const WEATHER =
  "(?:it's |it is )?(?:a )?(?:so |very |really |quite |pretty |rather |bit |little )*(?:nice|lovely|beautiful|awful|terrible|cold|chilly|freezing|hot|warm|sunny|rainy|windy|humid|mild)(?: weather| day| out(?: there)?| outside)*(?: today| again)?(?: isn't it| innit)?|i should have brought (?:a|my) (?:coat|jacket|umbrella|scarf)";
const ASIDE =
  "(?:which|what) floor|(?:ground|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)(?: floor)?|where did i (?:put|leave)(?: (?:it|that|them))?|what was i (?:saying|going to say|doing)|let me (?:see|think)|come (?:on|in)|let's go|(?:just )?(?:a|one) (?:moment|second|minute|sec)|(?:hang|hold) on|wait|stop it|careful|oops|ouch|wow|whoa|crazy|cool|i (?:know|see)|what|nothing|really|exactly|indeed|true|of course|got it|go on|oh my (?:god|goodness)|i don't know|(?:(?:ha|he|ho|la|na|da|di|dum)+\\b ?)+";
const FORMULA = new RegExp(
  `(?<![\\p{L}'])(?:${[GREETING, PARTING, MANNERS, MICROPHONE, WEATHER, ASIDE].join('|')})(?![\\p{L}'])`,
  'giu',
);
/** What may stand between such phrases and says nothing either. */
const PARTICLES = new Set(
  `a ah aha and but everyone everybody folks guys hm hmm huh is it just mhm mm no not now nope oh ok
  okay ooh right so sure that the then there this too uh uh-huh um well yeah yep yes you`.split(
    /\s+/,
  ),
);

/** True if a sentence only greets, thanks, tests a microphone, or shows that somebody listens. */
function isPhatic(text: string, names: ReadonlySet<string>): boolean {
  const plain = text
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/[^\p{L}\p{N}' -]+/gu, ' ')
    .replace(/\s+/g, ' ');
  const left = plain.replace(FORMULA, ' ').split(/[\s-]+/);
  return left.every((word) => word === '' || PARTICLES.has(word) || names.has(word));
}

/**
 * True if a talk shows that nobody will miss it: it holds no words, only greetings, thanks, small talk
 * about the weather or the test of a microphone, or a programme that ran in the room. Everything else
 * is kept, however short it is, and so is all talk in a language that the rules do not know.
 */
export function isEmptyTalk(context: TalkContext, language: TalkLanguage): boolean {
  const { sentences, names, userName } = context;
  const called = new Set(
    [...names, userName ?? ''].flatMap((name) => name.toLowerCase().split(/\s+/)),
  );
  const isEmpty = ({ text }: Sentence): boolean =>
    isPhatic(text, called) || language.isPhatic(text);
  if (sentences.every(isEmpty)) return true;
  if (!language.isEnglish) return false;
  const others = sentences.filter(({ isUser }) => !isUser);
  if (sentences.some((sentence) => sentence.isUser && !isEmpty(sentence))) return false;
  const cues = countBroadcastCues(others);
  return cues > 1 && cues * SENTENCES_PER_CUE >= others.length;
}
