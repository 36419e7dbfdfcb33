/** How programmes speak to those who listen. */
const CUE =
  /\b(?:welcome (?:back )?to (?:the|our|another) (?:show|programme|program|podcast|episode|channel)|(?:dear|our) (?:listeners|viewers)|(?:after|before) the (?:news|break|ads?)|stay tuned|(?:like and )?subscribe|don't go away|tonight's (?:show|guest)|my guest|our sponsor|welcome to another episode|hit the bell)\b/gi;

/** Returns how many phrases of radio, television or a channel there are. */
export function countBroadcastCues(sentences: readonly { text: string }[]): number {
  let cues = 0;
  for (const { text } of sentences) cues += text.match(CUE)?.length ?? 0;
  return cues;
}
