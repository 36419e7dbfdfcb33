/** Whose task it is: the speaker's, the one's spoken to, somebody's named, or the group's. */
export type Who = 'speaker' | 'listener' | 'third' | 'group';
export interface Trigger {
  pattern: RegExp;
  who: Who;
  /** Asking kindly may say "maybe"; promising may not. */
  polite: boolean;
  /** What the other has to answer for it to be a task: then it is theirs, or of `speaker` the one's who offered. */
  answer?: RegExp;
  /** True if it is a bare verb. */
  isOrder?: true;
}

/** What takes on what was only spoken of: "Who will order it?" - "I'll do it." */
const TAKEN_ON =
  /^(?:(?:oh|well|okay|ok|yes|yeah|sure|fine|all right|alright|no|good idea|you're right|right|don't worry)[,.!]? )*(?:I (?:will|can)(?= ?(?:do |$|[.,!]))|I'll (?:do|see to|take care of|handle|get) (?:it|that|this|them)|will do|I'd (?:love|be glad|be happy) to|with pleasure|right away|at once|let me do)/i;
/** The same, and what agrees. */
export const AGREED = new RegExp(
  `${TAKEN_ON.source}|^(?:good idea|great idea|you're right|okay|ok|all right|alright|sure|of course|no problem|certainly|yes|will do|fine|deal|gladly)\\b(?!,? but\\b)`,
  'i',
);
/** What is still open. */
export const NOT_DONE =
  /^(?:(?:oh|well|sorry|no|uh|actually|I'm afraid)[,.]? )*(?:not yet|I haven't|I didn't|I forgot|I'm (?:about|going) to|I'll do (?:it|that)|I still (?:have|need) to)\b/i;
const WELCOME =
  /^(?:(?:oh|yes|yeah|well|sure)[,.]? )*(?:please\b|that would be|that'd be|would you|yes\b|sure\b|great|thanks|thank you|good idea|that's (?:very )?(?:kind|nice)|if you (?:could|would|don't mind)|okay|ok\b|I'd (?:appreciate|love))/i;

const ADVERBS =
  '(?:(?:also|just|then|probably|definitely|certainly|really|please|actually|quickly|sort of|kind of|go ahead and|go and|come and|do me a favou?r and|possibly|still|only have to|be sure to|try and|personally|first|now) )*';
const trigger = (
  source: string,
  who: Who,
  polite = false,
  answer: RegExp | undefined = undefined,
): Trigger => ({
  pattern: new RegExp(`(?:${source}) ${ADVERBS}(?<verb>[a-z][a-z-]+)\\b(?<rest>.*)$`, 'giu'),
  who,
  polite,
  ...(answer && { answer }),
});

export const TRIGGERS: Trigger[] = [
  trigger(
    "\\bI(?: still| also| just| only| really)?(?:'ll(?: have to| need to)?| will(?: have to| need to)?|'m going to|'m gonna| am going to| need to| have to| must|'ve got to| have got to| gotta| should| promise to| promised to| can definitely|'d better| had better|'m planning to| am planning to| won't forget to)",
    'speaker',
  ),
  trigger("\\b(?:I'm going to|I'm gonna|I'll) be(?= \\p{L}+ing\\b)", 'speaker'),
  trigger(
    "\\bI(?:'ll| will|'m going to|'m gonna| am going to) be responsible for|\\bI(?:'m| am) responsible for",
    'speaker',
  ),
  trigger("\\bI(?:'m| am) (?:supposed|meant) to|\\bmy (?:job|role|task) is to", 'speaker'),
  trigger('\\b(?:I|we) can', 'speaker'),
  trigger('\\blet me', 'speaker'),
  trigger('\\bremind me to', 'speaker', true),
  trigger("\\bI(?:'d| would) like you to|\\bI (?:need|want) you to(?! meet)", 'listener', true),
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
  trigger("\\byou(?:'re going to|'re gonna| are going to|'ll)", 'listener', true, AGREED),
  trigger(
    "\\bwhy don't you|\\bare you (?:going|planning) to|\\byou(?:'d| had) better|\\b(?:do you think|if) you (?:could|would)|\\bwould you be able to|\\bshouldn't you|\\bcan't you",
    'listener',
    true,
    AGREED,
  ),
  trigger(
    "\\bwho(?:'s| is) going to|\\bwho(?:'ll| will| can| could| wants to)|\\b(?:some|any)(?:one|body) (?:has to|needs to|should|must|will have to)",
    'listener',
    true,
    TAKEN_ON,
  ),
  trigger(
    '\\b(?:did|have|has) (?:you|anyone|anybody)(?: already| ever)?',
    'listener',
    true,
    NOT_DONE,
  ),
  trigger(
    '\\b(?:shall|should) I|\\bI could|\\b(?:do you want|would you like) me to',
    'speaker',
    true,
    WELCOME,
  ),
  {
    // "Make three copies of this, will you?"
    pattern:
      /^(?:(?:yes|yeah|okay|ok|and|so|then|also|well|right)[, ]+)*(?<verb>[a-z][a-z-]+)\b(?<rest> .*)$/giu,
    who: 'listener',
    polite: true,
    answer: AGREED,
    isOrder: true,
  },
  {
    // "I still haven't bought a present."
    pattern:
      /\bI(?: still)? haven't (?<verb>(?!had|been|got|seen|heard|met)[a-z]+(?:ed|t|n|de|d))\b(?<rest> .*)$/giu,
    who: 'speaker',
    polite: true,
  },
  trigger('(?:^|[,.;] |\\band |\\bso )please', 'listener', true),
  {
    // "Bring the papers, please."
    pattern:
      /^(?:(?:yes|yeah|okay|ok|and|so|then|also|well|right)[, ]+)*(?!just\b|only\b|not\b|another\b|some\b)(?<verb>[a-z][a-z-]+)\b(?<rest> [^,]*,? please\b.*)$/giu,
    who: 'listener',
    polite: true,
  },
  trigger(
    "\\b(?:we'll|we will|we need to|we have to|we've got to|we're going to|we're gonna|we should|let's|we must)",
    'group',
  ),
];

/** What makes the words before a trigger no promise: a question, a condition, somebody's report. */
export const BEFORE_SPOILS =
  /\b(?:if|unless|whether|when|whenever|what|how|why|where|who|which|until|before|after|because|do|does|did|should|would|wish|hope|said|says|saying|told|asked|not|don't think|imagine|suppose|supposing|maybe|perhaps|once|as soon as|everything|all|that|things?|in case|means|where|while|than|sometimes|usually|whatever)\s*(?:that\s+)?$/i;
export const POLITE_BEFORE_SPOILS =
  /\b(?:if|unless|whether|when|whenever|what|how|why|where|who|until|because|things?|than|as|said|says|told|sometimes|usually|whatever|all|means|think|which)\s*$/i;
export const HYPOTHETICAL =
  /\b(?:maybe|perhaps|might|I wish|hypothetically|would have|could have|should have|in theory|supposedly|if I were|if we were)\b/i;
export const CONDITION = /(?:^|[,;] |\b(?:and|but|so) )(?:if|unless|in case)\b/i;
/** Conditions that are only manners: "if it's helpful, could you ...". */
export const MANNERS =
  /\b(?:if (?:it's|it is|that's|that is|that would be) (?:helpful|okay|ok|possible|alright)|if (?:you like|you don't mind|you don't have|you can|possible))\b/i;
export const CONDITION_AFTER =
  /^[^,]*\bif (?:you|I|we|he|she|they|it) (?:want|like|need|can|could|would|have|get|wish)/i;
/** What is done every day has no day it is due. */
export const DAILY =
  /\b(?:every|each|daily|twice|in the (?:morning|afternoon|evening)|at night)\b/i;
export const HABIT =
  /\b(?:always|usually|every day|normally|often|sometimes|generally|typically|whenever)\b/i;
export const REFUSAL =
  /^(?:(?:oh|well|um|hmm|but|ah|honestly|listen)[,.]? )*(?:no\b(?!,? (?:problem|worries|trouble))|nope|never|I can't|I cannot|I won't|I couldn't|sorry|I'm (?:sorry|afraid|busy|not|away)|do (?:we|I) have to|I'd rather|I'd (?:love|like) to,? but|I would,? but|I wish|I don't|I haven't|not (?:now|today|really|yet|again|me|after|on|in)|unfortunately|you must be|are you (?:kidding|joking|serious|mad|crazy)|certainly not|absolutely not|of course not|forget it|why\b|what for|ask (?:somebody|someone|him|her|your)|do it yourself|I(?:'ve)? already|already done|(?:(?:okay|ok|yes|right|there)[,.] )?(?:all )?done\b|I did (?:that )?already)|\b(?:here (?:you (?:go|are)|it is|they are)|there you (?:are|go)|coming (?:right )?up|just a (?:moment|second|minute|sec)|one (?:moment|second)|hold on|hang on|is that better|I'd rather not|but I can't|I really can't)\b/i;
export const PLEDGE =
  /^(?:yes|yeah|yep|sure|okay|ok|of course|will do|no problem|absolutely|certainly|I will|I'll|right|alright|got it|definitely|happy to|on it|consider it done)\b/i;
/** What is asked for or offered to be done at once. */
export const ON_THE_SPOT =
  /^(?:open|close|shut|fasten|hold|pass|press|push|turn|switch|breathe|look|taste|smell|repeat|spell|weigh|wrap|show|sit|stand|roll|undress|step|slow|stop|speak|explain|recommend|suggest|swallow|bend|count|zip|lift|peel|stir|scan|swipe|grab)\b(?! (?:after|for|into|up)\b)/i;
/** What one does while talking. */
export const IN_PASSING =
  /^(?:check|get|find|ask|help|try|write|explain|introduce|show|count|read|open|grab|measure|think|see|have|take|put)$/i;
export const MADE_AT_ONCE = /^(?:make|open|close|wrap|bring|get|fetch|show|call)$/i;
export const AT_THE_COUNTER = /^I (?:need|have) to\b/i;
/** How a shop, an office or a surgery begins. */
export const SERVICE =
  /\bhelp you\b|\bwhat can I do\b|\bnext,? please\b|^(?:good (?:morning|afternoon|evening)|hello|yes, (?:sir|madam))\b[^,]*[.!?]$/i;
/** What is done in the room or at the desk where it is spoken of. */
export const IN_THE_ROOM =
  /^(?:(?:open|close|shut|answer|turn|switch|get)\b.*\b(?:doors?|windows?|lights?|tv|television|radio|music|volume|tap|phone)\b|(?:get|fetch|put on|take off|change) (?:my|your|our|the) (?:coat|jacket|shoes|boots|bag|keys|car|glasses|purse|wallet|umbrella|hat|gloves|clothes|shirt)\b|(?:buy|get|bring) (?:you|us|me) an? (?:drink|beer|pint|coffee|tea)\b|(?:make|pour|put on) (?:(?:us|you|me) )?(?:(?:some|an?|the|fresh) )*(?:cup of |pot of |drop of )?(?:coffee|tea|kettle)\b|(?:sign|write|fill|enter|put|type|initial)\b.*\bhere\b)/i;
/** What the speaker takes back in the same breath: "I promised to help, but I can't". */
export const TAKEN_BACK =
  /\bbut (?:I|we) (?:can't|cannot|couldn't|won't|didn't|don't want to)(?=[.,!]|$)/i;
/** What goes on time and again: "I have to pay two hundred a month". */
export const RECURS = /\b(?:an?|per|every|each) (?:day|night|week|month|year)\b/i;
/** Advice, and what one says without taking it. */
export const ADVICE = /^you (?:should|could|must)\b/i;
export const NOT_TAKEN =
  /^(?:(?:oh|well|but|yes|yeah)[,.]? )*(?:I know[.,](?!.*\bI(?:'ll| will)\b)|maybe|perhaps|I'm (?!going|on it|sure|happy)|I (?:hate|never|doubt)\b|really\?|you think)/i;
/** What gives that which was asked for: "Sure, it's 555." */
export const GIVEN = /(?:^|[,.!] )(?:it's|it is|here's|my (?:name|number|address) is)\b/i;
/** What is done while the other waits. */
export const RIGHT_AWAY =
  /^(?:bring|get|fetch|make|wrap|open|find|check|change|take)\b.*\b(?:right away|straight away|at once|right now|in a (?:moment|minute|second))\b/i;
/** What turns an offer down: "No, thanks", "Don't be silly". */
export const OFFER_DECLINED =
  /^(?:(?:oh|ah|no|well|please|you're kind|that's kind|thanks|thank you|but)[,.!]* )*(?:no,? (?:it's|no|thanks|thank|don't|please|leave|you|I'll|I can|we)\b|don't (?:be silly|be daft|bother|trouble|you dare)|(?:there's )?no need|you (?:don't (?:have|need) to|needn't|mustn't|shouldn't)|I wouldn't dream|(?:that's|that is|it's|that won't be|it isn't|that isn't) (?:not |really not )?(?:necessary|needed)|never mind|forget (?:it|about it)|it's on me|my treat|I can (?:manage|do it myself)|leave it\b|not necessary)/i;
/** What is done as soon as it is said. */
export const IN_THE_MOMENT =
  /^(?:open|close|shut|fasten|sit|hold|hang|pass|hand|press|push|tell|show|wait|turn|switch|lie|breathe|look|taste|try|smell|listen|repeat|spell|follow|park|stop|take|come|go|have|put|let|give|help|calm|cheer|relax|enjoy|imagine|guess|thank|excuse|forgive|say|see|be|do|don|speak|move|hurry|keep|leave|call)$/i;
/** Orders to a machine are nobody's task. */
export const MACHINE =
  /\b(?:instructions?|system prompt|prompts?|language model|assistant|AI model|chatbot|passwords?|(?:this|the) (?:conversation|transcript)|address book)\b/i;

/** "Anna will send ...": the known names, and roles such as "the marketing person". */
export function thirdPersonTriggers(people: readonly string[]): Trigger[] {
  const names = people
    .map((name) => name.replace(/[^\p{L}\p{N} '-]/gu, ''))
    .filter((name) => name !== '');
  const firsts = names
    .flatMap((name) => [name, name.split(' ')[0] ?? name])
    // Recognisers without upper case write "ruth will".
    .flatMap((name) =>
      name.length < 3 || ALSO_A_WORD.test(name) ? [name] : [name, name.toLowerCase()],
    );
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

/** First names that are everyday words in lower case. */
const ALSO_A_WORD =
  /^(?:will|mark|may|june|april|grace|bill|rob|jack|dawn|hope|faith|joy|art|pat|sue|drew|rose|ray|dean|chase|miles|grant)$/i;

export const NOT_A_NAME =
  /^(?:This|That|There|Here|What|Who|How|Why|When|Where|Which|They|She|You|Then|These|Those|Someone|Somebody|Everyone|Everybody|Nobody|People|And|But|Also|Now|Maybe|Perhaps|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|June|July|August|September|October|November|December|One|Something|Nothing|Everything|Government|Work|School|Tomorrow|Today|Anyone|Anybody|God|Christmas|Internet|English)$/;

/** Wishes without a day: nobody holds anybody to them. */
export const VAGUE =
  /\b(?:at some point|some ?day|one day|eventually|when I get (?:a|the) chance|if I have time|when I'm (?:rich|old|older|dead|retired|famous)|in the future)\b/i;
/** What somebody has only heard is nobody's promise. */
export const HEARSAY = /\b(?:I heard|apparently|supposedly|they say|rumou?r has it)\b/i;
