import { RELATIVE } from './statements.ts';

/**
 * What lasts of that which people say of themselves. A frame is matched against the predicate of a statement
 * (see statements.ts). What is `sure` is stated; the rest is likely, and asks the user for a review.
 */
export interface FactFrame {
  pattern: RegExp;
  isSure: boolean;
}

const ILLNESS =
  '(?:(?:type (?:one|two|1|2) )?diabetes|asthma|arthritis|migraines?|epilepsy|(?:high|low) blood pressure|hay fever|coeliac disease|celiac disease|adhd|insomnia|dyslexia|autism|anxiety|depression|tinnitus|eczema|psoriasis|gout|heart (?:condition|disease|problems?)|bad (?:back|knees?|heart|hip|shoulder)|pacemaker|cancer|(?:[a-z]+ )?allerg(?:y|ies)(?: to .+)?)';
const COUNT = '(?:an?|no|one|two|three|four|five|six|seven|eight|nine|ten|\\d+|twin)';
const OWNED =
  '(?:kids?|child(?:ren)?|daughters?|sons?|boys?|girls?|baby|babies|brothers?|sisters?|siblings|twins|grandchild(?:ren)?|grandsons?|granddaughters?|nieces?|nephews?|wife|husband|girlfriend|boyfriend|fiancée?|dogs?|cats?|puppy|kittens?|horses?|ponies|pony|rabbits?|parrots?|hamsters?|hens|chickens|goldfish|bees|tortoises?|retriever|labrador|poodle|beagle|terrier|bulldog|shepherd|roommates?|flatmates?|car|van|truck|motorbike|motorcycle|scooter|boat|caravan|camper|house|flat|apartment|cabin|cottage|farm|garden|allotment|balcony|piano|guitar|tattoos?|scholarship|business|degree|phd|masters?|podcast|blog)';
/** Endings of words for what people are by trade or way of life. */
const TRADE =
  '(?:[a-z-]+ ){0,3}(?:[a-z]{3,}(?:er|or|ist|ian|eer|ant|man|woman|guard|medic)|nurse|chef|cook|student|pupil|vegetarian|vegan|diabetic|architect|surgeon|pilot|therapist|coach|mechanic|midwife|judge|priest|clerk|freshman|sophomore|junior|grad|night owl|(?:early|morning) (?:person|bird)|people person|only child|twin|widow|widower|veteran|freelancer|coeliac|celiac|pescatarian|civil servant|introvert|extrovert|single (?:mother|mum|mom|father|dad|parent)|(?:step|foster|new |grand)?(?:mother|mum|mom|father|dad|parent|grandma|grandpa)|(?:(?:big|huge|massive) )?fan of .+|member of .+)';
/** Of that form, but no trade. */
const NO_TRADE =
  '(?!(?:[a-z-]+ )*(?:believer|winner|loser|sucker|liar|stranger|fighter|beginner|monster|disaster|member(?! of)|customer|number|matter|bother|favor|error|factor|author of|visitor|neighbou?r|owner|fan(?! of)|human|person(?<!night person|morning person|people person)|foreigner|giant|man|woman|learner|goner|nuisance|dreamer|spy|gambler|survivor|regular|supporter of|bit|little|lot|passenger|caller|tourist|newcomer|volunteer today|minor|disappointment|older|younger|better|later|closer|faster|sooner|nicer|bigger|smaller|longer|shorter)\\b)';
/** What nobody is allergic to but in jest. */
const JEST =
  '(?!(?:nonsense|bullshit|work|mondays?|meetings?|people|stupidity|drama|idiots?|exercise|sports?|mornings|rules|fun|you|it|that|this|him|her|them)\\b)';
/** What one lives in without being anywhere. */
const NO_PLACE =
  '(?!by the (?:rules|book)\\b|(?:in|on|for|at|with) (?:hope|fear|peace|harmony|denial|sin|style|luxury|poverty|debt|dreams?|pain|danger|misery|comfort|exile|interesting times|an? (?:dream|bubble|fantasy|world|society|country where|time|age|zoo|madhouse)|an age|the (?:past|moment|present|now|future|real world|shadows?|hope)|my (?:head|car|pyjamas)|it|that|this|weekends|you|the day)\\b)';
const SOMETHING =
  '(?!(?:it|that|this|to|how|when|what|you|him|her|them|those|these|me|us|one|the|a|an|your|my|both|all|each|every|some|any|another|more|too|seeing|hearing|being|having|doing|saying|going|things|ours|yours|words)\\b)';
const PEOPLE =
  '(?:Swiss|Greek|Dutch|French|Welsh|Czech|Thai|Muslim|Christian|Jewish|Buddhist|Hindu|Catholic|\\p{Lu}\\p{Ll}+(?:an|ish|ese|i))';
const STATE = `(?:(?:lactose|gluten)[ -]intolerant|diabetic|vegetarian|vegan|left-handed|colou?r-?blind|dyslexic|asthmatic|coeliac|celiac|pregnant|retired|unemployed|self-employed|divorced|widowed|engaged|single|separated|deaf|blind|bilingual|adopted|married|an only child)`;

const frames = (isSure: boolean, flags: string, ...sources: string[]): FactFrame[] =>
  sources.map((source) => ({ pattern: new RegExp(`^(?:${source})`, flags), isSure }));

export const FACT_FRAMES: readonly FactFrame[] = [
  ...frames(
    true,
    'iu',
    `be (?:(?:severely|very|mildly|deathly|highly|badly) )?allergic to ${JEST}.+`,
    `be ${STATE}\\b(?! (?:about|out|minded|thing|of)\\b)(?! (?:with|to) (?:my|the|your)\\b)`,
    `be an? ${NO_TRADE}${TRADE}\\b(?! (?:for (?:you|him|her|this|a|today)|to|at all|in the|who)\\b)`,
    'be (?:scared|terrified|afraid|frightened) of (?!(?:it|that|this|what|how|losing|missing|being|him|her|them|you)\\b).+',
    'work on (?:my|the|an?) (?:phd|thesis|dissertation|novel|book)\\b.*',
    'be learning (?!it|that|how|what|a lot|so|from\\b).+|be studying for (?:my|the|an?) .+',
    'be (?:called|named) \\p{Lu}.+',
    "be training for (?:the |an? |my )?[\\p{L}\\d ’'-]+",
    'be (?:the )?(?:oldest|eldest|youngest|middle child|one) of \\p{L}+.*',
    'be (?:[\\p{L}-]+|\\d+) years old',
    'be on an? (?:[a-z-]+ )?diet|be on (?:[a-z]+ )*medication.*',
    'be dating .+',
    `have (?:an? |no )?${ILLNESS}\\b`,
    `have ${COUNT} (?:[a-z-]+ ){0,3}${OWNED}\\b(?!['’]s)(?! (?:for (?:you|sale)|tires?|screen|battery|to [a-z]+|seat|rental|ticket|wash|shop|food|card|waiting|outside|coming|at the|on the (?:phone|line)|in (?:my|the|our) (?:class|team|group|way))\\b)`,
    `have an? .+ (?:named|called) \\p{L}+`,
    'own (?:an?|two|three|\\d+|my own) .+',
    `live ${NO_PLACE}(?:(?:in|on|near|at|outside|with|by|next to|close to) .+|alone\\b.*)`,
    'work (?:(?:nights|days|shifts|part[- ]time|full[- ]time|weekends) )?(?:at|for|as|in|with|from home) ?(?!(?:the (?:evening|morning|end|moment|weekend)|all|once|least|a (?:team|minute|while|dog)|home|it|that|this|you|on)\\b).*',
    'work (?:nights|shifts|part[- ]time|full[- ]time)\\b.*',
    'teach (?!him|her|them|you|me|old\\b)(?:\\p{L}+ ?){1,4}',
    'study (?!it|that|for|the)\\p{L}+.*',
    '(?:collect (?!my|your|the|it|them)|coach |volunteer |breed ).+',
    'run (?:an?|my own|our own) (?:\\p{L}+ ){0,3}(?:business|company|cafe|café|shop|store|restaurant|bakery|farm|hotel|bar|club|school|studio|blog|firm)\\b.*',
    '(?:smoke|vape)$',
    'play (?:the )?(?:piano|guitar|violin|viola|cello|drums|flute|bass|saxophone|trumpet|clarinet|organ|harp|tennis|football|soccer|basketball|volleyball|handball|baseball|chess|golf|hockey|squash|rugby|cricket|badminton|bridge)\\b(?! like)(?:(?: in| for| at| on| every| with my) .+)?',
    '(?:play|sing) in (?:an?|my|the|our) .*(?:band|choir|orchestra|team|league|group)\\b',
    'drive an? (?!hard bargain)(?:\\p{L}+ ?){1,4}',
    'wear (?:glasses|contacts|contact lenses|hearing aids?|braces)',
    'take (?:[a-z]+ (?:(?:tablets|pills) )?(?:for|against) (?:my )?.+|(?:insulin|blood thinners|antidepressants))',
    'have (?:an? )?(?:[a-z-]+ )?birthday (?:on|in) .+',
    'not (?:eat|drink) (?!(?:it|that|this|much|any of|enough|too|at|another|more|all|now|here|anything)\\b).+',
    'not (?:smoke|drive|drink|drink alcohol|eat meat)$',
    "not have (?:any )?(?:an? )?(?:kids?|children|car|siblings|brothers or sisters|pets?|driver's licen[cs]e|licen[cs]e)$",
    'cannot (?:eat|drink) (?!(?:it|that|this|much|any of|enough|too|at|another|more|all|now|here|anything)\\b).+',
    'cannot stand (?!(?:it|that|this|him|her|them|you|the|how|up)\\b)[a-z]+(?:ing|s)\\b.*',
    'cannot swim|cannot drive$',
    `(?:love|enjoy|hate|adore|detest) (?:[a-z]+ing(?! of\\b)|${SOMETHING}[a-z]+s)\\b.*`,
    `like (?!is\\b)${SOMETHING}(?:[a-z]{3,}ing|[a-z]{3,}s)\\b(?: and [a-z]+s?)?$`,
    'prefer (?!(?:it|that|this|if|not|to)\\b).+',
    'spend (?:my|our|the|most|a lot) .+ing\\b.*',
    '~(?:grew up|was born|was raised) (?:in|on|near) .+',
    '~(?:studied|majored in|graduated (?:from|in)) .+',
    '~(?:got|was) (?:married|divorced|engaged|laid off|promoted|fired|diagnosed)\\b.*',
    '~(?:passed away|died)\\b.*',
    '~(?:lost|quit) (?:my|the) job\\b.*',
    '~adopted (?:an?|two|our) .+',
  ),
  ...frames(
    true,
    'u',
    `be (?:(?:originally|half|part) )*${PEOPLE}\\b(?! (?:food|class|teacher|book|on)\\b)`,
    'be (?:originally )?from (?!(?:Mars|Venus|Earth)\\b)\\p{Lu}.+',
    'be an? (?:[a-z]+ )?(?:\\p{Lu}\\p{L}+ )+fan\\b.*',
    'be (?:down|up|over|out) in \\p{Lu}.+',
    'come from \\p{Lu}.+',
    'speak (?:(?:fluent|some|a little|a bit of) )?\\p{Lu}\\p{Ll}+(?:(?:,| and) \\p{Lu}\\p{Ll}+)*',
    'speak (?:two|three|four|five|six) languages',
    'be (?:married|engaged) to \\p{Lu}[\\p{L}-]+',
    '~moved (?:here )?from \\p{Lu}.+',
  ),
  ...frames(
    false,
    'iu',
    'be (?:in (?:college|university|high school|middle school|(?:the )?\\p{L}+ grade|kindergarten|preschool|the army|the navy)|at university)\\b.*',
    // "A dental nurse. Six years."
    `~was an? ${NO_TRADE}${TRADE}$`,
    'be between jobs',
    '(?:coach|grow) (?!(?:up|out|it|that|this|them|tired|old|older|more|less|the same|apart|used)\\b)\\p{L}+.*',
    'be into (?!(?:it|that|this|him|her|you|them)\\b)\\p{L}+.*',
    'be (?:expecting (?:our|my|an?|twins) ?(?!(?:call|visitor|guest|package|parcel|delivery|letter|email|friend)).*|due in .+)',
    'be (?:getting|about to get) (?:married|divorced)\\b.*',
    'be taking (?:an? )?(?:[\\p{L}-]+ ){0,3}(?:class|classes|course|courses|lessons)\\b.*',
    'be (?:trying to (?:lose weight|quit|get fit|get pregnant|learn|save|eat)|saving (?:up )?for|looking for an? (?:new )?(?:job|house|flat|apartment)|raising|planning to (?:move|retire|study|marry)|hoping to (?:become|study)|thinking of (?:moving|retiring|quitting))\\b.*',
    'be good at (?!(?:it|that|this)\\b).+|be bad at (?!(?:it|that|this)\\b).+',
    'be interested in (?!(?:it|that|this|the|your|buying|seeing|renting|a|an)\\b).+',
    'be (?:not )?an? (?:big|huge) fan of (?!(?:it|that|this)\\b).+',
    `(?:love|hate|adore|enjoy|like|dislike) ${SOMETHING}[\\p{L}’'-]+(?: [\\p{L}-]+)?(?: and [\\p{L}-]+)?$`,
    `not (?:really |much )?(?:like|enjoy|care for) ${SOMETHING}.+`,
    'want to become an? .+|dream of .+|plan to (?:become|study|retire|move) .+',
    'do (?:a lot of |some )?(?:[a-z]+ing|yoga|pilates|karate|judo|ballet)\\b.*',
    '(?:sing|paint|garden|bake|cook|knit|fish|hunt|surf|ski|cycle|camp|hike|jog|swim|coach|quilt|sail|climb|dance)$',
    'have (?:my|our) (?:[\\p{L}-]+ ){0,2}(?:course|class|lessons?|choir|rehearsals?)$',
    '~(?:bought|built|sold) (?:an?|our|my|our first|my first) (?:[\\p{L}-]+ ){0,2}(?:house|home|flat|apartment|condo|car|boat|farm|business|company)\\b.*',
    '~(?:got|found|started) (?:an?|my) (?:new )?(?:job|business|company|dog|cat|puppy|kitten)\\b.*',
    '~(?:started|opened|founded) (?:an?|my own|our own) .*(?:business|company|shop|store|restaurant|cafe|studio|blog|podcast)\\b.*',
    '~(?:retired|quit (?:smoking|drinking))\\b.*',
    '~signed up for (?:an? ).+|~joined (?:an?|the) .*(?:club|gym|team|choir|band|army|navy|group)\\b.*|~took up .+',
    '~had (?:an?|our|twins)? ?(?:baby|twins)\\b.*',
    '~has never (?:been to|eaten|tried|smoked|flown|driven|owned|seen snow) ?.*',
  ),
];

/** Names and days that are said of something; `x` is what is said, `k` of what. */
export const NAMED_FRAMES: readonly { pattern: RegExp; template: string }[] = [
  {
    pattern: new RegExp(
      `\\b[Mm]y (?<k>${RELATIVE}'?s?) (?:name is|name's) (?<x>\\p{Lu}[\\p{L}-]+)`,
      'u',
    ),
    template: '{k} name is {x}',
  },
  {
    pattern: new RegExp(
      `(?:^|, |\\b(?:and|but|so) )(?<x>\\p{Lu}\\p{Ll}+)(?:'s| is) (?:[Mm]y|[Oo]ur) (?<k>${RELATIVE})\\b`,
      'u',
    ),
    template: '{k} is {x}',
  },
  {
    pattern: new RegExp(
      `\\b[Mm]y (?<k>${RELATIVE})(?:,? |\\. )(?<x>(?!\\p{L}+day\\b|God\\b)\\p{Lu}\\p{Ll}+)(?=[,.;!?]|$| (?:is|was|has|had|and|who|will|can|could|would|said|says|\\p{Ll}+s)\\b)`,
      'u',
    ),
    template: '{k} is {x}',
  },
  {
    pattern:
      /\b[Mm]y birthday(?: is|'s) (?<x>(?!(?:coming|soon|party|today|tomorrow|next|this)\b).+)/u,
    template: 'Birthday is {x}',
  },
  {
    pattern:
      /\b[Mm]y (?<k>favou?rite [\p{L}]+(?: [\p{L}]+)?|dream|goal|ambition) (?:is|are) (?<x>(?!(?:that|this|when|how|what|the one|a bit)\b).+)/iu,
    template: '{k} is {x}',
  },
];

/** Ways of saying what another predicate says as well. */
export const SAID_OTHERWISE: readonly (readonly [RegExp, string])[] = [
  [/^been /, 'be '],
  [/^~moved (?:back )?(?:over |here )?(?:from .+? )?to (?=\p{Lu})/u, 'live in '],
  [/^be (?:still )?(?:living|based) (?=in|on|near|with|alone)/, 'live '],
  [/^be (?:still )?working (?=as|for|at|part)/, 'work '],
  [
    /^be (?:working on|writing) (?=(?:my|an?) (?:phd|thesis|dissertation|novel|book)\b)/i,
    'work on ',
  ],
  [/^be studying (?!for )/, 'study '],
  [/^be learning to (?:play|speak) /, 'be learning '],
  [/^cannot (?=eat|drink)/, 'not '],
];

/** What has gone on for long: "been playing the guitar for ten years". */
export const LONG_SINCE =
  /^been (?!(?:living|working (?:as|for|at)|waiting|looking|trying|meaning|thinking|wondering|calling|hoping|sitting|standing|dying|working on|telling|saying|asking|begging|warning|thinking)\b)\p{L}+ing\b.* (?:for .*(?:years?|months|decades?)|since (?:\d{4}|college|school|childhood|\p{L}+ \d{4}|I was .+|last year))/iu;

/** What people do time and again, whatever it is, if they say how often. */
export const HABIT_FRAME =
  /\b(?:every|each|once a|twice a|(?:\p{L}+|\d+) times a) (?:single )?(?:day|morning|evening|night|week|weekend|month|year|summer|winter|other day|(?:mon|tues|wednes|thurs|fri|satur|sun)day)s?\b|\bon (?:weekends|(?:mon|tues|wednes|thurs|fri|satur|sun)days)\b|\b(?:in|during) my (?:free|spare) time\b|\bfor a living\b|\bto work$/iu;
/** Of a plural without an article people speak in general: "clean offices", "fix old bikes". */
export const IN_GENERAL =
  /^\p{Ll}+ (?:(?!(?:the|my|our|your|his|her|their|some|two|three|four|any|no|these|those)\b)\p{Ll}+ )?(?!(?:always|sometimes|besides|downstairs|upstairs|lots|loads|things|words|yours|hers|ours|days|weeks|months|years|hours|minutes|miles|euros|pounds)\b)\p{Ll}{2,}(?<![suai])s(?=$| (?:for|in|at|with|from)\b)/u;

/** Verbs that say nothing of a habit. */
export const NO_HABIT =
  /^(?:be|have|not|cannot|~.*|think|know|guess|mean|hope|believe|feel|want|need|wish|see|hear|say|tell|ask|agree|promise|suggest|forget|remember|die|pay|owe|look|seem|get|come|let|make|keep|like|love|hate|try|understand|wonder|bet|swear|find|lose|miss|thank|wait|run (?:out|into|late|over)|play the)\b/iu;

/** What makes the words around a statement none about the present of the speaker. */
export const NOT_ASSERTED =
  /\b(?:if|unless|would|wouldn't|could|might|maybe|perhaps|wish|imagine|pretend|joking|kidding|suppose|supposing|let's say|almost|nearly|rather|hypothetically|in (?:the|a|my|this|that) (?:film|movie|book|novel|story|dream|play|game|song|advert|series|show)|in another life|obviously)\b/i;
/** Whose words they are: what others say is theirs, except for what they know of the speaker. */
export const REPORTED =
  /(?<!\b(?:I|like I|as I|doctor|vet|nurse|test|lab|tests?|results?) (?:just |always |have |'ve )?)(?:\b(?:said|says|saying|told|tells|goes|went|wrote|writes|claims?|thinks?|believes?|shouted|sang|sings)\b|\b(?:never|didn't|don't) (?:say|said|think|claim)\b|\bnever said\b)/i;
/** What will be over soon is no lasting fact. */
export const TRANSIENT =
  /\b(?:at the moment|today|tonight|tomorrow|yesterday|this (?:week|morning|afternoon|evening|weekend)|next week|for now|currently trying|used to|until|temporarily|on (?:it|that)|that much|from home today|late|with you|for you|because of you|to death)\b/i;
/** What one likes: of a relative it is no fact about the user. */
export const TASTE =
  /^(?:not )?(?:really |much )?(?:love|like|hate|enjoy|adore|prefer|detest|be into|cannot stand)\b/i;
/** What only says that something ended; the fact that it ended says it better. */
export const ENDING = /^~?(?:quit|lost|died|passed away|sold|got divorced|be divorced)\b/i;
/** What the speaker takes back in the next sentence. */
export const TAKEN_BACK =
  /^(?:(?:just|only|no|haha|ha) )*(?:I'm |I was )?(?:just |only )?(?:kidding|joking)\b|^I wish\b/i;
