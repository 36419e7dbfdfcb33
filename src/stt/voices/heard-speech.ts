import { matchVoice, type VoicePrint, type VoiceThresholds } from '../../voices/match-voice.ts';
import { settleVoices } from '../../voices/settle-voices.ts';
import { pooled } from '../../voices/voice-vector.ts';
import type { SttWord, VoiceHeard } from '../stt-event.ts';

/** Words that one provider has heard; times are milliseconds of audio. */
export interface HeardWords {
  provider: string;
  words: SttWord[];
}

/** A speaker of audio that was heard as a whole. */
export interface HeardSpeaker {
  /** Number in the words. */
  speaker: number;
  /** Id of the person, or `OWNER`; null for an unknown voice. */
  personId: string | null;
  /** Stretches of speech whose voice was computed; none without a voice model. */
  turns: VoiceHeard[];
}

/** Everything that was heard in audio that is complete. */
export interface HeardSpeech {
  parts: HeardWords[];
  speakers: HeardSpeaker[];
}

/** What voices of complete audio are compared with. */
export interface RecordedVoices {
  prints: readonly VoicePrint[];
  thresholds: VoiceThresholds;
}

/**
 * Gives words their final speakers, which are known only when everything was heard: offline diarization by
 * the vectors of all turns. Words of a provider that tells speakers apart itself keep theirs.
 *
 * @param people by number of the speaker, as they were recognised while the audio was heard
 */
export function settleSpeech(
  parts: readonly HeardWords[],
  turns: readonly VoiceHeard[],
  people: ReadonlyMap<number, string>,
  voices: RecordedVoices | null,
): HeardSpeech {
  const byVoice = turns.filter((turn) => turn.isByVoice).sort((a, b) => a.startMs - b.startMs);
  if (voices === null || byVoice.length === 0) {
    const numbers = new Set([...people.keys(), ...turns.map(({ speaker }) => speaker)]);
    const speakers = [...numbers].map((speaker) => ({
      speaker,
      personId: people.get(speaker) ?? null,
      turns: turns.filter((turn) => turn.speaker === speaker),
    }));
    return { parts: [...parts], speakers };
  }
  const settled = settleVoices(byVoice, voices.thresholds.newSpeakerDistance);
  const own = byVoice.map((turn, i) => ({ ...turn, speaker: settled[i] ?? turn.speaker }));
  const given = new Set(byVoice.map(({ speaker }) => speaker));
  const withSpeakers = parts.map(({ provider, words }) => ({
    provider,
    words: words.map((word) => {
      const isOpen = word.speaker === null || given.has(word.speaker);
      return isOpen ? { ...word, speaker: turnOf(own, word)?.speaker ?? null } : word;
    }),
  }));
  const all = [...own, ...turns.filter((turn) => !turn.isByVoice)];
  return numbered(withSpeakers, all, (speaker, heard) => {
    const isOwn = heard.some(({ isByVoice }) => isByVoice);
    return isOwn ? personOf(heard, voices) : (people.get(speaker) ?? null);
  });
}

/** Speakers are numbered in the order in which they begin to speak. */
function numbered(
  parts: readonly HeardWords[],
  turns: readonly VoiceHeard[],
  personOfSpeaker: (speaker: number, turns: readonly VoiceHeard[]) => string | null,
): HeardSpeech {
  const numbers = new Map<number, number>();
  for (const { words } of parts) {
    for (const { speaker } of words) {
      if (speaker !== null && !numbers.has(speaker)) numbers.set(speaker, numbers.size);
    }
  }
  const speakers = [...numbers].map(([before, speaker]) => {
    const heard = turns.filter((turn) => turn.speaker === before);
    return {
      speaker,
      personId: personOfSpeaker(before, heard),
      turns: heard.map((turn) => ({ ...turn, speaker })),
    };
  });
  const renumber = (word: SttWord) => ({
    ...word,
    speaker: word.speaker === null ? null : (numbers.get(word.speaker) ?? null),
  });
  return {
    parts: parts.map(({ provider, words }) => ({ provider, words: words.map(renumber) })),
    speakers,
  };
}

/** Whose voice it is, by all speech of a speaker. */
function personOf(
  turns: readonly VoiceHeard[],
  { prints, thresholds }: RecordedVoices,
): string | null {
  const pool = pooled(turns.map(({ voice }) => voice));
  if (pool === null || pool.speechMs < thresholds.minSpeechMs) return null;
  return matchVoice(pool.vector, prints, thresholds)?.print.personId ?? null;
}

/** The turn that a word is in, or the nearest one. */
function turnOf(turns: readonly VoiceHeard[], { startMs, endMs }: SttWord): VoiceHeard | undefined {
  const middleMs = (startMs + endMs) / 2;
  let [low, high] = [0, turns.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((turns[middle]?.startMs ?? 0) <= middleMs) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [turns[low - 1], turns[low]];
  if (before === undefined || after === undefined) return before ?? after;
  return middleMs - before.endMs <= after.startMs - middleMs ? before : after;
}
