/** A word that is in the samples; times are counted from the first sample that was pushed. */
export interface HeardWord {
  text: string;
  startMs: number;
  endMs: number;
  /** The voice, as the audio carries it. */
  speaker: number;
}
