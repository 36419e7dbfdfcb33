import { stat } from 'node:fs/promises';
import { audioKind, audioKindOfName, HEAD_BYTES } from '../../audio/file/audio-kind.ts';
import type { AudioSource } from '../../audio/file/audio-source.ts';
import type { Context } from '../../context.ts';
import { soundKeyOf } from '../../conversations/import/import-key.ts';
import { AppError, isAppError } from '../../kernel/errors.ts';
import { MAX_SOUND_BYTES, openInputFile } from '../input-file.ts';
import { Progress } from '../progress.ts';
import type { ImportedFile } from './imported-file.ts';

export interface AudioImportOptions {
  startedAt?: number;
  language?: string;
}

/** True for a file of sound, by what it holds or, if that tells nothing, by its name. */
export async function isAudioFile(file: string): Promise<boolean> {
  // If it cannot be read, the import itself says why.
  const source = await openInputFile(file, MAX_SOUND_BYTES).catch(() => undefined);
  if (!source) return false;
  try {
    return (audioKind(await source.read(0, HEAD_BYTES)) ?? audioKindOfName(file)) !== null;
  } finally {
    await source.close();
  }
}

/** Makes a conversation of what is spoken in a file; `bad-request` says why there is none. */
export async function importAudio(
  context: Context,
  uid: string,
  file: string,
  options: AudioImportOptions,
): Promise<ImportedFile> {
  const { imports } = context;
  const source = await openInputFile(file, MAX_SOUND_BYTES);
  try {
    const importKey = await soundKeyOf(source);
    const known = await imports.findImported(uid, importKey);
    if (known) return asImported(file, known.id, 'known', 0);
    const { segments, durationMs } = await transcribe(context, uid, source, options.language);
    const lastMs = segments.reduce((latest, { endMs }) => Math.max(latest, endMs), 0);
    // A file is written when what it holds has ended.
    const guessed = (await stat(file)).mtimeMs - (durationMs ?? lastMs);
    const outcome = await imports.importSpeech(uid, {
      importKey,
      segments,
      startedAt: options.startedAt ?? Math.max(0, Math.round(guessed)),
      language: options.language ?? null,
    });
    return asImported(file, outcome.conversationId, outcome.status, segments.length);
  } finally {
    await source.close();
  }
}

async function transcribe(
  context: Context,
  uid: string,
  source: AudioSource,
  language: string | undefined,
): ReturnType<Context['fileTranscription']['transcribeSource']> {
  const progress = new Progress(`Listening to ${source.name} [{bar}] {value} s`, 0);
  const onRead = (endMs: number, totalMs: number | null) => {
    const total = Math.max(endMs, totalMs ?? 0);
    progress.update(Math.round(endMs / 1000), '', Math.round(total / 1000));
  };
  const { signal } = new AbortController();
  try {
    const heard = await context.fileTranscription.transcribeSource(uid, source, {
      language: language ?? null,
      signal,
      onRead,
    });
    if (heard.segments.length > 0) return heard;
    throw new AppError('bad-request', 'No words were recognised in it.');
  } catch (error) {
    if (!isAppError(error, 'not-configured')) throw error;
    throw new AppError(
      'not-configured',
      `It holds sound, which needs a speech-to-text service. ${error.message}`,
      { cause: error },
    );
  } finally {
    progress.stop();
  }
}

function asImported(
  file: string,
  conversationId: string,
  status: 'added' | 'updated' | 'known',
  segments: number,
): ImportedFile {
  return { file, conversations: [{ conversationId, status, segments }], leftOut: [] };
}
