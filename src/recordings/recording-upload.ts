import { type AudioSource, bytesSource } from '../audio/file/audio-source.ts';
import { replayFile } from '../audio/file/replay-file.ts';
import type { ReplayableAudio } from '../audio/replayable-audio.ts';
import type { TranscriptSegment } from '../model/transcript-segment.ts';
import { type FileAudio, fileAudio, openSpeechFile } from '../stt/transcribe-file.ts';
import type { UserService } from '../users/user-service.ts';
import { type OpenRecordedStt, transcribeRecorded } from './recording-transcript.ts';

/** Longest file that is transcribed while its sender waits, milliseconds. */
export const MAX_FILE_MS = 30 * 60_000;

/** Transcribes single files, of which nothing is kept. */
export class FileTranscription {
  readonly #users: UserService;
  readonly #openStt: OpenRecordedStt;

  constructor(options: { users: UserService; openStt: OpenRecordedStt }) {
    this.#users = options.users;
    this.#openStt = options.openStt;
  }

  /**
   * The segments of a file of any kind that is read, times from its start. `bad-request` for another file,
   * `payload-too-large` beyond half an hour; else as `transcribeRecorded`.
   *
   * @param language BCP-47 or `multi`, null for the user's own
   */
  async transcribe(
    uid: string,
    file: Uint8Array,
    language: string | null,
    signal: AbortSignal,
  ): Promise<TranscriptSegment[]> {
    const audio = await fileAudio(bytesSource(file), MAX_FILE_MS, signal);
    return this.#segments(uid, audio, language, signal);
  }

  /**
   * The same of a file of any length, of which only a part is in memory at a time, with the length that the
   * file tells in milliseconds.
   *
   * @param options.onRead told the end of what was read so far and of the whole, milliseconds
   */
  async transcribeSource(
    uid: string,
    source: AudioSource,
    options: {
      language: string | null;
      signal: AbortSignal;
      onRead: (endMs: number, totalMs: number | null) => void;
    },
  ): Promise<{ segments: TranscriptSegment[]; durationMs: number | null }> {
    const file = await openSpeechFile(source);
    const { format, aheadMs, durationMs } = file;
    const replayed = replayFile(file);
    const audio: ReplayableAudio = {
      async *readFrom(positionMs, signal) {
        for await (const batch of replayed.readFrom(positionMs, signal)) {
          yield batch;
          options.onRead(batch.startMs + batch.durationMs, durationMs);
        }
      },
    };
    const { language, signal } = options;
    const segments = await this.#segments(uid, { audio, format, aheadMs }, language, signal);
    return { segments, durationMs };
  }

  async #segments(
    uid: string,
    { audio, format, aheadMs }: Pick<FileAudio, 'audio' | 'format' | 'aheadMs'>,
    language: string | null,
    signal: AbortSignal,
  ): Promise<TranscriptSegment[]> {
    const user = await this.#users.getUser(uid);
    const stt = this.#openStt(user, language ?? user.language ?? 'en', format);
    const segments = await transcribeRecorded(stt, audio, -aheadMs, signal);
    return segments.map((segment) => ({ ...segment, startMs: Math.max(0, segment.startMs) }));
  }
}
