import { distanceOf, type HeardVoice, pooled } from './voice-vector.ts';

/** A stretch of speech, and the speaker to whom it was given while the audio was heard. */
export interface VoicedTurn {
  speaker: number;
  voice: HeardVoice;
}

/** Rounds in which stretches go to the nearest speaker; they settle sooner. */
const ROUNDS = 3;
/** Shorter speech is not moved to another speaker: its vector says too little. Milliseconds. */
const MIN_MOVED_MS = 800;
/** The vector of a speaker is made of the longest stretches only. */
const MAX_POOLED = 64;

/**
 * Returns the speaker of each stretch of speech, now that all of the audio was heard: speakers who turned
 * out to have one voice become one, the earlier of them, and each stretch goes to the speaker whose
 * voice it is nearest to. Linear in the stretches: speakers are few.
 *
 * @param maxDistance voices nearer than this are one speaker, cosine distance
 */
export function settleVoices(turns: readonly VoicedTurn[], maxDistance: number): number[] {
  let speakers = joined(
    turns,
    turns.map(({ speaker }) => speaker),
    maxDistance,
  );
  for (let round = 0; round < ROUNDS; round += 1) {
    const moved = nearest(turns, speakers);
    const settled = joined(turns, moved, maxDistance);
    if (settled.every((speaker, i) => speaker === speakers[i])) break;
    speakers = settled;
  }
  return speakers;
}

/** The nearest two speakers become one as long as they are near enough. */
function joined(
  turns: readonly VoicedTurn[],
  speakers: readonly number[],
  maxDistance: number,
): number[] {
  const pools = poolsOf(turns, speakers);
  const became = new Map<number, number>();
  for (let pair = nearestPair(pools); pair !== null; pair = nearestPair(pools)) {
    if (pair.distance > maxDistance) break;
    const { kept, gone } = pair;
    const pool = pooled([pools.get(kept), pools.get(gone)].filter((one) => one !== undefined));
    pools.delete(gone);
    if (pool === null) pools.delete(kept);
    else pools.set(kept, pool);
    for (const [from, to] of became) if (to === gone) became.set(from, kept);
    became.set(gone, kept);
  }
  return speakers.map((speaker) => became.get(speaker) ?? speaker);
}

function nearest(turns: readonly VoicedTurn[], speakers: readonly number[]): number[] {
  const pools = [...poolsOf(turns, speakers)];
  return turns.map(({ voice }, i) => {
    const given = speakers[i] ?? 0;
    if (voice.speechMs < MIN_MOVED_MS) return given;
    let best = given;
    let least = Number.POSITIVE_INFINITY;
    for (const [speaker, pool] of pools) {
      const distance = distanceOf(pool.vector, voice.vector);
      if (distance >= least) continue;
      least = distance;
      best = speaker;
    }
    return best;
  });
}

function poolsOf(
  turns: readonly VoicedTurn[],
  speakers: readonly number[],
): Map<number, HeardVoice> {
  const heard = new Map<number, HeardVoice[]>();
  for (const [i, { voice }] of turns.entries()) {
    const speaker = speakers[i] ?? 0;
    const own = heard.get(speaker);
    if (own === undefined) heard.set(speaker, [voice]);
    else own.push(voice);
  }
  const pools = new Map<number, HeardVoice>();
  for (const [speaker, voices] of heard) {
    const longest = voices.sort((a, b) => b.speechMs - a.speechMs).slice(0, MAX_POOLED);
    const pool = pooled(longest);
    if (pool !== null) pools.set(speaker, pool);
  }
  return pools;
}

function nearestPair(
  pools: ReadonlyMap<number, HeardVoice>,
): { kept: number; gone: number; distance: number } | null {
  let found: { kept: number; gone: number; distance: number } | null = null;
  const all = [...pools].sort(([a], [b]) => a - b);
  for (const [i, [kept, pool]] of all.entries()) {
    for (const [gone, other] of all.slice(i + 1)) {
      const distance = distanceOf(pool.vector, other.vector);
      if (found === null || distance < found.distance) found = { kept, gone, distance };
    }
  }
  return found;
}
