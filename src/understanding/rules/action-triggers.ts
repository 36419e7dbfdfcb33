/** Whose task it is: the speaker's, the one's spoken to, somebody's named, or the group's. */
export type Who = 'speaker' | 'listener' | 'third' | 'group';
export interface Trigger {
  pattern: RegExp;
  who: Who;
  /** Asking kindly may say "maybe"; promising may not. */
  polite: boolean;
}

const ADVERBS =
  '(?:(?:also|just|then|probably|definitely|certainly|really|please|actually|quickly|sort of|kind of|go ahead and|go and|still|only have to|be sure to|try and|personally|first|now) )*';
const trigger = (source: string, who: Who, polite = false): Trigger => ({
  pattern: new RegExp(`(?:${source}) ${ADVERBS}(?<verb>[a-z][a-z-]+)\\b(?<rest>.*)$`, 'giu'),
  who,
  polite,
});

export const TRIGGERS: Trigger[] = [
  trigger(
    "\\bI(?: still| also| just| only| really)?(?:'ll(?: have to| need to)?| will(?: have to| need to)?|'m going to|'m gonna| am going to| need to| have to| must|'ve got to| have got to| gotta| should| promise to| promised to| can definitely)",
    'speaker',
  ),
  trigger("\\b(?:I'm going to|I'm gonna|I'll) be", 'speaker'),
  trigger(
    "\\bI(?:'ll| will|'m going to|'m gonna| am going to) be responsible for|\\bI(?:'m| am) responsible for",
    'speaker',
  ),
  trigger("\\bI(?:'m| am) (?:supposed|meant) to|\\bmy (?:job|role|task) is to", 'speaker'),
  trigger('\\b(?:I|we) can', 'speaker'),
  trigger('\\blet me', 'speaker'),
  trigger('\\bremind me to', 'speaker', true),
  trigger("\\bI(?:'d| would) like you to|\\bI (?:need|want) you to", 'listener', true),
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
  trigger("\\byou(?:'re going to|'re gonna| are going to|'ll)", 'listener'),
  trigger('(?:^|[,.;] |\\band |\\bso )please', 'listener', true),
  {
    // "Bring the papers, please."
    pattern:
      /^(?:(?:yes|yeah|okay|ok|and|so|then|also|well|right)[, ]+)*(?<verb>[a-z][a-z-]+)\b(?<rest> [^,]*,? please\b.*)$/giu,
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
  /^(?:no\b(?!,? (?:problem|worries))|nope|I can't|I cannot|I won't|sorry, (?:I can't|no)|not (?:now|today|really|yet)|I already (?:did|have|sent)|already done|(?:all )?done\b|here you (?:go|are)|I did (?:that )?already|I don't (?:think|want))/i;
export const PLEDGE =
  /^(?:yes|yeah|yep|sure|okay|ok|of course|will do|no problem|absolutely|certainly|I will|I'll|right|alright|got it|definitely|happy to|on it|consider it done)\b/i;
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
  /\b(?:at some point|some ?day|one day|eventually|when I get (?:a|the) chance|if I have time|in the future)\b/i;
/** What somebody has only heard is nobody's promise. */
export const HEARSAY = /\b(?:I heard|apparently|supposedly|they say|rumou?r has it)\b/i;
