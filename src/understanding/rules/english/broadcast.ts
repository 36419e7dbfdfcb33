/** How programmes speak to those who listen. */
const PROGRAMME =
  /\b(?:welcome (?:back )?to (?:the|our|another) (?:show|programme|program|podcast|episode|channel)|(?:dear|our) (?:listeners|viewers)|(?:after|before) the (?:news|break|ads?)|stay tuned|(?:like and )?subscribe|don't go away|tonight's (?:show|guest)|my guest|our sponsor|welcome to another episode|hit the bell|you(?:'re| are) (?:listening to|watching) \p{L}+|coming up next|brought to you by|sponsored by|and now (?:the|for the) (?:weather|sports?|news|headlines)|here are the headlines|(?:tonight )?on channel \p{L}+|reporting (?:live )?from|back (?:to|in) the studio|in (?:today's|this) (?:video|episode)|link in the (?:description|bio))\b/giu;

/** Sentences for each cue of a programme, at most: a single "stay tuned" is no radio. */
const SENTENCES_PER_CUE = 8;

/** True if all that is said is a programme in the room, by two or more of its phrases. */
export function isProgramme(sentences: readonly { text: string; isUser: boolean }[]): boolean {
  const cues = countBroadcastCues(sentences);
  return (
    cues > 1 &&
    cues * SENTENCES_PER_CUE >= sentences.length &&
    !sentences.some(({ isUser }) => isUser)
  );
}

/** Returns how many phrases of radio, television or a channel there are. */
export function countBroadcastCues(sentences: readonly { text: string }[]): number {
  return sentences.reduce((sum, { text }) => sum + (text.match(PROGRAMME)?.length ?? 0), 0);
}
