import { nounPhrases, type Tag } from '../tagger.ts';

/** Verbs of what people are, think, feel or do within the talk itself: nothing to tick off. */
const NO_DEED = new Set(
  `be have know think guess mean hope believe feel want need like love hate prefer wish see hear understand
remember forget wait stay live sleep die win lose happen seem become begin say admit agree argue assume bet
explain mention emphasise emphasize suggest wonder imagine appreciate apologise apologize regret miss enjoy trust
doubt deal cope survive manage continue grow fall sit stand lie laugh cry kill watch listen join pass skip
vote repeat quote cover touch turn focus jump hop dive point end stick kick show introduce welcome thank
elaborate concentrate go come move get take give make let put do set keep try work walk drive run use avoid
drink eat start stop rest wear play notice wish owe cost spend save kid joke promise swear worry judge respond
can could may might must shall should would answer speak talk ask tell look find read figure reach hand call meet pick drop bring mind please leave follow
hold turn catch marry beat murder accept wrap grab fasten describe receive don refer reiterate echo highlight raise acknowledge declare respect support oppose pay note`.split(
    /\s+/,
  ),
);

const A =
  '(?:the|an?|some|my|our|your|his|her|their|this|these|those|that|two|three|four|\\d+|new)';
const WHOM =
  '(?!(?:you|me|us|myself|the (?:minister|committee|deputy|question|next|first|last|members?))\\b)';
/** Of those verbs, what has to follow for a task; `!` begins what must not. */
const DEEDS: Readonly<Record<string, RegExp>> = table(`
get    | (?:some(?:one|body) (?:in|to|for)|back to|hold of|in touch|rid of|ready|more|tickets?|quotes?|approval|${A})\\b | the (?:door|phone|telephone|bill|check|idea|feeling|sense|point|message|impression|hang|chance)|an? (?:sense|feel|feeling|handle|bit|chance|look|quick answer|move on)|some idea|more (?:of|and more|detail from)
take   | (?:${A}|it|them|him|out|care of)\\b | (?:an?|the) (?:look|break|moment|while|minute|second|seat|bus|train|point|chance|view|guess|step|number|opportunity|bet|risk|hint|call|lead|opening|floor|next|first|\\p{L}+ one|chair|nap|shower|walk|picture|last|one|slot|job)\\b|it\\b|that(?: one)?\\b|this\\b|those\\b|them\\b(?! to)|your (?:time|point|seat)|my (?:time|chances|hat)
give   | .*\\b(?:${A})\\b | (?:you|us) |an? (?:sense|view|bit|talk|try|go|different|direct|short|quick|general|brief)|(?:that|the) assurance|way|more detail|it\\b|that\\b|(?:\\S+ ){0,4}(?:sense|assurance|indication|answer|idea|example|impression|view|overview|moment|second|minute|look|shot|try|go|break|hand|chance|credit|thought|attention|priority|weight|rise|damn|ring)\\b
make   | (?:${A}\\b|\\p{L}+s\\b|reservations?|appointments?|coffee|tea|dinner|lunch|breakfast|sure) | an? (?:difference|point|choice|decision|mistake|start|comment|note of|fuss|fool|living|move|wish)|the (?:point|most|case|right decision)|some (?:points?|progress|comments|sense)|sure (?:to say|I understand)|(?:an?|the) .*\\b(?:bigger|smaller|better|easier)|it\\b|sense|ends
put    | (?:together|(?:${A}|it|them|one|some)\\b.*\\b(?:aside|on|in|into|together|up|out|down|by|under|round|around)\\b) | (?:it|that) (?:this|differently|another|that|to)|(?:my|your) (?:foot|finger)
set    | (?:up|an?|the|aside)\\b | (?:out|the scene|an? example)
do     | (?:${A}|all the|more|some|laundry)\\b | the (?:same|right|thing|opposite|rest|best|math|talking|job|exact|first|trick)|an? (?:bit|lot|little|good|great)|some(?: more)? (?:of|fine|things?|kind)|some$|more (?:of|with|to|than|on|about|and)|more$|(?:your|our|my) best|that\\b|this\\b
let    | (?:\\S+ ){1,4}know\\b | (?:me|us|you) know\\b
look   | (?:into|for|up|after)\\b | for you\\b|into your\\b|up to\\b|forward|after (?:myself|yourself)
find   | (?:out\\b|${A}\\b|somebody|someone|us|me\\b) | an? way|the right (?:words|way)|the time|out (?:more )?from you|it\\b
ask    | ${WHOM}(?:${A} |him\\b|her\\b|them\\b|\\p{L}{3,}\\b).* | (?:about|whether|what|why|how|that|this|if|one|some|two|members|everyone|everybody|people|for your|my(?:self)|an?(?:other)? (?:question|couple|quick)|(?:the|my|your|that|this) question)\\b|.*\\b(?:question|minister|to (?:come|respond|answer|comment|speak|add))\\b
tell   | ${WHOM}(?:${A} |him\\b|her\\b|them\\b|everyone|everybody|\\p{Lu}) | (?:the truth|a (?:lie|story|joke))|${A} story|.*\\byou\\b
talk   | (?:to|with) ${WHOM} | (?:to|with) (?:you|us|me|myself)\\b
speak  | (?:to|with) ${WHOM} | (?:to|with) (?:you|us|me|that|this|the (?:amendment|motion|question))\\b
call   | ${WHOM}\\S | (?:it|that|this|them|on|upon|for|in|these|those|\\S+ (?:now )?(?:first|next)|the (?:next|first|vote|meeting|amendment))\\b
pay    | (?:${A}|for|back|him|her|them|it|rent)\\b | (?:attention|the price|tribute)
meet   | (?:with|up with|${A}|him|her|them|\\p{Lu}|at)\\b | the (?:challenge|need|target|deadline|demand|requirement|capacity|standard|criteria|needs)
show   | ${WHOM}(?:him|her|them|\\p{Lu}\\p{L}+|my \\p{L}+) | them who
work   | (?:on|out)\\b | on (?:it|that|this|them|some|those)\\b|out (?:what|how|who)
come   | up with\\b
run    | (?:${A}|another|more|all)\\b | the (?:meeting|risk|show)|an? (?:risk|bit)
read   | (?:${A}|through|up on|them|it|all)\\b | (?:out|the (?:first|next|question|title)|(?:your|my) (?:mind|lips))|through (?:it|that)
move   | (?:${A}|all)\\b | the (?:conversation|discussion|meeting on|focus|debate)|this (?:on|along)
go     | (?:through (?!it\\b|that\\b|this\\b)|see|buy|shopping|get|pick up|and (?:see|get|buy|fetch)|to the (?:bank|post office|doctor|dentist|chemist|pharmacy|shops?|store|supermarket|library|embassy|town hall|garage|vet))\\b
see    | (?:(?:the|an?|my) (?:doctor|dentist|lawyer|specialist|therapist|accountant|optician|physio\\S*|vet|nurse|gp|consultant)|(?:Dr\\.?|Doctor) )
try    | (?:to (?:create|finish|get (?:the|an?)|find|fix|call|book|send|build|write|contact|reach|improve|reproduce|train)\\b) | to get an? (?:sense|feel|handle|idea)
figure | out (?:how|why|the|what|which|where|who|an?)\\b | out what (?:you|he|she|they|that)
reach  | out to\\b | out to you\\b
hand   | (?:in|out|over the (?:report|keys|documents?))\\b
keep   | (?:an eye on|track of|an? (?:log|diary|record|list)|the (?:receipt|bandage|wound|appointment))\\b
use    | the (?:inhaler|cream|ointment|drops|new (?:form|template))\\b
avoid  | (?:alcohol|caffeine|salt|sugar|sun|heavy|driving|lifting|dairy|gluten|coffee|spicy)
drink  | (?:more|less|plenty|lots of)\\b
wear   | (?:the|an?|your)\\b
rest   | (?:for|your|at)\\b
start  | (?:the (?:antibiotics|course|medication|treatment|migration|draft|application)|taking|writing|drafting|preparing|packing|looking for|applying|physio|training for)\\b
stop   | (?:taking|smoking|drinking|using|by (?:the|at)|at the)\\b
walk   | (?:the dog|\\S+ dog)\\b
drive  | (?:him|her|them|my \\S+|the \\S+|\\p{Lu}\\S+) to\\b
pick   | .*\\bup\\b | up (?:on|where|from|the point|that point|\\S+ point)
drop   | (?:.*\\boff\\b|.*\\bby\\b|${A}\\b) | (?:out|the subject|dead|it)
bring  | (?:${A}|along|all|it|them|back|dessert|wine|food|\\p{L}+s)\\b | (?:in\\b|that|it (?:up|to|together|in(?! on\\b| tomorrow| today))|up|the (?:point|conversation|discussion|meeting)|forward|.*\\bback in\\b|.*\\binto (?:the )?(?:conversation|discussion)|our \\S+ together)
leave  | (?:${A}) .*\\b(?:on|in|at|with|under|by|for)\\b | (?:it|that|this) |the (?:room|house|party|meeting)
follow | (?:up\\b|the (?:instructions|guidelines|plan|diet)\\b)
have   | an? (?:word|chat|talk) with (?!you|me)|.*\\b(?:done|ready|finished|written|fixed|repaired|prepared)\\b|(?:${A}) \\p{L}+(?: \\p{L}+)? (?:taken|cut|made|\\p{L}+ed)\\b
hold   | (?:an? (?:place|seat|table)|the (?:parcel|package))
raise  | (?:an? (?:ticket|invoice)|the invoice)
`);

/** Words that make any verb a figure of speech, or a move within the talk. */
const NO_TASK =
  /\b(?:share (?:my screen|(?:my|the) (?:view|concerns?|opinion|thoughts))|next slide|this slide|move (?:on|along)|my turn|the floor|whiteboard|hand (?:it )?over|mute|unmute|the microphone|the camera|come back to (?:that|this)|one second|a second|(?:your|that|the|this) question|questions?|your point|the point|for the record|concise answers|declarations? of interest|change (?:the (?:subject|topic|way|world)|(?:my|your) mind)|(?:keep|cross) my fingers|lend (?:an ear|a hand)|clear the air|break (?:a leg|the ice)|(?:my|our|your|the) (?:best )?(?:regards|apologies|condolences)|write (?:you|me) an? prescription|get (?:you|us|me) (?:an?|some|another) |wear an? (?:hat|coat|jacket)|(?:enter|type) (?:your|the) pin|change (?:trains|some money|money|buses)|add (?:a (?:point|comment|word|few|bit|couple|little)|some(?:thing| comments)|the (?:point|only)|that|to)|record (?:the fact|my thanks|our thanks|a vote)|provide (?:some features|the committee|a bit|a service)|remind (?:you|everyone|everybody|members|ministers|us|me of|people)|return to|confirm (?:that|what|the (?:minister|position|government))|claim the (?:moral|high)|choose the (?:right|wrong) word|eat my hat|grab a (?:bite|seat)|check (?:that out|the time|in with you|if you can))\b/i;
/** What people say without meaning the deed. */
const FIGURES =
  /^(?:help (?:yourself|yourselves|myself)|give (?:my|our) (?:love|best)|cross (?:that|the) bridge|bite (?:the bullet|my tongue)|call it a (?:day|night)|beat around the bush|pull (?:my|your|his|her) leg|hit the (?:road|sack|hay|roof)|spill the beans|kill two birds|burn the midnight oil|cut corners|face the music|turn a blind eye|make (?:ends meet|a difference|a mountain)|take the (?:bet|cake|bait)|hold (?:your|my) (?:horses|breath|tongue)|pay the price|catch my breath|play it by ear|jump (?:the gun|ship)|miss the (?:boat|point)|see the light|throw in the towel|let the cat|bear (?:that|it|this) in mind|rock the boat|steal the show|pull (?:some )?strings|wear my heart|read between the lines|move mountains|stand my ground|draw the line|get the hang|give it (?:a (?:go|shot|try|rest)|my best))\b/i;
/** Particles with which a verb needs no object. */
const ALONE =
  /^(?:wash up|tidy up|clean up|pack|unpack|register|enrol|enroll|exercise|practi[cs]e)\b/i;
/** Heads of phrases that are no object. */
const NO_OBJECT =
  /^(?:bit|lot|way|thing|stuff|moment|minute|second|while|time|day|week|month|year|morning|afternoon|evening|night|tonight|tomorrow|today|weekend|\p{L}+day|january|february|march|april|may|june|july|august|september|october|november|december|noon|midday|chance|course|sure|hurry|person|home|thanks?)s?$/iu;

function table(lines: string): Record<string, RegExp> {
  return Object.fromEntries(
    lines
      .trim()
      .split('\n')
      .map((line) => {
        const [verb = '', needed = '', banned] = line.split(' | ');
        const not = banned === undefined ? '' : `(?!${banned.trim()})`;
        return [verb.trim(), new RegExp(`^${not}(?:${needed.trim()})`, 'iu')];
      }),
  );
}

/**
 * True if a verb with what follows it is a task and not part of talking: any verb with an object, but
 * those that say little by themselves only with the words that make them a deed.
 */
export function isTask(verb: string, rest: string, tag: Tag): boolean {
  const lower = verb.toLowerCase();
  if (NO_TASK.test(`${lower} ${rest}`) || FIGURES.test(`${lower} ${rest}`)) return false;
  // "I have to cancel, my train is at twelve": what follows the comma is no object.
  if (/^\s*[,;:.]/.test(rest)) return false;
  const deed = DEEDS[lower];
  const object = /^(?:get|bring|find|make)$/.test(lower)
    ? rest.replace(/^(?:you|us|me) /i, '')
    : rest;
  if (deed) return deed.test(object);
  if (NO_DEED.has(lower) || rest.trim() === '') return false;
  if (ALONE.test(`${lower} ${rest}`)) return true;
  const words = tag(`We will ${lower} ${rest.slice(0, 200)}`);
  const [verbTag, next] = [words[2]?.pos, words[3]?.pos ?? ''];
  // "Clear some space": a word of several classes is a verb before an article.
  if (verbTag !== 'VERB' && !['DET', 'PRON'].includes(next)) return false;
  if (
    /^(?:up |out |in |off |over )?(?:it|them|him|her|that|these|those|somebody|someone|everybody|everyone)\b/i.test(
      rest,
    )
  )
    return true;
  return nounPhrases(words.slice(3)).some(({ head }) => !NO_OBJECT.test(head));
}

/** The plain form of a verb behind "am" or "have": `doing` is `do`, `bought` is `buy`. */
export function plainVerb(before: 'am' | 'have', verb: string, tag: Tag): string {
  return tag(`I ${before} ${verb.toLowerCase()} it`)[2]?.lemma ?? verb;
}

/** True for what one does day by day, such as a patient's orders. */
export function isDailyVerb(verb: string): boolean {
  return /^(?:avoid|drink|rest|exercise|wear|use|take|measure|stretch|apply|log|water|feed|practi[cs]e)$/.test(
    verb,
  );
}

/** What is to be done. */
export interface Deed {
  /** In its plain form. */
  verb: string;
  /** The noun that it is done to, null if there is none. */
  head: string | null;
}

/** Verbs that need no object, and particles with which one needs none. */
const ENOUGH = /^(?:pack|unpack|register|enrol|enroll|exercise|practi[cs]e|\S+ (?:up|out|off|back|in))\b/i;

/** Reads a verb with what follows it; null if it is no verb, or nothing follows. */
export function readDeed(verb: string, rest: string, tag: Tag): Deed | null {
  const lower = verb.toLowerCase();
  // "I have to cancel, my train is at twelve": what follows the comma is no object.
  if (/^\s*[,;:.]/.test(rest)) return null;
  if (AUXILIARY.test(lower)) return null;
  const words = tag(`We will ${lower} ${rest.slice(0, 200)}`);
  const [said, next] = [words[2], words[3]?.pos ?? ''];
  // "Clear some space": a word of several classes is a verb before an article.
  if (said?.pos !== 'VERB' && !['DET', 'PRON', 'ADP'].includes(next)) return null;
  const head = nounPhrases(words.slice(3)).find((phrase) => !NO_OBJECT.test(phrase.head))?.head ?? null;
  if (head === null && rest.trim() === '' && !ENOUGH.test(`${lower} ${rest}`)) return null;
  return { verb: lower, head };
}
const AUXILIARY = /^(?:be|can|could|may|might|must|shall|should|would|will|not|never|don)$/;
