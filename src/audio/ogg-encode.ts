import { spawn } from 'node:child_process';
import { AppError } from '../kernel/errors.ts';
import { requireFfmpeg } from './aac-decoder.ts';

/** Enough for speech at 16 kHz to sound as it did. */
const BIT_RATE = '32k';

/** Whether this machine can make Opus of PCM: it has no encoder of its own. */
export async function canEncodeOpus(): Promise<boolean> {
  try {
    await requireFfmpeg();
    return true;
  } catch {
    return false;
  }
}

/**
 * Signed 16-bit little-endian mono as an Ogg/Opus file, pages of a second, by ffmpeg with libopus
 * (https://ffmpeg.org/ffmpeg-codecs.html#libopus-1). Throws `unsupported-codec` if it fails, as
 * an ffmpeg that was built without libopus does.
 */
export async function* encodeOggOpus(
  pcm: AsyncIterable<Uint8Array>,
  sampleRate: number,
): AsyncGenerator<Uint8Array> {
  const child = spawn(
    'ffmpeg',
    [
      ...['-hide_banner', '-loglevel', 'quiet', '-nostats'],
      ...['-f', 's16le', '-ar', String(sampleRate), '-ac', '1', '-i', 'pipe:0'],
      ...['-c:a', 'libopus', '-b:a', BIT_RATE, '-application', 'voip'],
      ...['-page_duration', '1000000', '-f', 'ogg', 'pipe:1'],
    ],
    { stdio: ['pipe', 'pipe', 'ignore'] },
  );
  const exited = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('exit', resolve);
  });
  const { stdin } = child;
  // A process that has died is noticed by its exit code.
  stdin.on('error', () => stdin.destroy());
  const feed = async () => {
    for await (const bytes of pcm) {
      if (stdin.destroyed) return;
      if (stdin.write(bytes)) continue;
      await new Promise<void>((resolve) => {
        const go = () => {
          stdin.off('drain', go).off('close', go);
          resolve();
        };
        stdin.on('drain', go).on('close', go);
      });
    }
    stdin.end();
  };
  const fed = feed().catch((error) => {
    child.kill('SIGKILL');
    throw error;
  });
  // Looked at below; until then its failure must not count as unhandled.
  fed.catch(() => undefined);
  try {
    for await (const bytes of child.stdout) yield bytes as Uint8Array;
    await fed;
    if ((await exited) !== 0) {
      throw new AppError('unsupported-codec', 'ffmpeg could not encode the recording as Opus.');
    }
  } finally {
    child.kill('SIGKILL');
  }
}
