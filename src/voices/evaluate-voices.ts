import { matchVoice, type VoicePrint, type VoiceThresholds } from './match-voice.ts';

/** How well voices are recognised with some thresholds. */
export interface VoiceEvaluation {
  /** Vectors that were compared with the others of their owner and with everybody else. */
  known: number;
  /** Of these: nobody was recognised. */
  missed: number;
  /** Of these: somebody else was recognised. */
  mistaken: number;
  /** Vectors that were compared while their owner was unknown. */
  strangers: number;
  /** Of these: somebody was recognised. */
  accepted: number;
}

/**
 * Tries each vector of each person against all others: once with its owner known by the other vectors
 * (leave one out), once with its owner unknown. Owners with a single vector are strangers only.
 */
export function evaluateVoices(
  prints: readonly VoicePrint[],
  thresholds: Pick<VoiceThresholds, 'maxDistance' | 'margin'>,
): VoiceEvaluation {
  const found = { known: 0, missed: 0, mistaken: 0, strangers: 0, accepted: 0 };
  for (const own of prints) {
    const others = prints.filter((print) => print !== own);
    for (const vector of own.vectors) {
      found.strangers += others.length > 0 ? 1 : 0;
      if (matchVoice(vector, others, thresholds) !== null) found.accepted += 1;
      const vectors = own.vectors.filter((known) => known !== vector);
      if (vectors.length === 0) continue;
      found.known += 1;
      const match = matchVoice(vector, [...others, { ...own, vectors }], thresholds);
      if (match === null) found.missed += 1;
      else if (match.print.personId !== own.personId) found.mistaken += 1;
    }
  }
  return found;
}
