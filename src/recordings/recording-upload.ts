import { type AudioSource, bytesSource } from '../audio/file/audio-source.ts';
import { replayFile } from '../audio/file/replay-file.ts';
import type { ReplayableAudio } from '../audio/replayable-audio.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import type { SessionVoices } from '../stt/session-voices.ts';
import { type FileAudio, fileAudio, openSpeechFile } from '../stt/transcribe-file.ts';
import type { UserService } from '../users/user-service.ts';
import {
  type OpenRecordedStt,
  type RecordedTranscript,
  transcribeRecorded,
} from './recording-transcript.ts';

/** Longest file that is transcribed while its sender waits, milliseconds. */
export const MAX_FILE_MS = 30 * 60_000;

export interface FileTranscriptionOptions {
  users: UserService;
  openStt: OpenRecordedStt;
  /** The voices that a user's speakers are compared with; null if there is no voice model. */
  loadVoices(uid: string): Promise<SessionVoices | null>;
}

/** How a file is to be heard. */
export interface FileWishes {
  /** BCP-47 or `multi`, null for the user's own. */
  language: string | null;
  /** The only speech service or local model to ask; null for the server's choice. */
  model: string | null;
}

/** Transcribes single files, of which nothing is kept. */
export class FileTranscription {
  readonly #o: FileTranscriptionOptions;

  constructor(options: FileTranscriptionOptions) {
    this.#o = options;
  }

  /**
   * The segments of a file of any kind that is read, times from its start. `bad-request` for another file,
   * `payload-too-large` beyond half an hour; else as `transcribeRecorded`.
   */
  async transcribe(
    uid: string,
    file: Uint8Array,
    wishes: FileWishes,
    signal: AbortSignal,
  ): Promise<TranscriptSegment[]> {
    const audio = await fileAudio(bytesSource(file), MAX_FILE_MS, signal);
    return (await this.#heard(uid, audio, wishes, signal)).segments;
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
  ): Promise<RecordedTranscript & { durationMs: number | null }> {
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
    const wishes = { language, model: null };
    const heard = await this.#heard(uid, { audio, format, aheadMs }, wishes, signal);
    return { ...heard, durationMs };
  }

  async #heard(
    uid: string,
    { audio, format, aheadMs }: Pick<FileAudio, 'audio' | 'format' | 'aheadMs'>,
    { language, model }: FileWishes,
    signal: AbortSignal,
  ): Promise<RecordedTranscript> {
    const user = await this.#o.users.getUser(uid);
    const voices = await this.#o.loadVoices(uid);
    const asked = language ?? user.language ?? 'en';
    const stt = this.#o.openStt(user, asked, format, voices, model);
    const heard = await transcribeRecorded(stt, audio, -aheadMs, signal);
    const fromStart = (segment: TranscriptSegment) => ({
      ...segment,
      startMs: Math.max(0, segment.startMs),
    });
    return { ...heard, segments: heard.segments.map(fromStart) };
  }
}
