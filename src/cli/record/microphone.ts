import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { processEnvironment } from '../../config/env.ts';
import { AppError } from '../../kernel/errors.ts';

/** Programs that can record, in the order in which they are looked for. */
export const RECORDERS: readonly string[] = ['arecord', 'ffmpeg'];
/** What is kept of the messages of the program, for the error. */
const MAX_SAID = 2_000;

export interface Microphone {
  /** Sound as it comes, PCM of 16 bits, little endian, mono. @throws AppError if the program fails */
  samples(): AsyncGenerator<Uint8Array>;
  /** Ends the recording; what was recorded still comes. */
  stop(): void;
}

/**
 * Returns the name of the program that records.
 *
 * @param wanted null: the first that is installed
 * @throws AppError `not-configured` if it is not installed
 */
export async function findRecorder(wanted: string | null): Promise<string> {
  for (const name of wanted === null ? RECORDERS : [wanted]) {
    if (await isInstalled(name)) return name;
  }
  throw new AppError(
    'not-configured',
    wanted === null
      ? 'Neither arecord nor ffmpeg is installed. Install one: on Debian and Ubuntu `apt install alsa-utils`, on macOS `brew install ffmpeg`.'
      : `${wanted} is not installed, or not in PATH.`,
  );
}

async function isInstalled(name: string): Promise<boolean> {
  for (const folder of (processEnvironment().PATH ?? '').split(path.delimiter)) {
    const usable = await access(path.join(folder, name), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (folder !== '' && usable) return true;
  }
  return false;
}

/** Starts the program. @param device null: the default microphone */
export function openMicrophone(
  recorder: string,
  device: string | null,
  sampleRate: number,
): Microphone {
  const child = spawn(recorder, recorderArguments(recorder, device, sampleRate), {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let isStopped = false;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-MAX_SAID);
  });
  const ended = once(child, 'close');
  // It is awaited once the samples have ended; until then its failure is no unhandled one.
  ended.catch(() => undefined);
  return {
    async *samples() {
      let total = 0;
      for await (const bytes of child.stdout as AsyncIterable<Uint8Array>) {
        total += bytes.length;
        yield bytes;
      }
      await ended.catch((cause: unknown) => {
        throw new AppError('provider-unavailable', `${recorder} cannot be started.`, { cause });
      });
      if (isStopped || total > 0) return;
      const reason = said.trim().split('\n').at(-1) ?? '';
      throw new AppError(
        'provider-unavailable',
        `${recorder} cannot record${reason === '' ? '.' : `: ${reason}`}`,
      );
    },
    stop: () => {
      isStopped = true;
      child.kill('SIGINT');
    },
  };
}

/** Returns what makes the program write raw sound to its standard output. */
export function recorderArguments(
  recorder: string,
  device: string | null,
  sampleRate: number,
  platform: NodeJS.Platform = process.platform,
): string[] {
  if (recorder === 'arecord') {
    const chosen = device === null ? [] : ['-D', device];
    return ['-q', ...chosen, '-t', 'raw', '-f', 'S16_LE', '-c', '1', '-r', String(sampleRate)];
  }
  const input =
    platform === 'darwin'
      ? ['-f', 'avfoundation', '-i', `:${device ?? 'default'}`]
      : ['-f', 'pulse', '-i', device ?? 'default'];
  return [
    ...['-hide_banner', '-loglevel', 'error', '-nostdin', ...input],
    ...['-ac', '1', '-ar', String(sampleRate), '-f', 's16le', '-flush_packets', '1', '-'],
  ];
}
