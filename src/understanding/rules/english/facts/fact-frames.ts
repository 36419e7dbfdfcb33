import { isOfClass, type NounClass } from './noun-classes.ts';

/** What lasts of that which people say of themselves. A frame is matched against the predicate of a statement (see statements.ts). */
export interface FactFrame {
  /** Its name in the table of weights. */
  name: string;
  pattern: RegExp;
  /** What the group `x` must name, if it must. */
  classes: readonly NounClass[];
}

/** True if a predicate has the form of a frame and names what the frame is about. */
export function isOfFrame(predicate: string, { pattern, classes }: FactFrame): boolean {
  const match = pattern.exec(predicate);
  return match !== null && (classes.length === 0 || isOfClass(match.groups?.x ?? '', classes));
}

const ILLNESS =
  '(?:(?:type (?:one|two|1|2) )?diabetes|(?:high|low) blood pressure|hay fever|coeliac disease|celiac disease|heart (?:condition|disease|problems?)|(?:bad|weak|dodgy) (?:back|knees?|heart|hip|shoulder|chest|stomach)|(?:[a-z]+ )?allerg(?:y|ies)(?: to .+)?)';
const COUNT =
  '(?:an?|no|one|two|three|four|five|six|seven|eight|nine|ten|\\d+|twin|(?:my|our) own)';
const NUMBER =
  '(?:\\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:[- ]\\p{L}+)?)';
/** What is known to the listener, or not the speaker's. */
const NOT_THIS =
  '(?!(?:the|this|that|these|those|his|her|their|your|my|some|any|enough|more|both|one of)\\b)';
/** What one has only here and now. */
const HERE =
  '(?!.* (?:for (?:you|sale)|to [a-z]+|waiting|outside|coming|here|at the|with me|on the (?:phone|line|market)|in (?:my|the|our) (?:class|team|group|way))\\b)';
const WAY_OF_LIFE =
  '(?:night owl|(?:[a-z]+ )?(?:cat|dog|early|morning|night|people|family|outdoors|home|tea|coffee) (?:person|bird)|only child|(?:light|heavy) sleeper|twin|freshman|sophomore|junior|grad|civil servant|(?:single |step|foster |new |grand)?(?:mother|mum|mom|father|dad|parent|grandma|grandpa)|(?:(?:big|huge|massive) )?fan of .+|member of .+)';
/** What nobody is allergic to but in jest. */
const JEST =
  '(?!(?:the (?!sun|cold)|my |your |nonsense|bullshit|work|mondays?|meetings?|people|stupidity|drama|idiots?|exercise|sports?|mornings|rules|fun|you|it|that|this|him|her|them)\\b)';
/** Where one may live: a name, a dwelling, the people one lives with, a place that is known. */
const PLACE =
  '(?!the (?:past|moment|present|now|future|real|rules|book|shadows?|day)\\b)(?:.*(?<!^)\\p{Lu}.*|(?:the|my|our|an?|number) .+|(?:town|downtown|student .+|university .+|army .+))';
/** A place that a recogniser wrote without a capital, not a state of mind or of one's purse. */
const UNWRITTEN =
  '(?!(?:hope|fear|peace|harmony|denial|sin|style|luxury|poverty|debt|dreams?|pain|danger|misery|comfort|exile|terror|chaos)\\b)\\p{Ll}{4,}$';
const PEOPLE =
  '(?:German|Swiss|Greek|Dutch|French|Welsh|Czech|Thai|Muslim|Christian|Jewish|Buddhist|Hindu|Catholic|\\p{Lu}\\p{Ll}+(?:(?<!m)an|ish|ese|i))';
const STATE = `(?:(?:lactose|gluten)[ -]intolerant|diabetic|vegetarian|vegan|left-handed|colou?r-?blind|dyslexic|asthmatic|coeliac|celiac|pregnant|retired|unemployed|self-employed|divorced|widowed|engaged|single|separated|deaf|blind|bilingual|adopted|married|an only child)`;

const frames = (name: string, flags: string, ...sources: string[]): FactFrame[] =>
  sources.map((source) => ({ name, pattern: new RegExp(`^(?:${source})`, flags), classes: [] }));
const about = (classes: readonly NounClass[], ...sources: string[]): FactFrame[] =>
  frames(classes.length > 2 ? 'thing' : classes.join(' or '), 'iu', ...sources).map((frame) => ({
    ...frame,
    classes,
  }));
const THINGS: readonly NounClass[] = [
  'kin',
  'pet',
  'dwelling',
  'vehicle',
  'instrument',
  'illness',
  'business',
];

export const FACT_FRAMES: readonly FactFrame[] = [
  ...about(
    ['trade'],
    'be an? (?<x>(?!(?:bit|little|lot|good|bad|great|better|worse|terrible|hopeless|awful|lousy|rubbish)\\b).+)(?<! (?:for (?:you|him|her|this|today)|to .+|at all|in the .+))',
    '~(?:was|used to be) an? (?<x>.+)',
  ),
  ...about(THINGS, `have (?:still )?${COUNT} ${HERE}(?<x>.+)`),
  ...about(['kin', 'pet'], `have (?:still )?${NOT_THIS}${HERE}(?<x>.+)`),
  ...about(
    ['sport', 'instrument'],
    'play (?:the |some |a (?:little|bit of) )?(?<x>(?!.* like ).+)',
    'do (?:a lot of |some |a (?:little|bit of) )?(?<x>.+)',
  ),
  ...about(['business'], 'run (?:an?|my own|our own) (?<x>.+)'),
  ...about(['illness'], 'have (?<x>(?!(?:the|this|that)\\b).+)'),
  ...about(['dwelling'], 'be in (?:an?|my own) (?<x>.+)'),
  ...frames(
    'state',
    'iu',
    `be (?:(?:severely|very|mildly|deathly|highly|badly) )?allergic to ${JEST}.+`,
    `be ${STATE}\\b(?! (?:about|out|minded|thing|of|from|without|with|to|in(?! one))\\b)`,
    `be an? ${WAY_OF_LIFE}\\b(?! (?:to|at all|in the|who)\\b)`,
    'be (?:scared|terrified|afraid|frightened) of (?!(?:it|that|this|what|how|losing|missing|being|him|her|them|you)\\b).+',
    'work on (?:my|the|an?) (?:phd|thesis|dissertation|novel|book)\\b.*',
    'be (?:learning|studying) (?!it|for\\b|that|how|what|a lot|so|from\\b).+|be studying for (?:my|the|an?) .+',
    'be (?:called|named) \\p{Lu}.+',
    "be training for (?!(?:nothing|it|this|that)\\b)(?:the |an? |my )?[\\p{L}\\d ’'-]+",
    'be (?:the )?(?:oldest|eldest|youngest|middle child|one) of \\p{L}+.*',
    `be (?:nearly |almost |only |just )?${NUMBER}(?: years old)?$`,
    'be on an? (?:[a-z-]+ )?diet|be on (?:[a-z]+ )*(?:medication|tablets|pills|insulin|statins|metformin|warfarin|antidepressants|(?:blood )?thinners).*',
    'be dating .+',
    `have (?:an? |no )?${ILLNESS}\\b`,
    `have an? .+ (?:named|called) \\p{L}+`,
    'own (?:an?|two|three|\\d+|my own) .+',
    'work (?:(?:nights|days|shifts|part[- ]time|full[- ]time|weekends) )?(?:at|for|as|in|with|from home) ?(?!(?:the (?:evening|morning|end|moment|weekend)|all|once|least|a (?:team|minute|while|dog)|home|it|that|this|you|on)\\b).*',
    'work (?:nights|shifts|part[- ]time|full[- ]time)\\b.*',
    'teach (?!him|her|them|you|me|old\\b)(?:\\p{L}+ ?){1,4}',
    'study (?!it|that|for|the)\\p{L}+.*',
    'volunteer .+',
    '(?:smoke|vape)$',
    '(?:play|sing) in (?:an?|my|the|our) .*(?:band|choir|orchestra|team|league|group)\\b',
    'drive an? (?!hard bargain)(?:\\p{L}+ ?){1,4}',
    'wear (?:glasses|contacts|contact lenses|hearing aids?|braces)',
    'take (?:[a-z]+ (?:(?:tablets|pills) )?(?:for|against) (?:my )?.+|(?:insulin|blood thinners|antidepressants))',
    'have (?:an? )?(?:[a-z-]+ )?birthday (?:on|in) .+',
    'not (?:eat|drink) (?!(?:it|that|this|much|any of|enough|too|at|another|more|all|now|here|anything)\\b).+',
    'not (?:smoke|drive|drink|drink alcohol|eat meat)$',
    "not have (?:any )?(?:an? )?(?:kids?|children|car|siblings|brothers or sisters|pets?|driver's licen[cs]e|licen[cs]e)$",
    'cannot (?:eat|drink) (?!(?:it|that|this|much|any of|enough|too|at|another|more|all|now|here|anything)\\b).+',
    'cannot swim|cannot drive$',
    'prefer .+ (?:to|over) .+',
    'spend (?:my|our|the|most|a lot) .+ing\\b.*',
    '~(?:grew up|was born|was raised) (?:in|on|near) .+',
    '~(?:studied|majored in|graduated (?:from|in)) .+',
    '~(?:got|was) (?:married|divorced|engaged|laid off|promoted|fired|diagnosed)\\b.*',
    '~(?:passed away|died)\\b.*',
    '~(?:lost|quit) (?:my|the) job\\b.*',
    '~adopted (?:an?|two|our) .+',
  ),
  ...frames(
    'place or people',
    'u',
    `live (?:(?:in|on|near|at|outside|with|by|above|behind|opposite|next to|close to) ${PLACE}|(?:in|near) ${UNWRITTEN}|alone\\b.*)`,
    `be (?:(?:originally|half|part) )*${PEOPLE}\\b(?! (?:food|class|teacher|book|on)\\b)`,
    'be (?:originally )?from (?!(?:Mars|Venus|Earth)\\b)\\p{Lu}.+',
    'be an? (?:[a-z]+ )?(?:\\p{Lu}\\p{L}+ )+fan\\b.*',
    'be (?:down|up|over|out) in \\p{Lu}.+',
    'come from \\p{Lu}.+',
    'speak (?:(?:fluent|some|a little|a bit of) )?\\p{Lu}\\p{Ll}+(?:(?:,| and) \\p{Lu}\\p{Ll}+)*',
    'speak (?:two|three|four|five|six) languages',
    'be (?:married|engaged) to \\p{Lu}[\\p{L}-]+',
    `~(?:was|used to be) (?:half )?${PEOPLE}$`,
    '~moved (?:here )?from \\p{Lu}.+',
  ),
  ...frames(
    'likely',
    'iu',
    'be (?:in (?:college|university|high school|middle school|(?:the )?\\p{L}+ grade|kindergarten|preschool|the army|the navy)|at university)\\b.*',
    'be between jobs',
    'be (?:building|restoring|renovating|writing) (?:an?|the|my|our) .+',
    'coach (?!(?:it|that|this|them)\\b)\\p{L}+.*',
    'be (?:expecting (?:our|my|an?|twins) ?(?!(?:call|visitor|guest|package|parcel|delivery|letter|email|friend)).*|due in .+)',
    'be (?:getting|about to get) (?:married|divorced)\\b.*',
    'be taking (?:an? )?(?:[\\p{L}-]+ ){0,3}(?:class|classes|course|courses|lessons)\\b.*',
    'be (?:trying to (?:lose weight|quit|get fit|get pregnant|learn|save|eat)|saving (?:up )?for|looking for an? (?:new )?(?:job|house|flat|apartment)|raising|planning to (?:move|retire|study|marry)|hoping to (?:become|study)|thinking of (?:moving|retiring|quitting))\\b.*',
    'be good at (?!(?:it|that|this)\\b).+|be bad at (?!(?:it|that|this)\\b).+',
    'be interested in (?!(?:it|that|this|the|your|buying|seeing|renting|a|an)\\b).+',
    'be (?:not )?an? (?:big|huge) fan of (?!(?:it|that|this)\\b).+',
    'want to become an? .+|dream of .+|plan to (?:become|study|retire|move) .+',
    'do (?:a lot of |some )?[a-z]+ing\\b.*',
    '(?:sing|paint|garden|bake|cook|knit|fish|hunt|surf|ski|cycle|camp|hike|jog|swim|quilt|sail|climb|dance)$',
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
    pattern:
      /\b[Mm]y birthday(?: is|'s) (?<x>(?!(?:coming|soon|party|today|tomorrow|next|this)\b).+)/u,
    template: 'Birthday is {x}',
  },
  {
    pattern:
      /\b[Mm]y (?<k>favou?rite (?!part|thing|bit|one)[\p{L}]+(?: [\p{L}]+)?|blood (?:group|type)|date of birth|nationality|religion|height|shoe size|dream|goal|ambition) (?:is|are) (?<x>(?!(?:that|this|when|how|what|the one|a bit)\b).+)/iu,
    template: '{k} is {x}',
  },
  {
    pattern:
      /\b(?:[Mm]y|I(?:'ve| have)(?: got)? a|I(?:'ve| have)? changed my) (?:new )?(?<k>(?:phone |mobile )?number)(?:,? (?:and )?it)?(?: is|'s) (?:now )?(?<x>[\d+][\d ]{4,20}\d)/u,
    template: '{k} is {x}',
  },
  {
    pattern: /\b[Mm]y (?:new |home )?address(?: is|'s) (?:now )?(?<x>\d.+)/u,
    template: 'Address is {x}',
  },
];

/** Ways of saying what another predicate says as well. */
export const SAID_OTHERWISE: readonly (readonly [RegExp, string])[] = [
  [/^been /, 'be '],
  [/^~moved (?:back )?(?:over |here )?(?:from .+? )?to (?=\p{Lu})/u, 'live in '],
  [/^be (?:still )?(?:living|based) (?=in|on|near|with|alone)/, 'live '],
  [/^be (?:still )?working (?=as|for|at|part)/, 'work '],
  [/^be learning to (?:play|speak) /, 'be learning '],
  [/^cannot (?=eat|drink)/, 'not '],
  [/^have (?:my|an?) (?:\p{Ll}+ )?shifts? (?=(?:at|in) )/u, 'work '],
];

/** What has gone on for long: "been playing the guitar for ten years", "been here eight years". */
export const LONG_SINCE =
  /^been (?:(?!(?:waiting|looking|trying|meaning|thinking|wondering|calling|hoping|sitting|standing|dying|telling|saying|asking|begging|warning|living|working (?:as|for|at|on))\b)\p{L}+ing\b|(?:here|together|sober|married|retired|vegan|vegetarian)\b|(?:in|at|with) (?:(?:the|my|our|an?) \p{L}+|\p{Lu}\p{L}+)).* ?(?:\b(?:for .*|\p{L}+ |\d+ )(?:years?|months|decades?)|since (?:\d{4}|college|school|childhood|\p{L}+ \d{4}|I was .+|last year))/u;

/** What makes the words around a statement none about the present of the speaker. */
export const NOT_ASSERTED =
  /\b(?:if|unless|would|wouldn't|could|might|maybe|perhaps|wish|imagine|pretend|joking|kidding|suppose|supposing|let's say|almost|nearly|practically|basically|rather|hypothetically|in (?:the|a|my|this|that) (?:film|movie|book|novel|story|dream|play|game|song|advert|series|show)(?= *(?:[,.;!?]|$| I\b))|in another life|obviously|sure,? I just)\b/i;
/** Whose words they are: what others say is theirs, except for what they know of the speaker. */
export const REPORTED =
  /(?:\b(?:'s|am|is|are|was|were|be|be all) (?:just |all )?like, )|(?<!\b(?:I|like I|as I|doctor|vet|nurse|test|lab|tests?|results?) (?:just |always |have |'ve )?)(?:\b(?:said|says|saying|told|tells|goes|went|wrote|writes|claims?|thinks?|believes?|shouted|sang|sings|repeat|line is|pronounce|spell|translate)\b|^say,|\b(?:never|didn't|don't) (?:say|said|think|claim)\b|\bnever said\b)/i;
/** What will be over soon is no lasting fact. */
export const TRANSIENT =
  /\b(?:at the moment|today|tonight|tomorrow|yesterday|this (?:week|morning|afternoon|evening|weekend)|next week|for now|currently trying|used to|until|till|temporarily|on (?:it|that)|that much|from home today|late|with you|for you|because of you|to death)\b/iu;
/** What one likes: of a relative it is no fact about the user. */
export const TASTE =
  /^(?:not )?(?:really |much )?(?:love|like|hate|enjoy|adore|prefer|detest|be into|cannot stand)\b/i;
/** What the speaker takes back soon after. */
export const TAKEN_BACK =
  /(?:^|, |\b(?:I'm|I was|only|just) )(?:just |only )?(?:kidding|joking)\b/i;
export const WISHED = /^I wish\b/i;
