import { AppError } from '../kernel/errors.ts';
import type { TranscriptSegment } from '../model/transcript-segment.ts';
import { fileAudio } from '../stt/transcribe-file.ts';
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
   * The segments of a WAV or Ogg/Opus file, times from its start. `bad-request` for another file,
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
    const { audio, format, aheadMs, durationMs } = fileAudio(file);
    if (durationMs > MAX_FILE_MS) {
      throw new AppError('payload-too-large', 'The audio is longer than 30 minutes.');
    }
    const user = await this.#users.getUser(uid);
    const stt = this.#openStt(user, language ?? user.language ?? 'en', format);
    const segments = await transcribeRecorded(stt, audio, -aheadMs, signal);
    return segments.map((segment) => ({ ...segment, startMs: Math.max(0, segment.startMs) }));
  }
}
