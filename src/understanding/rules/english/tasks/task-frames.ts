/** Whose task it is: the speaker's, the one's spoken to, somebody's named, or the group's. */
export type Who = 'speaker' | 'listener' | 'third' | 'group';
/** How people take on a task or give one; the verb of the task follows. */
export interface TaskFrame {
  /** Its name in the table of weights. */
  name: string;
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
  /^(?:(?:oh|well|okay|ok|yes|yeah|sure|fine|all right|alright|no|good idea|you're right|right|don't worry)[,.!]? )*(?:I (?:will|can)(?= ?(?:do |$|[.,!]))|I'll (?:see to |take care of |[a-z]+ )(?:it|that|this|them|him|her)|leave (?:it|that) (?:with|to) me|will do|I'd (?:love|be glad|be happy) to|with pleasure|right away|at once|let me do)/i;
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
  '(?:(?:also|just|then|probably|definitely|certainly|really|please|actually|quickly|sort of|kind of|go ahead and|(?:go|come|pop)(?: (?:up|round|over|in|by|down|along))? and|do me a favou?r and|possibly|still|only have to|be sure to|try and|personally|first|now) )*';
const frame = (
  name: string,
  source: string,
  who: Who,
  polite = false,
  answer: RegExp | undefined = undefined,
): TaskFrame => ({
  name,
  pattern: new RegExp(`(?:${source}) ${ADVERBS}(?<verb>[a-z][a-z-]+)\\b(?<rest>.*)$`, 'giu'),
  who,
  polite,
  ...(answer && { answer }),
});

export const TASK_FRAMES: TaskFrame[] = [
  frame(
    'promise',
    "\\bI(?: still| also| just| only| really)?(?:'ll| will| promise to| promised (?:\\p{Lu}\\p{L}+ |him |her |them |you )?to| can definitely| won't forget to)(?! (?:have|need) to\\b)",
    'speaker',
  ),
  frame(
    'plan',
    "\\bI(?:'m| am)? ?(?:going to|gonna|planning to|supposed to|meant to)|\\bmy (?:job|role|task) is to",
    'speaker',
  ),
  frame(
    'duty',
    "\\bI(?: still| also| just| only| really)? ?(?:'ll (?:have|need) to|will (?:have|need) to|need to|have to|must|'ve (?:got )?to|have got to|'m to|am to|gotta|should|'d better|had better|'d best)",
    'speaker',
  ),
  frame(
    'ongoing',
    "\\b(?:I'm going to|I'm gonna|I'll) be(?: responsible for)?(?= \\p{L}+ing\\b)|\\bI(?:'m| am) responsible for(?= \\p{L}+ing\\b)",
    'speaker',
  ),
  frame(
    'doing',
    "\\bI(?:'m| am)(?: just| now| still)?(?= (?!going to\\b)\\p{L}+ing\\b)",
    'speaker',
  ),
  frame('able', '\\b(?:I|we) can', 'speaker'),
  frame('let me', '\\blet me(?! forget)', 'speaker'),
  frame(
    'remind',
    "\\b(?:remind me to|(?:don't|do not) let me forget to|(?:note|memo|reminder) to (?:self|myself)[,:.]?(?: to)?)",
    'speaker',
    true,
  ),
  frame('still', "\\bI still haven't", 'speaker', true),
  frame(
    'wish',
    "\\bI(?:'d| would) like you to|\\bI (?:need|want) you to(?! meet)",
    'listener',
    true,
  ),
  frame(
    'request',
    '\\b(?:can|could|would|will) (?:you|you guys)(?: all| both)?|\\bwould you mind',
    'listener',
    true,
  ),
  frame(
    'reminder',
    "\\b(?:don't|do not|please don't) forget to|\\b(?:please )?remember to|\\b(?:please )?(?:make sure|be sure)(?: that)? (?:you|to)",
    'listener',
    true,
  ),
  frame(
    'advice',
    "\\byou(?:'ll need to| need to| have to| must| should|'ve got to)",
    'listener',
    true,
  ),
  // "You tell Bushra."
  frame('you', '(?:^|[,;] |\\band |\\bthen )you', 'listener', true),
  frame(
    'taken advice',
    "\\byou(?:'re going to|'re gonna| are going to|'ll)|\\bwhy don't you|\\bare you (?:going|planning) to|\\byou(?:'d| had) better|\\b(?:do you think|if) you (?:could|would)|\\bwould you be able to|\\bshouldn't you|\\bcan't you",
    'listener',
    true,
    AGREED,
  ),
  frame(
    'volunteer',
    "\\bwho(?:'s| is) going to|\\bwho(?:'ll| will| can| could| wants to)|\\b(?:some|any)(?:one|body) (?:has to|has got to|'s got to|needs to|should|must|will have to)|\\bwho(?:'s| is)(?= \\p{L}+ing\\b)|\\bwhose turn is it to",
    'listener',
    true,
    TAKEN_ON,
  ),
  frame(
    'not yet',
    '\\b(?:did|have|has) (?:you|anyone|anybody)(?: already| ever)?',
    'listener',
    true,
    NOT_DONE,
  ),
  frame(
    'offer',
    '\\b(?:shall|should) I|\\bI could|\\b(?:do you want|would you like) me to',
    'speaker',
    true,
    WELCOME,
  ),
  {
    // "Make three copies of this, will you?"
    name: 'order',
    pattern:
      /^(?:(?:yes|yeah|okay|ok|and|but|so|then|also|just|otherwise|well|right)[, ]+)*(?<verb>[a-z][a-z-]+)\b(?<rest> .*)$/giu,
    who: 'listener',
    polite: true,
    answer: AGREED,
    isOrder: true,
  },
  frame('please', '(?:^|[,.;] |\\band |\\bso )please', 'listener', true),
  {
    // "Bring the papers, please."
    name: 'please',
    pattern:
      /^(?:(?:yes|yeah|okay|ok|and|so|then|also|well|right)[, ]+)*(?!just\b|only\b|not\b|another\b|some\b)(?<verb>[a-z][a-z-]+)\b(?<rest> [^,]*,? please\b.*)$/giu,
    who: 'listener',
    polite: true,
  },
  frame(
    'group plan',
    "\\b(?:we'll|we will|we need to|we have to|we've got to|we're going to|we're gonna|we should|we must)",
    'group',
  ),
  frame("let's", "\\blet's", 'group'),
];

/** "Anna will send ...": the known names, and roles such as "the marketing person". */
export function thirdPersonFrames(people: readonly string[]): TaskFrame[] {
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
      name: 'third',
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
