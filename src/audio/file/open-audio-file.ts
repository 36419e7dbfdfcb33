import { AppError } from '../../kernel/errors.ts';
import type { AudioFile, OpenAudioOptions } from './audio-file.ts';
import { audioKind, audioKindOfName, HEAD_BYTES, isUnread } from './audio-kind.ts';
import type { AudioSource } from './audio-source.ts';
import { openWavFile } from './wav-file.ts';

/** What can be read, for messages. */
export const READABLE_AUDIO = 'WAV, MP3, M4A, MP4, WebM, FLAC, Ogg, AAC';

/**
 * Opens a file of sound, or the sound of a film, of any known kind.
 *
 * @throws `bad-request` that says what is wrong with it, `unsupported-codec` if this machine cannot decode it
 */
export async function openAudioFile(
  source: AudioSource,
  options: OpenAudioOptions,
): Promise<AudioFile> {
  const kind = audioKind(await source.read(0, HEAD_BYTES)) ?? audioKindOfName(source.name);
  if (kind === null) {
    throw new AppError('bad-request', `It is no sound file of a known kind: ${READABLE_AUDIO}.`);
  }
  if (isUnread(kind)) {
    throw new AppError(
      'bad-request',
      `Files of the kind ${kind} are not read. Convert it to one of: ${READABLE_AUDIO}.`,
    );
  }
  if (kind === 'WAV') return openWavFile(source, options);
  // Their decoders are large, and many servers never meet such a file.
  if (kind === 'Ogg') return (await import('./ogg-file.ts')).openOggFile(source, options);
  if (kind === 'FLAC') return (await import('./flac-file.ts')).openFlacFile(source, options);
  const { openContainerFile } = await import('./container-file.ts');
  return openContainerFile(source, kind, options);
}

/**
 * The exact length of the sound in a file, milliseconds; reads all of it.
 *
 * @throws `payload-too-large` beyond `limitMs`, `bad-request` if it holds no sound, and as `frames`
 */
export async function measureAudio(
  file: AudioFile,
  limitMs: number,
  signal: AbortSignal,
): Promise<number> {
  let endMs = 0;
  for await (const batch of file.frames(signal)) {
    endMs = batch.startMs + batch.durationMs;
    if (endMs - file.aheadMs > limitMs) {
      const minutes = Math.round(limitMs / 60_000);
      throw new AppError('payload-too-large', `The audio is longer than ${minutes} minutes.`);
    }
  }
  signal.throwIfAborted();
  return Math.max(0, endMs - file.aheadMs);
}
