import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import type { User } from '../model/accounts/user.ts';
import type { OpenRecordedStt } from '../recordings/recording-transcript.ts';
import type { SessionStt } from '../stt/session-stt.ts';
import type { SttWord } from '../stt/stt-event.ts';
import { type FileAudio, pcmAudio, transcribeAll } from '../stt/transcribe-file.ts';
import type { UserService } from '../users/user-service.ts';
import type { VoiceBudget } from './voice-budget.ts';
import { isRecordingName, mixDown, recordingAudio, voiceFileAudio } from './voice-file.ts';
import { VoiceStream, type VoiceStreamEvent } from './voice-stream.ts';

/** Shorter audio is a slip of the finger, as on Omi's server. */
const SHORTEST_MS = 1_000;
const MAX_KEYTERMS = 100;

export interface VoiceTranscriptionOptions {
  users: Pick<UserService, 'getUser'>;
  clock: Clock;
  openStt: OpenRecordedStt;
  budget: VoiceBudget;
}

/** A file as it was uploaded. */
export interface VoiceFile {
  name: string;
  bytes: Uint8Array;
}

/** What was said. */
export interface VoiceTranscript {
  /** Empty if there was no speech. */
  text: string;
  /** The language that was heard, `multi` for several; null unless all were listened for. */
  language: string | null;
}

export interface VoicePcm {
  bytes: Uint8Array;
  sampleRate: number;
  channels: 1 | 2;
}

/** Transcribes what is spoken to the chat; nothing is kept of it. Two hours a day and user. */
export class VoiceTranscription {
  readonly #o: VoiceTranscriptionOptions;

  constructor(options: VoiceTranscriptionOptions) {
    this.#o = options;
  }

  /**
   * A voice message as the app records it. `bad-request` for a file that is no recording, or one
   * that is too short; otherwise as `transcribeFiles`.
   */
  async transcribeRecording(
    uid: string,
    { name, bytes }: VoiceFile,
    language: string | null,
    signal: AbortSignal,
  ): Promise<VoiceTranscript> {
    if (!isRecordingName(name, this.#o.clock.now())) {
      throw new AppError('bad-request', 'Paths is invalid');
    }
    const audio = recordingAudio(name, bytes);
    if (audio.durationMs < SHORTEST_MS) throw new AppError('bad-request', 'Wav path is invalid');
    return await this.#transcribe(uid, [audio], language, [], signal);
  }

  /**
   * Files of any kind that is read, and recordings of the app. `bad-request` for what is none of these,
   * `rate-limited` if the day's budget is spent, else as `transcribeAll`.
   */
  async transcribeFiles(
    uid: string,
    files: readonly VoiceFile[],
    language: string | null,
    signal: AbortSignal,
  ): Promise<VoiceTranscript> {
    const audio: FileAudio[] = [];
    for (const { name, bytes } of files) audio.push(await voiceFileAudio(name, bytes, signal));
    return await this.#transcribe(uid, audio, language, [], signal);
  }

  /** Raw signed 16-bit PCM; errors as of `transcribeFiles`. */
  async transcribePcm(
    uid: string,
    pcm: VoicePcm,
    language: string | null,
    keywords: readonly string[],
    signal: AbortSignal,
  ): Promise<VoiceTranscript> {
    const whole = pcm.bytes.subarray(0, pcm.bytes.length - (pcm.bytes.length % (2 * pcm.channels)));
    const mono = pcm.channels === 2 ? mixDown(whole) : whole;
    const audio = pcmAudio(mono, pcm.sampleRate);
    return await this.#transcribe(uid, [audio], language, keywords, signal);
  }

  /**
   * Opens a stream of signed 16-bit PCM. `not-configured` without a provider, `rate-limited` if
   * the day's budget is spent.
   */
  async openStream(
    uid: string,
    stream: { language: string; sampleRate: number; channels: 1 | 2; keywords: readonly string[] },
    emit: (event: VoiceStreamEvent) => void,
  ): Promise<VoiceStream> {
    const { users, budget } = this.#o;
    const { sampleRate, channels } = stream;
    const user = await users.getUser(uid);
    await budget.spend(uid, 0);
    const format = { encoding: 'pcm-s16le', sampleRate } as const;
    const language = languageFor(stream.language, user);
    const stt = this.#open(user, language, format, stream.keywords);
    const spend = (ms: number) => budget.spend(uid, ms);
    return new VoiceStream({ stt, sampleRate, channels, spend, emit });
  }

  async #transcribe(
    uid: string,
    files: readonly FileAudio[],
    given: string | null,
    keywords: readonly string[],
    signal: AbortSignal,
  ): Promise<VoiceTranscript> {
    const { users, budget } = this.#o;
    const user = await users.getUser(uid);
    const language = languageFor(given, user);
    const words: SttWord[] = [];
    for (const { audio, format, durationMs } of files) {
      const stt = this.#open(user, language, format, keywords);
      await budget.spend(uid, durationMs);
      const heard = await transcribeAll(stt, audio, signal);
      words.push(...heard.parts.flatMap((part) => part.words));
    }
    const text = words.map((word) => word.text).join(' ');
    return { text, language: language === 'multi' ? heardLanguage(words) : null };
  }

  #open(
    user: User,
    language: string,
    format: FileAudio['format'],
    keywords: readonly string[],
  ): SessionStt {
    // A language that is named is listened for alone, whatever the user speaks at other times.
    const listener =
      language === 'multi' ? user : { ...user, singleLanguageMode: true, languages: [] };
    const stt = this.#o.openStt(listener, language, format);
    if (!stt) {
      throw new AppError(
        'not-configured',
        'No speech-to-text service is configured for this language; set the API key of one.',
      );
    }
    const keyterms = [...keywords, ...stt.options.keyterms].slice(0, MAX_KEYTERMS);
    return { ...stt, options: { ...stt.options, keyterms } };
  }
}

/**
 * `auto` and `multi` listen for every language, another name for that one; without one it is the
 * user's if the user listens for a single one, else every.
 */
export function languageFor(
  given: string | null,
  user: Pick<User, 'language' | 'singleLanguageMode'>,
): string {
  const asked = given?.trim() ?? '';
  if (asked === 'auto' || asked === 'multi') return 'multi';
  if (asked !== '') return asked;
  return user.singleLanguageMode && user.language ? user.language : 'multi';
}

function heardLanguage(words: readonly SttWord[]): string | null {
  const heard = new Set(words.flatMap((word) => (word.language === null ? [] : [word.language])));
  if (heard.size > 1) return 'multi';
  return [...heard][0] ?? null;
}
