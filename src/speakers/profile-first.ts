import type { AudioBatch, AudioFormat } from '../audio/audio-format.ts';
import { decodedAudio, decodedRate } from '../stt/decoded-audio.ts';
import type { SpeakerIdentified, SttEvent, SttWord } from '../stt/stt-event.ts';
import type { ReplayableAudio } from '../stt/stt-provider.ts';
import { ProfilePrelude } from './profile-prelude.ts';
import type { KnownVoice, SpeakerIdentifier } from './speaker-identifier.ts';

/** Part of the words in a voice's stretch that one speaker must have said to be that voice. */
const MAJORITY = 0.7;
/** Words that are needed to tell, milliseconds. */
const MIN_SPOKEN_MS = 1_000;

/**
 * Knows voices by playing them to the provider first: the speaker that it hears there is that
 * person wherever the number comes again. Needs nothing but a provider that tells speakers apart.
 *
 * Positions of the inner stream are the session's, moved by the length of what is played first.
 * A further connection is played a part of it again, at the place where the first one has heard it, so
 * that the stream recognises its speakers by those words. Words of it never leave.
 */
export const profileFirst: SpeakerIdentifier = {
  identify: (stream, voices) => {
    if (voices.length === 0) return stream;
    return {
      transcribe: (audio, options, fromMs, signal) => {
        const format: AudioFormat = {
          encoding: 'pcm-s16le',
          sampleRate: decodedRate(options.format),
        };
        const prelude = new ProfilePrelude(voices, format.sampleRate);
        const decoded =
          options.format.encoding === 'pcm-s16le'
            ? audio
            : decodedAudio(audio, options.format, format.sampleRate);
        const clock = new PreludeClock(prelude.durationMs, fromMs);
        const preceded = new PrecededAudio(decoded, prelude, clock);
        const events = stream.transcribe(preceded, { ...options, format }, 0, signal);
        return withoutPrelude(events, prelude, clock);
      },
    };
  },
};

/** The relation between the session's positions and those of the inner stream. */
class PreludeClock {
  readonly #shiftMs: number;

  constructor(preludeMs: number, fromMs: number) {
    this.#shiftMs = preludeMs - fromMs;
  }

  toStream(sessionMs: number): number {
    return sessionMs + this.#shiftMs;
  }

  toSession(streamMs: number): number {
    return streamMs - this.#shiftMs;
  }
}

class PrecededAudio implements ReplayableAudio {
  readonly #source: ReplayableAudio;
  readonly #prelude: ProfilePrelude;
  readonly #clock: PreludeClock;

  constructor(source: ReplayableAudio, prelude: ProfilePrelude, clock: PreludeClock) {
    this.#source = source;
    this.#prelude = prelude;
    this.#clock = clock;
  }

  async *readFrom(positionMs: number, signal: AbortSignal): AsyncGenerator<AudioBatch> {
    const { durationMs } = this.#prelude;
    const isFirst = positionMs < durationMs;
    yield* isFirst ? this.#prelude.whole() : this.#prelude.reminder();
    const from = this.#clock.toSession(Math.max(positionMs, durationMs));
    for await (const batch of this.#source.readFrom(from, signal)) {
      yield { ...batch, startMs: this.#clock.toStream(batch.startMs) };
    }
  }
}

async function* withoutPrelude(
  events: AsyncIterable<SttEvent>,
  prelude: ProfilePrelude,
  clock: PreludeClock,
): AsyncGenerator<SttEvent, void, undefined> {
  const { durationMs } = prelude;
  const isOwn = (word: SttWord) => (word.startMs + word.endMs) / 2 >= durationMs;
  const toSession = (word: SttWord): SttWord => ({
    ...word,
    startMs: clock.toSession(word.startMs),
    endMs: clock.toSession(word.endMs),
  });
  const votes = new VoiceVotes(prelude);
  let decided = false;
  for await (const event of events) {
    if (event.type === 'transcript-final') {
      const words = event.words.filter(isOwn);
      votes.add(event.words.filter((word) => !isOwn(word)));
      if (event.finalUntilMs < durationMs && words.length === 0) continue;
      if (!decided) yield* votes.decide();
      decided = true;
      const finalUntilMs = clock.toSession(Math.max(durationMs, event.finalUntilMs));
      yield { ...event, words: words.map(toSession), finalUntilMs };
    } else if (event.type === 'transcript-partial') {
      yield { ...event, words: event.words.filter(isOwn).map(toSession) };
    } else if (event.type === 'speech-start') {
      if (event.atMs >= durationMs) yield { ...event, atMs: clock.toSession(event.atMs) };
    } else {
      yield event;
    }
  }
}

/** Who was heard in the stretch of which voice, and for how long. */
class VoiceVotes {
  readonly #prelude: ProfilePrelude;
  readonly #heard = new Map<KnownVoice, Map<number, number>>();

  constructor(prelude: ProfilePrelude) {
    this.#prelude = prelude;
  }

  add(words: readonly SttWord[]): void {
    for (const { speaker, startMs, endMs } of words) {
      const middle = (startMs + endMs) / 2;
      const stretch = this.#prelude.stretches.find((s) => s.startMs <= middle && middle <= s.endMs);
      if (!stretch || speaker === null) continue;
      const heard = this.#heard.get(stretch.voice) ?? new Map<number, number>();
      heard.set(speaker, (heard.get(speaker) ?? 0) + endMs - startMs);
      this.#heard.set(stretch.voice, heard);
    }
  }

  /** Nobody is told of a speaker in whom the provider has heard two of the voices. */
  *decide(): Generator<SpeakerIdentified, void, undefined> {
    const found = [...this.#heard].flatMap(([voice, heard]) => {
      const speaker = majority(heard);
      return speaker === null ? [] : [{ voice, speaker }];
    });
    for (const { voice, speaker } of found) {
      if (found.filter((other) => other.speaker === speaker).length > 1) continue;
      yield { type: 'speaker-identified', speaker, personId: voice.personId, name: voice.name };
    }
  }
}

function majority(heard: ReadonlyMap<number, number>): number | null {
  const total = [...heard.values()].reduce((sum, ms) => sum + ms, 0);
  if (total < MIN_SPOKEN_MS) return null;
  for (const [speaker, ms] of heard) if (ms >= MAJORITY * total) return speaker;
  return null;
}
