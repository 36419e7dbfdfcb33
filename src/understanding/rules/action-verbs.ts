/**
 * Verbs that begin a task somebody can tick off. Precision comes from this list: what people
 * announce in passing ("I'll tell you", "let me see", "I'll move on") is not in it.
 */
const TASK_VERBS = new Set(
  `send email mail message text phone ring book reserve buy order pick drop bring prepare draft finish
complete submit review schedule reschedule arrange organize organise fix repair update create print pay
transfer cancel renew return reply contact research investigate test deploy install clean wash cook bake
file sign register apply get collect fetch deliver post ship measure calculate compare implement build
write rewrite upload download publish translate record invite confirm replace follow circulate distribute
launch present study practice practise visit pack water feed compile collate document summarize summarise
analyze analyse refactor migrate merge release assign notify remind announce hire interview train refill
sort assemble paint mow vacuum fill complete design identify develop produce deliver set put make take
call meet check look find ask talk speak do work come give let run read learn change add remove move plan
go see try figure gather share forward scan copy edit proofread rehearse double-check reach provide walk
drive negotiate quote invoice hand rename evaluate define specify sketch prototype provide start stop
tidy dust return extend monitor track log keep avoid drink use wear rest exercise e-mail choose select clear stretch lend trim unpack sweep iron hang charge verify
validate approve finalize finalise upgrade configure reset mend prune plant dig empty lock chase ping reorder swap
donate claim transcribe enrol enroll register`.split(/\s+/),
);

/**
 * For verbs that are tasks only with the right words after them: what must follow (`with`), or must
 * not (`without`).
 */
const VERB_OBJECTS: Record<string, { with: RegExp | null; without: RegExp | null }> = {
  get: {
    with: /^(?:back to|hold of|in touch|rid of|ready|(?:the|a|an|some|my|our|your|his|her|their|more|new|tickets?|quotes?|approval|\d+|two|three|four)\b)/i,
    without:
      /^(?:the (?:idea|feeling|sense|point|message|impression|hang)|a (?:sense|feel|feeling|handle|bit|chance|look|quick answer)|some idea|more (?:of|and more|detail from))/i,
  },
  set: { with: /^(?:up|the|a|an|aside)\b/i, without: /^(?:out|the scene)/i },
  put: {
    with: /^(?:together|(?:the|a|an|some|it|this|that)\b.*\b(?:on|in|into|together|up|out)\b)/i,
    without: null,
  },
  make: {
    with: /^(?:(?:a|an|the|some|two|three|our|my|your|new)\b|reservations?|appointments?|sure)/i,
    without:
      /^(?:a (?:difference|point|choice|decision|mistake|start|comment|note of)|the (?:point|most|case|right decision)|some (?:points?|progress|comments)|sure (?:to say|I understand)|(?:a|the) .*\b(?:bigger|smaller|fluffy|better|easier))/i,
  },
  take: {
    with: /^(?:(?:the|my|your|a|an|this|these|it|one|two|him|her|them|out|care of)\b)/i,
    without:
      /^(?:(?:a|the) (?:look|break|moment|while|minute|second|seat|bus|train|point|chance|view|guess|step|number|opportunity)|the (?:opportunity|floor|next|first|phone target|chair)|it (?:from|away|as|in|on|for|that|seriously)|into|on board|a bit|your (?:time|point|seat|children))/i,
  },
  look: { with: /^(?:into|for|up)\b/i, without: /^(?:for you\b|into your\b)/i },
  find: {
    with: /^(?:out\b|(?:a|an|the|some|us|me|somebody|someone)\b)/i,
    without: /^(?:a way|the right (?:words|way)|out (?:more )?from you|it\b)/i,
  },
  check: {
    with: /^(?:with|whether|if|the|his|her|their|on|that|in with|for|my|our|your)\b/i,
    without: /^(?:that (?:out|translation)|if you can|the time|in with you)/i,
  },
  ask: {
    with: /^(?:(?!(?:you|the (?:minister|committee|deputy|question|last|first|next|same|members?)|a (?:question|couple|quick)|about|whether|what|why|how|for your|that|this|if|one|some|two|members|everyone|everybody|people|him|her|them|my|a|another)\b)\S+ .*\b(?:for|to|about|if|whether)\b|(?:him|her|them|my|the) .*\b(?:for|to|about|if|whether)\b)/i,
    without: /\b(?:question|minister|to (?:come|respond|answer|comment|speak|add))\b/i,
  },
  talk: { with: /^(?:to|with)\b/i, without: /^(?:to (?:you|us|me|myself)|with you)\b/i },
  speak: {
    with: /^(?:to|with)\b/i,
    without: /^(?:to (?:you|us|me|that|this|the (?:amendment|motion|question))|with you)\b/i,
  },
  do: {
    with: /^(?:the|a|an|some|all the|my|our|your|more)\b/i,
    without:
      /^(?:the (?:same|right|thing|opposite|rest|best|math|talking|job|exact|first)|a (?:bit|lot|little|good|great)|some(?: more)? (?:of|fine|things?|kind)|some$|more (?:of|with|to|than|on|about|and)|more$|the other|all the|your best|our best|my best)/i,
  },
  work: {
    with: /^(?:on|out)\b/i,
    without: /^(?:on (?:it|that|this|them|some|those)\b|out (?:what|how|who))/i,
  },
  come: { with: /^up with\b/i, without: null },
  give: {
    with: /\b(?:the|a|an|some|my|our|your|\d+)\b/i,
    without:
      /^(?:you (?:a|an|the|some|one|my|that)|us (?:a|an|some)|a (?:sense|view|bit|talk|definit|different|\S+ answer|direct|short|quick|general|brief)|(?:that|the) assurance|way|more detail|it|that\b|(?:\S+ ){0,4}(?:sense|assurance|indication|answer|idea|example|flavour|impression|view|overview|moment|second|minute|look|shot|try|go|break|hand|chance|credit|thought|attention|priority|weight|rise)\b)/i,
  },
  let: {
    with: /^\S+ know\b/i,
    without:
      /^(?:me|us) know (?:if|what|how) (?:you (?:have|think|need|like|want)|there)|^you know (?:that|what|a|one)|^(?:me|us) know$/i,
  },
  run: {
    with: /^(?:the|a|an|another|some|more|these|those|all)\b/i,
    without: /^(?:the (?:meeting|risk)|a (?:risk|bit))/i,
  },
  read: {
    with: /^(?:the|through|a|up on|his|her|their|all)\b/i,
    without: /^(?:out|the (?:first|next|question|title))|^through (?:it|that)/i,
  },
  change: {
    with: /^(?:the|my|our|your|all)\b/i,
    without: /^(?:the (?:subject|topic|way|world))|^(?:my|your) mind/i,
  },
  add: {
    with: /^(?:the|a|an|some|new|all|more)\b.*\b(?:to|in|on|into)\b/i,
    without:
      /^(?:a (?:point|comment|word|few|bit|couple|little)|some(?:thing| comments)|the (?:point|only))|\bto (?:what|that|the answer|this)\b/i,
  },
  move: {
    with: /^(?:the|my|our|all|these)\b/i,
    without: /^the (?:conversation|discussion|meeting on|focus|debate)/i,
  },
  plan: { with: /^(?:the|a|our|my|out)\b/i, without: null },
  go: {
    with: /^(?:to the|see|buy|shopping|get|pick up|and (?:see|get|buy))\b/i,
    without: /^to the (?:next|whiteboard|first|last|second|extent|point|other|end|heart|top|back)/i,
  },
  see: {
    with: /^(?:the|a|my) (?:doctor|dentist|lawyer|specialist|therapist|accountant|optician|physio\S*|vet|nurse|gp|consultant)|^(?:Dr\.?|Doctor) /i,
    without: null,
  },
  try: {
    with: /^to (?:create|finish|get (?:the|a)|find|fix|call|book|send|have (?:some|a|the)|build|write|implement|contact|reach|improve|reproduce|train)\b|^(?:the|a|another|out) /i,
    without: /^(?:to get (?:a|the) (?:sense|feel|handle|idea))/i,
  },
  figure: {
    with: /^out (?:how|why|the|what|which|where|who|a)\b/i,
    without: /^out what (?:you|he|she|they|that) /i,
  },
  call: {
    with: /./,
    without:
      /^(?:it|that|this|them|on|upon|for|in|him a|her a|these|those|\S+ (?:now )?(?:first|next)|the (?:next|first|vote|meeting|amendment))\b/i,
  },
  meet: {
    with: /^(?:with|up with|the|my|our|him|her|them|\p{Lu}|at)\b/iu,
    without:
      /^the (?:challenge|need|target|deadline|demand|requirement|capacity|standard|criteria|needs)/i,
  },
  share: {
    with: /^(?:the|a|my|our|it|this|that|some|all)\b/i,
    without:
      /^(?:(?:my|the) (?:screen|view|concerns?|opinion|thoughts|slides? now)|some (?:thoughts|views|of)|that (?:view|concern))/i,
  },
  pick: { with: /\bup\b/i, without: /^up (?:on|where|from|the point|that point|\S+ point)/i },
  drop: { with: /\boff\b|\bby\b|^(?:the|a|my)\b/i, without: /^(?:out|the subject)/i },
  follow: { with: /^(?:up\b|the (?:instructions|guidelines|plan|diet)\b)/i, without: null },
  bring: {
    with: /^(?:the|a|an|my|our|your|some|along|all|it|back (?:the|a)|dessert|wine|snacks|food|drinks?|\w+s)\b/i,
    without:
      /^(?:in\b|that|it (?:up|back|to|together|in)|up|the (?:point|conversation|discussion|meeting)|forward|.*\bback in\b|.*\binto (?:the )?(?:conversation|discussion)|our \S+ together)/i,
  },
  hand: { with: /^(?:in|out|over the (?:report|keys|documents?))\b/i, without: null },
  reach: { with: /^out to\b/i, without: /^out to you\b/i },
  keep: {
    with: /^(?:an eye on|track of|a (?:log|diary|record|list)|the (?:receipt|bandage|wound|wound dry|appointment))\b/i,
    without: null,
  },
  use: { with: /^the (?:inhaler|cream|ointment|drops|new (?:form|template))\b/i, without: null },
  avoid: {
    with: /^(?:alcohol|caffeine|salt|sugar|sun|heavy|driving|lifting|dairy|gluten|coffee|spicy)/i,
    without: null,
  },
  drink: { with: /^(?:more|less|plenty|lots of)\b/i, without: null },
  wear: { with: /^(?:the|a|your)\b/i, without: null },
  rest: { with: /^(?:for|your|at)\b/i, without: null },
  exercise: { with: /^(?:more|for|every|at)\b/i, without: null },
  start: {
    with: /^(?:the (?:antibiotics|course|medication|treatment|migration|draft|application)|taking|writing|drafting|preparing|packing|looking for|applying|physio|training for)\b/i,
    without: null,
  },
  stop: { with: /^(?:taking|smoking|drinking|using|by (?:the|at)|at the)\b/i, without: null },
  log: { with: /^(?:the|a|your|my|it)\b/i, without: null },
  walk: { with: /^(?:the dog|\S+ dog)\b/i, without: null },
  drive: { with: /^(?:\S+) to\b/i, without: null },
  present: { with: /^(?:the|my|our|this|a)\b/i, without: null },
  provide: {
    with: /^(?:the|a|some|us with|you with)\b/i,
    without: /^(?:some features|the committee|a bit|a service)/i,
  },
  identify: { with: /^(?:the|a|all|which)\b/i, without: null },
  define: { with: /^(?:the|a|our)\b/i, without: null },
  record: {
    with: /^(?:the|a|your|my|our)\b/i,
    without: /^(?:the fact|my thanks|our thanks|a vote)/i,
  },
  confirm: {
    with: /^(?:the|with|my|our|your (?:appointment|booking|order)|by)\b/i,
    without: /^the (?:minister|position|government)/i,
  },
  remind: {
    with: /^(?!(?:you|everyone|everybody|members|ministers|us|me of|people)\b)\S+ (?:to|about|of)\b/i,
    without: null,
  },
  message: { with: /^\S/, without: null },
  text: { with: /^\S/, without: null },
  mail: { with: /^\S/, without: null },
  ring: { with: /^(?:the|my|your|him|her|them|up|back|\p{Lu})/iu, without: null },
  return: { with: /^(?:the|my|your|those|these|it|our|his|her)\b/i, without: /^(?:to|the floor)/i },
  study: { with: /^(?:for|the|chapter)\b/i, without: null },
  learn: { with: /^(?:the|how to|some|a|to)\b/i, without: null },
  design: { with: /^(?:the|a|all|new|some)\b/i, without: null },
  develop: { with: /^(?:the|a|an|some|new)\b/i, without: null },
  apply: { with: /^(?:for|to|the cream)\b/i, without: null },
  choose: {
    with: /^(?:a|an|the|our|my|your|another|one of)\b/i,
    without: /^the (?:right|wrong) word/i,
  },
  clear: { with: /^(?:the|your|my|out|some)\b/i, without: /^(?:the air|up)/i },
  stretch: { with: /^(?:the|your|my)\b/i, without: null },
  lend: { with: /./, without: /^(?:an ear|a hand)/i },
  plant: { with: /^(?:the|some|a|more)\b/i, without: null },
  hang: { with: /^(?:up the|the|a)\b/i, without: null },
  charge: { with: /^(?:the|your|my)\b/i, without: null },
  lock: { with: /^(?:the|your|my|up)\b/i, without: null },
  claim: { with: /^(?:the|your|my|back)\b/i, without: /^the (?:moral|high)/i },
  visit: { with: /^(?:the|my|our|your|\p{Lu})/iu, without: null },
};

/** Particles and objects that make any task verb a move within the talk itself. */
const TALK_MOVES =
  /\b(?:share my screen|next slide|this slide|move (?:on|along)|my turn|the floor|whiteboard|hand (?:it )?over|mute|unmute|the microphone|the camera|come back to (?:that|this)|one second|a second|your question|that question|the question|this question|questions?|your point|the point|for the record|concise answers|declarations? of interest)\b/i;

/** True if `verb` with what follows it is a task and not part of talking. */
export function isTask(verb: string, rest: string): boolean {
  const lower = verb.toLowerCase();
  if (!TASK_VERBS.has(lower)) return false;
  if (TALK_MOVES.test(`${verb} ${rest}`)) return false;
  const objects = VERB_OBJECTS[lower];
  if (!objects) return rest.trim() !== '';
  return (objects.with === null || objects.with.test(rest)) && !objects.without?.test(rest);
}

const IRREGULAR: Record<string, string> = {
  getting: 'get',
  setting: 'set',
  putting: 'put',
  running: 'run',
  making: 'make',
  taking: 'take',
  writing: 'write',
  preparing: 'prepare',
  scheduling: 'schedule',
  giving: 'give',
  arranging: 'arrange',
  organizing: 'organize',
  organising: 'organise',
  updating: 'update',
  creating: 'create',
  baking: 'bake',
  filing: 'file',
  measuring: 'measure',
  calculating: 'calculate',
  comparing: 'compare',
  coming: 'come',
  practicing: 'practice',
  practising: 'practise',
  compiling: 'compile',
  collating: 'collate',
  producing: 'produce',
  sharing: 'share',
  driving: 'drive',
  providing: 'provide',
  evaluating: 'evaluate',
  defining: 'define',
  cancelling: 'cancel',
  canceling: 'cancel',
  shipping: 'ship',
  planning: 'plan',
  picking: 'pick',
  dropping: 'drop',
  submitting: 'submit',
  reserving: 'reserve',
  exercising: 'exercise',
  inviting: 'invite',
  replacing: 'replace',
  completing: 'complete',
  circulating: 'circulate',
  hiring: 'hire',
  migrating: 'migrate',
  releasing: 'release',
  assembling: 'assemble',
  investigating: 'investigate',
};

/** The plain form of an -ing verb: `doing` is `do`. */
export function plainVerb(verb: string): string {
  const lower = verb.toLowerCase();
  return (
    IRREGULAR[lower] ?? (lower.endsWith('ing') && lower.length > 4 ? lower.slice(0, -3) : lower)
  );
}

/** True for what one does day by day, such as a patient's orders. */
export function isDailyVerb(verb: string): boolean {
  return /^(?:avoid|drink|rest|exercise|wear|use|take|measure|stretch|apply|log|water|feed|practi[cs]e)$/.test(
    verb,
  );
}
