/** When somebody speaks, seconds on the clock of the conversation. */
export interface Span {
  start: number;
  end: number;
}

/** Silence of this length is skipped, seconds; what is heard of it before the next word. */
const SILENCE_S = 1.5;
const LEAD_S = 0.3;

/** The time at which to go on: the same, or shortly before the next speech if there is none for long. */
export function afterSilence(time: number, spans: readonly Span[]): number {
  let next: number | undefined;
  for (const { start, end } of spans) {
    if (start - LEAD_S <= time && time <= end + LEAD_S) return time;
    if (start > time) next = Math.min(next ?? start, start);
  }
  return next !== undefined && next - time > SILENCE_S ? next - LEAD_S : time;
}
