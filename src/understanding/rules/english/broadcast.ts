/** How programmes speak to those who listen. */
const PROGRAMME =
  "welcome (?:back )?to (?:the|our|another) (?:show|programme|program|podcast|episode|channel)|(?:dear|our) (?:listeners|viewers)|(?:after|before) the (?:news|break|ads?)|stay tuned|(?:like and )?subscribe|don't go away|tonight's (?:show|guest)|my guest|our sponsor|welcome to another episode|hit the bell|you(?:'re| are) (?:listening to|watching) \\p{L}+|coming up next|brought to you by|sponsored by|and now (?:the|for the) (?:weather|sports?|news|headlines)|here are the headlines|(?:tonight )?on channel \\p{L}+|reporting (?:live )?from|back (?:to|in) the studio|in (?:today's|this) (?:video|episode)|link in the (?:description|bio)";
/** How advertisements, loudspeakers and the queues of a telephone do. */
const NOTICE =
  'call now|order (?:now|yours)|get (?:one|the second one) free|while stocks last|terms and conditions apply|limited time (?:only|offer)|money[- ]back guarantee|gamble responsibly|side effects may|batteries not included|in all good (?:shops|stores)|\\p{L}+ dot com|this is a \\p{L}+ announcement|next (?:station|stop) is|mind the gap|stand clear of|unattended|please (?:hold the line|listen carefully)|thank you for (?:holding|shopping)|your call is important|calls (?:may be|are) recorded|all our (?:agents|lines|operators)|press (?:one|two|three|\\d) (?:for|to)|after the (?:tone|beep)';
const cuesOf = (...kinds: string[]): RegExp => new RegExp(`\\b(?:${kinds.join('|')})\\b`, 'giu');
const PROGRAMME_CUE = cuesOf(PROGRAMME);
const CUE = cuesOf(PROGRAMME, NOTICE);
/** What songs are made of. */
const SONG =
  /\b(?:oh|ooh|yeah),? (?:oh|ooh|yeah|baby)\b|\bbaby,? baby\b|\b(?:hold|kiss|love) me\b|\b(?:need|want|love) you (?:tonight|so|baby|back)\b|\bdon't you (?:go|leave|know)\b|\b([\p{L}' ]{8,40}), \1\b|[♪♫]/giu;
/** A voice that somebody named after its device or its part. */
const DEVICE =
  /^(?:the )?(?:tv|telly|television|radio|advert|advertisement|commercial|jingle|singers?|choir|song|lyrics|music|film|movie|podcast|audiobook|newsreader|presenter|narrator)(?: \d+)?$/i;
/** What an announcement may say that matters to somebody who waits. */
const WAITED_FOR =
  /\b(?:cancel\p{L}*|delay\p{L}*|gate|platform|boarding|evacuate|recall\p{L}*|emergency|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|o'clock|your (?:name|order|refund|results?|parcel|appointment))\b/iu;

/** Sentences for each cue of a programme, at most: a single "stay tuned" is no radio. */
const SENTENCES_PER_CUE = 8;
/** Sentences of one voice for which one cue is enough. */
const SHORT = 3;

interface Spoken {
  text: string;
  speaker: string;
  name: string | null;
}

/** True if sentences of others, all of what was said, are a programme, a song or an announcement. */
export function isBroadcast(sentences: readonly Spoken[]): boolean {
  const cues = countBroadcastCues(sentences);
  if (cues > 1 && cues * SENTENCES_PER_CUE >= sentences.length) return true;
  if (sentences.some(({ text }) => WAITED_FOR.test(text))) return false;
  if (countOf(SONG, sentences) > 1 && countOf(SONG, sentences) * 2 >= sentences.length) return true;
  const voices = new Map<string, Spoken[]>();
  for (const each of sentences) {
    const said = voices.get(each.speaker);
    if (said) said.push(each);
    else voices.set(each.speaker, [each]);
  }
  return [...voices.values()].every(
    (said) => DEVICE.test(said[0]?.name ?? '') || (said.length <= SHORT && countOf(CUE, said) > 0),
  );
}

/** Returns how many phrases of radio, television or a channel there are. */
export function countBroadcastCues(sentences: readonly { text: string }[]): number {
  return countOf(PROGRAMME_CUE, sentences);
}

function countOf(pattern: RegExp, sentences: readonly { text: string }[]): number {
  return sentences.reduce((sum, { text }) => sum + (text.match(pattern)?.length ?? 0), 0);
}
