import { audioKind, audioKindOfName, HEAD_BYTES } from '../audio/file/audio-kind.ts';
import { type AudioSource, DiskSource } from '../audio/file/audio-source.ts';
import { soundKeyOf } from '../conversations/import/import-key.ts';
import { durationOf } from '../conversations/import/imported-transcript.ts';
import { MAX_TRANSCRIPT_BYTES, parseTranscript } from '../conversations/import/parse-transcript.ts';
import { userOf } from '../conversations/import/turn-segments.ts';
import type { ImportOutcome, ImportService } from '../conversations/import-service.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import type { UserService } from '../users/user-service.ts';
import type { FileTranscription } from './recording-upload.ts';

export interface FileImportOptions {
  /** The name under which the user speaks in a transcript, null if the file is to say it. */
  me: string | null;
  /** BCP-47, null for the user's own. */
  language: string | null;
  /** When it began, epoch milliseconds; null if the file or `changedAt` is to say it. */
  startedAt: number | null;
  /** When the file was last changed, epoch milliseconds; null for now. */
  changedAt: number | null;
  signal: AbortSignal;
  /** Told how much of a file of sound was heard and how long it is, milliseconds. */
  onHeard: (endMs: number, totalMs: number | null) => void;
}

export type ImportedFromFile = Pick<ImportOutcome, 'conversationId' | 'status'>;

/** Makes conversations of files that a client uploads: transcripts of any known kind, and sound. */
export class FileImport {
  readonly #imports: ImportService;
  readonly #transcription: FileTranscription;
  readonly #users: UserService;
  readonly #clock: Clock;

  constructor(options: {
    imports: ImportService;
    fileTranscription: FileTranscription;
    users: UserService;
    clock: Clock;
  }) {
    this.#imports = options.imports;
    this.#transcription = options.fileTranscription;
    this.#users = options.users;
    this.#clock = options.clock;
  }

  /**
   * Stores what a file says as conversations and asks for them to be processed. The same file again gives the
   * conversations that are there.
   *
   * @param file where it lies on the disk, and what its sender calls it
   * @throws `bad-request` for a file that is neither; `not-configured` for sound without a speech service
   */
  async import(
    uid: string,
    file: { path: string; name: string },
    options: FileImportOptions,
  ): Promise<ImportedFromFile[]> {
    const source = await DiskSource.open(file.path, file.name);
    try {
      return await this.#import(uid, source, options);
    } finally {
      await source.close();
    }
  }

  async #import(
    uid: string,
    source: AudioSource,
    options: FileImportOptions,
  ): Promise<ImportedFromFile[]> {
    const kind = audioKind(await source.read(0, HEAD_BYTES)) ?? audioKindOfName(source.name);
    if (kind !== null) return [await this.#importSound(uid, source, options)];
    return this.#importTranscript(uid, source, options);
  }

  async #importTranscript(
    uid: string,
    source: AudioSource,
    options: FileImportOptions,
  ): Promise<ImportedFromFile[]> {
    if (source.size > MAX_TRANSCRIPT_BYTES) {
      const limit = MAX_TRANSCRIPT_BYTES / 2 ** 20;
      throw new AppError('payload-too-large', `A transcript has at most ${limit} MB.`);
    }
    const { timeZone } = await this.#users.getUser(uid);
    const transcript = await parseTranscript(await source.read(0, source.size), {
      fileName: source.name,
      format: null,
      knownNames: options.me === null ? [] : [options.me],
      ...(timeZone === null ? {} : { timeZone }),
    });
    const made: ImportedFromFile[] = [];
    for (const { turns, startedAt, userLabel, language, title } of transcript.talks) {
      const { conversationId, status } = await this.#imports.importTranscript(uid, {
        turns,
        me: userOf(turns, options.me, userLabel),
        startedAt: options.startedAt ?? startedAt ?? this.#guess(options, durationOf(turns)),
        isDated: options.startedAt !== null || startedAt !== null,
        language: options.language ?? language,
        title,
      });
      made.push({ conversationId, status });
    }
    return made;
  }

  async #importSound(
    uid: string,
    source: AudioSource,
    options: FileImportOptions,
  ): Promise<ImportedFromFile> {
    const importKey = await soundKeyOf(source);
    const known = await this.#imports.findImported(uid, importKey);
    if (known) return { conversationId: known.id, status: 'known' };
    const { language, signal, onHeard: onRead } = options;
    const heard = await this.#transcription.transcribeSource(uid, source, {
      language,
      signal,
      onRead,
    });
    const { segments } = heard;
    if (segments.length === 0) throw new AppError('bad-request', 'No words were recognised in it.');
    const lastMs = segments.reduce((latest, { endMs }) => Math.max(latest, endMs), 0);
    const { conversationId, status } = await this.#imports.importSpeech(uid, {
      importKey,
      segments,
      startedAt: options.startedAt ?? this.#guess(options, heard.durationMs ?? lastMs),
      language,
    });
    return { conversationId, status };
  }

  /** A file is written when what it holds has ended. */
  #guess({ changedAt }: FileImportOptions, durationMs: number): number {
    return Math.max(0, Math.round((changedAt ?? this.#clock.now()) - durationMs));
  }
}
