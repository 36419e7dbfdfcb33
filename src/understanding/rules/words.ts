/** Words that carry no subject matter: function words, and what any talk is full of. */
const FUNCTION_WORDS =
  `a an the this that these those i you he she it we they me him her us them my your his its our their
mine yours hers ours theirs myself yourself himself herself itself ourselves themselves who whom whose
which what where when why how and or but nor so yet if then than because as until while of at by for
with about against between into through during before after above below to from up down in out on off
over under again further once here there all any both each few more most other some such no not only
own same too very can cannot could will would shall should may might must ought do does did doing done
have has had having be is am are was were been being isn aren wasn weren don doesn didn won wouldn
couldn shouldn hasn haven hadn let lets also just even still already ever never always often sometimes
now today tomorrow yesterday tonight soon later ago else maybe perhaps quite rather really actually
basically probably possibly obviously certainly definitely literally simply exactly almost enough much
many lot lots bit little whole every everyone everybody everything someone somebody something anyone
anybody anything nothing nobody none one ones two three four five six seven eight nine ten eleven
twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty hundred thousand first second third last next another
upon onto past within without towards across along around among per via like unlike though although however
therefore otherwise instead whether either neither since unless yes no yeah yep yup nope okay ok right
well oh ah um uh er erm hmm hm mm mhm huh wow cool great nice good fine sure thanks thank please sorry
hello hi hey bye goodbye dear cuz cos 'cause gonna wanna gotta kinda sorta dunno alright ooh ouch whoa
monday tuesday wednesday thursday friday saturday sunday january february march april june july august
september october november december morning afternoon evening night noon midnight am pm o'clock
`.split(/\s+/);

/** Everyday verbs, nouns and adjectives that say little about what a talk is about. */
const EVERYDAY_WORDS =
  `get gets got getting gotten go goes going went gone come comes coming came make makes making made take
takes taking took taken give gives giving gave given see sees seeing saw seen look looks looking looked
know knows knowing knew known think thinks thinking thought want wants wanting wanted need needs needing
needed say says saying said tell tells telling told ask asks asking asked talk talks talking talked
speak speaks speaking spoke mean means meaning meant use uses using used try tries trying tried put puts
putting keep keeps keeping kept start starts starting started begin begins beginning began stop stops
stopped seem seems seemed feel feels feeling felt find finds finding found hear hears hearing heard
show shows showing showed shown happen happens happening happened work works working worked call calls
calling called become became leave leaves leaving left let's bring brings brought guess guessing
suppose supposed wonder wondering hope hoping hoped believe remember forget understand understanding
understood understands move moves moving moved turn turns turned set sets setting run runs running ran
help helps helping helped play plays playing played thing things stuff way ways kind kinds sort sorts
type types part parts point points case cases time times day days week weeks month months year years
hour hours minute minutes moment people person guy guys man woman place places number numbers question
questions answer answers idea ideas word words fact facts sense reason reasons example examples problem
problems issue issues term terms side sides area areas level levels end beginning middle top bottom
back front new old big small large long short high low different same similar similarly better best
worse worst bad able available important interesting interested possible particular particularly
special specific specifically general generally certain clear true false real hard easy difficult
simple quick quickly ready happy glad sorry pleased lovely excellent perfect wonderful okay ago away
together apart ahead forward nearly fairly pretty super totally completely absolutely especially
apparently currently recently finally firstly secondly initially eventually immediately straight
anyway anyhow somehow somewhere anywhere everywhere sometime whatever whichever whoever somewhat half
couple bunch few several plenty rest full empty single double various based terms regard respect
related relation respond responding refer aware want wanting worth wait waiting waited check checking
add adding added said note noted mention mentioned cover covered sound sounds sounding like liked
likes love loved hate enjoy enjoyed bring sit sitting stand standing stay staying live living change
changes changed changing include includes including included provide provided providing continue
continuing continued carry carrying follow following followed agree agreed allow appreciate welcome
forth extent today's it's that's what's there's here's let's i'm i've i'll i'd you're you've you'll
we're we've we'll they're they've don't doesn't didn't can't couldn't won't wouldn't isn't aren't wasn't
weren't haven't hasn't shouldn't he's she's who's course moment minister member members chair opportunity
cannot unbelievable quarter everybody's percent dollars euros pounds mine name names pick drop send order pay book buy eat
eating drink bad worried worry weird funny crazy boring tired busy hurt hurts leak leaks smell smells free late early soon sooner
`.split(/\s+/);

const FUNCTION_SET = new Set(FUNCTION_WORDS);
const EVERYDAY_SET = new Set(EVERYDAY_WORDS);

export interface Token {
  /** As spoken. */
  text: string;
  /** Lower case, typographic apostrophes made plain. */
  lower: string;
  index: number;
}

/** The words of a text in any script; inner apostrophes and hyphens belong to the word. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu)) {
    const lower = match[0].toLowerCase().replaceAll('’', "'");
    tokens.push({ text: match[0], lower, index: match.index });
  }
  return tokens;
}

/** True for words without subject matter, such as "the", "because", "tomorrow". */
export function isFunctionWord(lower: string): boolean {
  return (
    FUNCTION_SET.has(lower) ||
    /^\d{1,2}$/.test(lower) ||
    /n't$|^(?:i|you|he|she|it|we|they|that|there|what|who|here|let|how|where)'/.test(lower)
  );
}

/** True for words too common to name a subject, function words included. */
export function isCommonWord(lower: string): boolean {
  return isFunctionWord(lower) || EVERYDAY_SET.has(lower);
}

/**
 * A light stem: possessive, plural, -ing, -ed and a final e or y are levelled, so that "lives", "living"
 * and "live" are one. It joins forms of a word; it is not meant to be read.
 */
export function stem(lower: string): string {
  let word = lower.replace(/'s$/, '').replaceAll("'", '');
  if (word.length <= 3) return word;
  if (/(?:ch|sh|ss|x|z)es$/.test(word)) word = word.slice(0, -2);
  else if (/ies$/.test(word)) word = `${word.slice(0, -3)}y`;
  else if (/[^su]s$/.test(word)) word = word.slice(0, -1);
  if (/[a-z]{3}ing$/.test(word)) word = undouble(word.slice(0, -3));
  else if (/[a-z]{2}[^e]ed$/.test(word)) word = undouble(word.slice(0, -2));
  return word.length > 3 ? word.replace(/[ey]$/, '') : word;
}

function undouble(word: string): string {
  return /([bdgkmnprt])\1$/.test(word) ? word.slice(0, -1) : word;
}

/** Stems of the words that carry content, in order, repeats kept. */
export function contentStems(text: string): string[] {
  return tokenize(text.replaceAll('-', ' '))
    .filter((token) => !isFunctionWord(token.lower))
    .map((token) => stem(token.lower));
}

/** `text` with its first letter in upper case. */
export function capitalize(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

const SMALL_IN_TITLES = new Set(
  'a an the and or but nor of at by for with to from in on as into over per via vs'.split(' '),
);

/** Title Case: small words stay small inside, acronyms and inner capitals stay as they are. */
export function titleCase(text: string): string {
  const words = text.split(' ');
  return words
    .map((word, index) => {
      if (/\p{Lu}/u.test(word.slice(1))) return word;
      const inside = index > 0 && index < words.length - 1;
      return inside && SMALL_IN_TITLES.has(word.toLowerCase())
        ? word.toLowerCase()
        : capitalize(word);
    })
    .join(' ');
}
