import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { bytesSource } from '../../audio/file/audio-source.ts';
import { readSpan } from '../../audio/read-span.ts';
import { AppError } from '../../kernel/errors.ts';
import { hashFile, sizeOf } from '../../local-models/download/file-download.ts';
import type { ModelLock } from '../../local-models/download/pull-model.ts';
import { inspectModel } from '../../local-models/model-folder.ts';
import { LOCK_FILE } from '../../local-models/model-library.ts';
import { decodedAudio } from '../../stt/decoded-audio.ts';
import { measureLocalModel } from '../../stt/registry.ts';
import { type FileAudio, fileAudio } from '../../stt/transcribe-file.ts';
import { measureVoiceModel } from '../../voices/measure-voice-model.ts';
import { readInputFile } from '../input-file.ts';

const MAX_FILE_BYTES = 512 * 2 ** 20;
/** Longest recording that a model is tried with, milliseconds. */
const MAX_RECORDING_MS = 3 * 3_600_000;
const RATE = 16_000;
/** Speech of a recording that a voice model is tried with, milliseconds. */
const SPEECH_MS = 6_000;

/**
 * Checks the files of a model against its lock file, loads it and measures it; returns what was
 * found, as lines.
 *
 * @throws AppError `invalid-model`, `not-found`, `provider-unavailable`, `bad-request`
 */
export async function checkModel(
  name: string,
  folder: string,
  recording: string | null,
): Promise<string> {
  const { signal } = new AbortController();
  const files = await checkFiles(folder, signal);
  const audio = recording === null ? null : await readRecording(recording, signal);
  const threads = Math.max(1, Math.min(4, availableParallelism() >> 1));
  const { task } = await inspectModel(folder);
  if (task === 'speaker-embedding') return checkVoiceModel(name, folder, files, audio, threads);
  const found = await measureLocalModel(folder, audio, threads, signal);
  const factor = found.realTimeFactor.toFixed(found.realTimeFactor < 0.1 ? 4 : 2);
  return [
    `${name}: ${found.title}`,
    `  files            ${files}`,
    `  loads in         ${(found.loadMs / 1000).toFixed(1)} s, takes ${Math.round(found.rssBytes / 2 ** 20)} MB`,
    `  real-time factor ${factor} with ${threads} thread${threads === 1 ? '' : 's'}${audio === null ? ', on noise' : ''}`,
    `  live streams     ${found.streams} at a time on this machine`,
    ...found.words.map(
      ({ text, startMs, endMs }) => `  ${seconds(startMs)} – ${seconds(endMs)}  ${text}`,
    ),
  ].join('\n');
}

async function checkVoiceModel(
  name: string,
  folder: string,
  files: string,
  audio: FileAudio | null,
  threads: number,
): Promise<string> {
  const { signal } = new AbortController();
  const speech = audio && (await readSpan(audio.audio, 0, SPEECH_MS, RATE));
  const found = await measureVoiceModel(folder, speech ?? null, threads, signal);
  return [
    `${name}: ${found.title}`,
    `  files            ${files}`,
    `  loads in         ${(found.loadMs / 1000).toFixed(1)} s, takes ${Math.round(found.rssBytes / 2 ** 20)} MB`,
    `  a vector         has ${found.dimensions} numbers and takes ${(found.realTimeFactor * 1000).toFixed(1)} ms for a second of speech`,
  ].join('\n');
}

async function checkFiles(folder: string, signal: AbortSignal): Promise<string> {
  const text = await readFile(join(folder, LOCK_FILE), 'utf8').catch(() => null);
  if (text === null) return 'of your own: there is no model.lock.json to compare with';
  const lock = JSON.parse(text) as ModelLock;
  for (const { path, sha256 } of lock.files) {
    const target = join(folder, path.split('/').at(-1) ?? path);
    const found = await hashFile(target, await sizeOf(target), signal).catch(() => null);
    if (found?.sha256 === sha256) continue;
    throw new AppError(
      'invalid-model',
      `${path} is not what was downloaded: remove the model and pull it again.`,
    );
  }
  return `${lock.files.length}, as they were downloaded on ${lock.pulledAt.slice(0, 10)}`;
}

async function readRecording(file: string, signal: AbortSignal): Promise<FileAudio> {
  const bytes = await readInputFile(file, MAX_FILE_BYTES);
  const found = await fileAudio(bytesSource(bytes, basename(file)), MAX_RECORDING_MS, signal);
  return {
    ...found,
    audio: decodedAudio(found.audio, found.format, RATE),
    format: { encoding: 'pcm-s16le', sampleRate: RATE },
  };
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(2).padStart(7);
}
