/**
 * How people state lasting facts about themselves. A frame takes what is said of the subject in `x`, and
 * `k` and `v` if its template needs them; the template says it in the third person without the subject.
 */
const KIN =
  '(?:step|half-|ex-|great-)?(?:daughter|son|wife|husband|partner|girlfriend|boyfriend|fiancée?|fiance|mother|mom|mum|father|dad|sister|brother|grandmother|grandma|grandfather|grandpa|granddaughter|grandson|aunt|uncle|cousin|niece|nephew)(?:-in-law)?|dog|cat|puppy|kitten|horse|rabbit|parrot|hamster|baby|kids?|children|parents|twins?|flatmate|roommate';
const OLDER = '(?:(?:older|elder|younger|little|big|oldest|eldest|youngest|twin) )?';
const ILLNESS =
  '(?:type (?:one|two|1|2) )?(?:diabetes|asthma|arthritis|migraines?|epilepsy|(?:high|low) blood pressure|hay fever|coeliac disease|celiac disease|adhd|insomnia|dyslexia|autism|anxiety|depression|tinnitus|eczema|psoriasis|gout|heart condition|bad back|pacemaker|(?:[a-z]+ )?allergy)';
const COUNT = '(?:an?|no|one|two|three|four|five|six|seven|eight|nine|ten|\\d+)';
const OWNED = `(?:kids?|children|daughters?|sons?|brothers?|sisters?|siblings|dogs?|cats?|girls|boys|twins|grandchild(?:ren)?|grandsons?|granddaughters?|nieces?|nephews?|horses?|ponies|pony|rabbits?|parrots?|hamsters?|hens|chickens|goldfish|bees|tortoises?|car|van|motorbike|motorcycle|scooter|boat|caravan|camper|house|flat|apartment|cabin|cottage|garden|allotment|balcony|piano|tattoos?|scholarship)`;
const ADJECTIVES = '(?:[a-z-]+ ){0,2}';
/** Endings of words for what people are by trade or way of life. */
const TRADE =
  '(?:[a-z]+ ){0,2}(?:[a-z]{3,}(?:er|or|ist|ian|eer|ant|ist|man|woman)|nurse|chef|cook|student|pupil|vegetarian|vegan|diabetic|architect|surgeon|pilot|therapist|coach|mechanic|midwife|judge|priest|night owl|morning person|twin|widow|widower|veteran|freelancer|coeliac|celiac|pescatarian|civil servant|single (?:mother|mum|mom|father|dad|parent))';
/** Of that form, but no trade. */
const NO_TRADE =
  '(?!(?:[a-z]+ )*(?:believer|winner|loser|sucker|liar|stranger|fighter|beginner|monster|disaster|member|customer|number|matter|bother|favor|error|factor|author of|visitor|neighbou?r|owner|fan|human|person|foreigner|giant|man|woman|learner|goner|nuisance|dreamer|spy|gambler|survivor|regular|bastard|supporter of|bit)\\b)';
/** What nobody is allergic to but in jest. */
const JEST =
  '(?!(?:nonsense|bullshit|work|mondays?|meetings?|people|stupidity|drama|idiots?|exercise|sports?|mornings|rules|fun|you|it|that|this|him|her|them)\\b)';
/** What one lives in without being anywhere. */
const NO_PLACE =
  '(?:(?:hope|fear|peace|harmony|denial|sin|style|luxury|poverty|debt|dreams?|pain|danger|misery|comfort|exile|interesting times|an? (?:dream|bubble|fantasy|world|society|country where|time|age|zoo|madhouse)|an age|the (?:past|moment|present|now|future|real world|shadows?|hope)|my (?:head|car|pyjamas)|it|that|this)\\b)';
const PRONOUN = '(?!(?:it|that|this|to|how|when|what|you|him|her|them|those|these|me|us|one)\\b)';
const I_AM = "\\bI(?:'m| am)(?: actually| really| also| currently| still| now| a)*";
const I_HAVE = "\\b(?:I|we)(?:'ve got| have got| have|'ve| got| own| keep)";

const frame = (source: string, template: string, flags = 'iu'): [RegExp, string] => [
  new RegExp(source, flags),
  template,
];

/** The frames with their templates. A name is told by its capital letter, so some heed the case. */
export const FACT_FRAMES: readonly [RegExp, string][] = [
  frame(
    `\\b[Mm]y (?<k>${OLDER}(?:${KIN}|best friend)'?s?) (?:name is|name's) (?<x>\\p{Lu}[\\p{L}-]+)`,
    '{k} name is {x}',
    'u',
  ),
  frame(
    `\\b(?:[Mm]y|[Oo]ur) (?<k>${OLDER}(?:${KIN}|best friend)) (?:is|are) (?<v>called|named) (?<x>\\p{Lu}[\\p{L}-]+(?: and \\p{Lu}[\\p{L}-]+)?)`,
    '{k} is {v} {x}',
    'u',
  ),
  frame(
    `\\b(?:[Mm]y|[Oo]ur) (?<k>${OLDER}(?:${KIN})),? (?<x>\\p{Lu}[\\p{L}-]+),? (?:is|was|has|just|will|works|lives|goes|turns|starts)\\b`,
    '{k} is {x}',
    'u',
  ),
  frame(`\\b(?<x>\\p{Lu}\\p{Ll}+)(?:'s| is) [Mm]y (?<k>${OLDER}(?:${KIN}))\\b`, '{k} is {x}', 'u'),
  frame(
    `\\b(?:[Mm]y|[Oo]ur) (?<k>${OLDER}(?:${KIN})),? (?:\\p{Lu}[\\p{L}-]+,? )?(?<x>(?:works (?:at|for|as|in)|lives in|studies|goes to|is (?:severely )?allergic to|is an?|is (?=(?:Swiss|\\p{Lu}\\p{Ll}+(?:an|ish|ese|ch))\\b)|teaches|plays) ?.+)`,
    '{k} {x}',
    'u',
  ),
  frame(`\\bmy (?<k>${KIN})(?:'s| has) (?<x>allergic to .+)`, '{k} is {x}'),
  frame(`\\bmy (?<k>${KIN}),? (?:\\p{Lu}[\\p{L}-]+,? )?has (?<x>${ILLNESS})\\b`, '{k} has {x}'),
  frame(
    `\\b(?:I|we) (?:actually |currently |now )?live (?<x>(?:in|on|near|at|outside) (?!${NO_PLACE}).+)`,
    'Lives {x}',
  ),
  frame(
    '\\b(?:I|we) (?:actually |currently |now )?live (?<x>(?:with (?:my|two|three|four|\\d)|alone\\b).*)',
    'Lives {x}',
  ),
  frame(
    "\\b(?:I|We|we)(?:'m| am|'re| are) (?:based|living|still living) (?<x>in \\p{Lu}.*)",
    'Lives {x}',
    'u',
  ),
  frame(
    "\\b(?:I|We|we)(?:'ve| have)?(?: just| recently)? moved (?:from .+? )?to (?<x>\\p{Lu}.*)",
    'Lives in {x}',
    'u',
  ),
  frame(`${I_AM} (?<x>(?:(?:severely|very|mildly) )?allergic to ${JEST}.+)`, 'Is {x}'),
  frame(
    `${I_AM} (?<x>(?:lactose|gluten)[ -]intolerant|diabetic|vegetarian|vegan|left-handed|colou?r-?blind|dyslexic|asthmatic|coeliac|celiac|pregnant|retired|unemployed|divorced|widowed|engaged|single|deaf|bilingual)\\b(?! (?:to|about|out|minded|thing|of)\\b)`,
    'Is {x}',
  ),
  frame(`${I_HAVE} (?:a |an |got )?(?<x>${ILLNESS})\\b`, 'Has {x}'),
  frame(`${I_HAVE} (?<x>${COUNT} ${ADJECTIVES}${OWNED})\\b`, 'Has {x}'),
  frame(
    `\\bI work (?<x>(?:(?:nights|days|shifts|part[- ]time|full[- ]time|weekends) )?(?:at|for|as|in|with|from home) (?!(?:the (?:evening|morning|end|moment|weekend)|all|once|least|a (?:team|minute|while|dog)|home|it|that|this)\\b).+)`,
    'Works {x}',
  ),
  frame('\\bI work (?<x>from home|nights|shifts|part[- ]time)(?=[.,;!?]|$)', 'Works {x}'),
  frame(
    "\\bI(?:'m| am) (?:working on|writing) (?<x>(?:my|a) (?:phd|thesis|dissertation|novel|book)\\b.*)",
    'Works on {x}',
  ),
  frame(
    "\\bI(?:'m| am) (?:learning|learning to (?:play|speak)) (?<x>(?:the )?[\\p{L}]+(?: at .+| in .+)?)(?=[.,;!?]|$)",
    'Is learning {x}',
  ),
  frame("\\bI(?: study|'m studying| am studying) (?<x>(?!it|that|for)[\\p{L}]+.*)", 'Studies {x}'),
  frame("\\bI(?:'m| am) (?<x>training for (?:the |an? |my )?[\\p{L}' -]+)", 'Is {x}'),
  frame(
    '\\bI (?:usually |always |often |normally )(?<v>run|swim|cycle|jog|meditate|hike)(?<x> .+|)',
    '{v}s {x}',
  ),
  frame('\\bI (?<v>smoke|vape)(?<x>)(?=[.,;!?]|$)', '{v}s'),
  frame('\\bI (?<v>drink|eat) (?<x>[a-z]+ (?:every|each) .+)', '{v}s {x}'),
  frame(
    `${I_AM} (?<x>an? (?:[a-z]+ )?${NO_TRADE}${TRADE})\\b(?! (?:of|for|to|at all|in the|who)\\b)(?=[ ,.;!?]|$)`,
    'Is {x}',
  ),
  frame("\\bI(?:'m| am) from (?<x>(?!Mars|Venus|Earth)\\p{Lu}.+)", 'Is from {x}', 'u'),
  frame('\\bI come from (?<x>\\p{Lu}.+)', 'Comes from {x}', 'u'),
  frame('\\bI (?<v>grew up|was born|was raised) (?<x>(?:in|on|near) .+)', '{v} {x}'),
  frame(
    "\\bI(?: much| really|'d always| always)? prefer (?<x>(?!(?:it|that|this|if|not|to)\\b).+)",
    'Prefers {x}',
  ),
  frame(
    "\\bmy birthday(?: is|'s) (?<x>(?!(?:coming|soon|party|today|tomorrow|next|this)\\b).+)",
    'Birthday is {x}',
  ),
  frame(
    '\\bmy favou?rite (?<k>[\\p{L}]+(?: [\\p{L}]+)?) (?:is|are) (?<x>(?!(?:that|this|when|how|what|the one|a bit)\\b).+)',
    'Favourite {k} is {x}',
  ),
  frame(
    '\\bI speak (?<x>(?:(?:fluent|some|a little|a bit of) )?\\p{Lu}\\p{Ll}+(?: and \\p{Lu}\\p{Ll}+)?)',
    'Speaks {x}',
    'u',
  ),
  frame(
    '\\bI (?:also |still )?play (?<x>(?:the )?(?:piano|guitar|violin|viola|cello|drums|flute|bass|saxophone|trumpet|clarinet|organ|harp|tennis|football|soccer|basketball|volleyball|handball|chess|golf|hockey|squash|rugby|cricket|badminton|bridge)\\b)',
    'Plays {x}',
  ),
  frame(
    `\\bI (?:don't|do not|never|can't|cannot|mustn't) (?<v>eat|drink) (?<x>(?!(?:it|that|this|much|any of|enough|too|at|another|more|all|now)\\b).+)`,
    "Doesn't {v} {x}",
  ),
  frame(`\\bI (?:don't|do not|never) (?<v>smoke|drive|drink)(?<x>)(?=[.,;!?]|$)`, "Doesn't {v}"),
  frame(
    "\\bI(?:'m| am) (?<x>(?:really |very |absolutely )?(?:afraid|scared|terrified) of (?!(?:it|that|this|what|how|losing|missing|being)\\b).+)",
    'Is {x}',
  ),
  frame(
    `\\bI(?: really| absolutely| just| do)? (?<v>love|enjoy|hate) (?<x>(?:[a-z]+ing(?! of\\b)|${PRONOUN}(?!(?:a|an|your|my|the|doing|being|having|going|seeing|hearing|saying)\\b)[a-z]+s)\\b.*)`,
    '{v}s {x}',
  ),
  frame(
    "\\bI can't stand (?<x>(?!(?:it|that|this|him|her|them|you|the|how|up)\\b)[a-z]+(?:ing|s)\\b.*)",
    "Can't stand {x}",
  ),
  frame(
    `\\bI (?:really )?like (?<x>(?!(?:things|this|being|having|seeing|is|yours|words|ours)\\b)(?:[a-z]{3,}ing|[a-z]{3,}s)\\b(?: and [a-z]+s?)?)(?=[.,;!?]| because| too| as well| now|$)`,
    'Likes {x}',
  ),
  frame("\\bI(?:'m| am) married to (?<x>\\p{Lu}[\\p{L}-]+)", 'Is married to {x}', 'u'),
  frame('\\bI drive (?<x>an? (?!hard bargain)(?:\\p{L}+ ?){1,4})', 'Drives {x}'),
  frame('\\bI (?<v>studied|majored in|graduated (?:from|in)) (?<x>.+)', '{v} {x}'),
  frame('\\bI take (?<x>[a-z]+(?: tablets| pills)? (?:for|against) (?:my )?.+)', 'Takes {x}'),
];

/** What makes the words around a statement none about the present of the speaker. */
export const NOT_ASSERTED =
  /\b(?:if|unless|would|wouldn't|could|might|maybe|perhaps|wish|imagine|pretend|joking|kidding|suppose|supposing|let's say|almost|nearly|rather|hypothetically|in (?:the|a|my|this|that) (?:film|movie|book|novel|story|dream|play|game|song|advert|series|show)|in another life|obviously)\b/i;
/** Whose words they are: what others say is theirs, except for what they know of the speaker. */
export const REPORTED =
  /(?<!\b(?:I|like I|as I|doctor|vet|nurse|test|lab|tests?|results?) (?:just |always |have |'ve )?)(?:\b(?:said|says|saying|told|tells|goes|went|wrote|writes|claims?|thinks?|believes?|shouted|sang|sings)\b|\b(?:never|didn't|don't) (?:say|said|think|claim)\b|\bnever said\b)/i;
/** What will be over soon is no lasting fact. */
export const TRANSIENT =
  /\b(?:right now|at the moment|today|tonight|tomorrow|yesterday|this (?:week|morning|afternoon|evening|weekend)|next week|for now|currently trying|used to|until|temporarily|on (?:it|that)|from home today|late|with you|for you|because of you|to death)\b/i;
