import type { Emotion } from '../../model/conversations/emotion.ts';

export interface Cue {
  emotion: Emotion;
  pattern: RegExp;
  /** 1: says it outright. Below 0.3: manners, which count only with emphasis. */
  weight: number;
}

/** `~` stands for the usual endings of a word; a blank for any white space. */
const WORDS: Record<Emotion, [weight: number, phrases: string][]> = {
  joy: [
    [
      1,
      'happy|happier|happiest|joyful|joy|delighted|overjoyed|so glad|really glad|best day|good mood|proud of|made my day|having a blast|cheerful|over the moon|great news|good news|wonderful news',
    ],
    [
      0.6,
      'glad|fun|wonderful|fantastic|amazing|beautiful|lovely|brilliant|awesome|enjoy~|enjoying|laughed|laughing|haha|hahaha|pleased|proud|hooray|yay|smiling|nicest|celebrate|celebrating|(?:I|we) (?:really |absolutely |just )?loved? (?:it|this|that|the|[a-z]+ing)',
    ],
    [0.25, 'great|nice|perfect|cool|excellent'],
  ],
  excitement: [
    [
      1,
      "excited|exciting|thrilled|thrilling|can't wait|cannot wait|can hardly wait|stoked|pumped|so looking forward|really looking forward",
    ],
    [0.6, 'looking forward|eager|let us go|incredible|epic'],
  ],
  love: [
    [
      1,
      'I love you|love you(?: so much| too| all)?|in love with|fell in love|I adore|my darling|my sweetheart|I love (?:him|her|them)|means? the world to me|head over heels',
    ],
    [0.5, 'adore~|cherish~|hugs|kisses|crush on|dearly'],
  ],
  gratitude: [
    [
      1,
      "grateful|so thankful|thankful|thank you so much|thanks so much|thank you so very much|can't thank you enough|cannot thank you enough|really appreciate|I owe you|that means a lot|means so much",
    ],
    [
      0.55,
      'I appreciate|much appreciated|thank you very much|thanks a lot|bless you|lucky to have',
    ],
    [0.2, 'thank you|thanks'],
  ],
  calm: [
    [
      1,
      'relaxed|calm|at peace|peaceful|serene|content with|no worries at all|relieved|what a relief|at ease|well rested',
    ],
    [0.5, 'relaxing|relief|quiet evening|chilled|unwind~|unwinding|comfortable|taking it easy'],
  ],
  surprise: [
    [
      1,
      "surprised|astonished|amazed|shocked|can't believe (?:it|that|this|how|she|he|they|my|the|we|you)|cannot believe (?:it|that|this|how)|didn't expect|did not expect|didn't see that coming|out of nowhere|never expected|stunned|speechless",
    ],
    [
      0.6,
      "no way|oh my god|oh my gosh|unbelievable|are you serious|unexpected|wow|you are kidding|you're kidding",
    ],
  ],
  sadness: [
    [
      1,
      'sad|sadder|heartbroken|depressed|miserable|lonely|devastated|grieving|grief|cried|crying|in tears|hopeless|feel(?:ing)? (?:so |really |very )?(?:down|low|empty|blue|awful)|passed away|I miss (?:him|her|them|you|my|home|it)|heartache|unhappy|broke my heart|breaks my heart',
    ],
    [
      0.6,
      'miss(?:ing)? (?:him|her|you|them|home)|disappointed|disappointing|disappointment|died|funeral|gloomy|hurts so much|lost my|homesick|sorrow|regret~',
    ],
  ],
  fear: [
    [
      1,
      "afraid(?! (?:I|we|not|so|that|you)\\b)|scared|terrified|frightened|anxious|anxiety|panic|panicking|panicked|worried|worries me|nervous|dreading|dread|scares me|freaking out|stressed|stressed out|can't sleep|overwhelmed",
    ],
    [
      0.6,
      'worry~|worrying|stress|stressful|uneasy|scary|nightmare|tense|on edge|what if (?:it|I|he|she|they|we)',
    ],
  ],
  anger: [
    [
      1,
      'angry|furious|outraged|livid|mad at|pissed(?: off)?|so mad|makes me mad|hate (?:him|her|you|them|it|this|that)|rage|enraged|how dare|disgusting|disgusted|sick of (?:him|her|you|them)|makes my blood boil',
    ],
    [
      0.6,
      'hate~|idiot~|outrageous|unacceptable|shut up|screw (?:this|that|him|her|them|you)|damn|bullshit|rude',
    ],
  ],
  frustration: [
    [
      1,
      "frustrated|frustrating|frustration|fed up|annoyed|annoying|sick (?:and tired )?of (?:this|it|that|all|having|being|the)|had enough|driving me (?:crazy|nuts|mad|insane)|drives me (?:crazy|nuts|mad|insane)|exasperated|at my wits' end|irritated|irritating|tired of (?:this|it|all|having|being|the)",
    ],
    [
      0.6,
      "ugh|argh|ridiculous|pointless|keeps? (?:failing|breaking|crashing)|waste of (?:my |our )?time|still (?:doesn't|does not|isn't|won't) work|third time|stuck (?:on|with|in)|hopelessly|again and again|nothing works",
    ],
  ],
};

/** Everything that gives a feeling away, as a pattern over a sentence. */
export const CUES: readonly Cue[] = Object.entries(WORDS).flatMap(([emotion, groups]) =>
  groups.map(([weight, phrases]) => ({
    emotion: emotion as Emotion,
    weight,
    pattern: new RegExp(
      `(?<![\\p{L}'])(?:${phrases.replaceAll('~', '(?:s|d|ed|es)?').replaceAll("'", "['’]")})(?![\\p{L}])`,
      'giu',
    ),
  })),
);

/** Makes what follows stronger. */
export const STRONGER =
  /\b(?:so|very|really|extremely|incredibly|absolutely|totally|completely|truly|super|deeply|terribly|too|such an?|beyond)\s*$/i;
/** Makes what follows weaker. */
export const WEAKER =
  /\b(?:a (?:little|bit|tad)(?: bit)?|slightly|somewhat|kind of|sort of|kinda|sorta|fairly|a little bit|not (?:so|too|very|that|really|exactly))\s*$/i;
/** Says that what follows is not so; up to two words may stand between. */
export const NEGATION =
  /(?:\b(?:not|no|never|nothing|nobody|neither|nor|without|hardly|barely|stop being|no longer|isn|wasn|aren|weren|don|doesn|didn|won|wouldn|couldn|ain|haven|hasn)(?:['’]?t)?|\bcannot)(?:\s+(?!but\b|because\b)[\p{L}'’]+){0,2}\s*$/iu;
/** What is left if a feeling is denied: "not happy" is sad, "not angry" is nothing. */
export const DENIED: Partial<Record<Emotion, Emotion>> = {
  joy: 'sadness',
  calm: 'fear',
  excitement: 'sadness',
};
