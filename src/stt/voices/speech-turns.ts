import type { SttWord } from '../stt-event.ts';

/** Words of one speaker without a long pause. */
export interface SpeechTurn {
  words: SttWord[];
  /** The provider's number of the speaker, null if it does not tell speakers apart. */
  speaker: number | null;
  startMs: number;
  endMs: number;
}

/** A pause that may be a change of the speaker, milliseconds. */
const PAUSE_MS = 300;
/** A longer turn is cut at its longest pause, however short that is: two people may speak in it. */
const LONG_MS = 8_000;

/** Cuts words into turns: at a change of the speaker, and at pauses. */
export function speechTurns(words: readonly SttWord[]): SpeechTurn[] {
  const turns: SttWord[][] = [];
  for (const word of words) {
    const turn = turns.at(-1);
    const last = turn?.at(-1);
    const goesOn = last?.speaker === word.speaker && word.startMs - last.endMs < PAUSE_MS;
    if (turn && goesOn) turn.push(word);
    else turns.push([word]);
  }
  return turns.flatMap(cutLong).map((part) => ({
    words: part,
    speaker: part[0]?.speaker ?? null,
    startMs: part[0]?.startMs ?? 0,
    endMs: part.at(-1)?.endMs ?? 0,
  }));
}

function cutLong(words: SttWord[]): SttWord[][] {
  const parts: SttWord[][] = [];
  const open = [words];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    const at = isLong(part) ? longestPause(part) : 0;
    if (at === 0) parts.push(part);
    else open.push(part.slice(at), part.slice(0, at));
  }
  return parts;
}

function isLong(words: readonly SttWord[]): boolean {
  return (words.at(-1)?.endMs ?? 0) - (words[0]?.startMs ?? 0) > LONG_MS;
}

/** Index of the word after the longest pause; 0 if there is only one word. */
function longestPause(words: readonly SttWord[]): number {
  let at = 0;
  let longest = Number.NEGATIVE_INFINITY;
  for (let i = 1; i < words.length; i += 1) {
    const pauseMs = (words[i]?.startMs ?? 0) - (words[i - 1]?.endMs ?? 0);
    if (pauseMs <= longest) continue;
    longest = pauseMs;
    at = i;
  }
  return at;
}
