import path from 'node:path';
import { AudioLog } from '../audio/audio-log.ts';
import { BlobLinks } from '../blob/blob-links.ts';
import { loadLinkSecret } from '../blob/link-secret.ts';
import { isHiddenFile } from '../deletions/hidden-files.ts';
import type { Clock } from '../kernel/clock.ts';
import { describeError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Core } from './open-core.ts';
import { openBlobs, openCipher } from './open-engines.ts';

const SWEEP_INTERVAL_MS = 15 * 60_000;

/** Opens the storage beside the documents: files and the audio log. */
export async function openFiles({ config, secrets, logger, clock, stack, store }: Core) {
  const blobs = await openBlobs({ config, secrets });
  const audioLog = stack.use(
    'audio log',
    new AudioLog({
      directory: path.join(config.dataDir, 'audio-log'),
      fsync: config.durability === 'power',
      maxAgeMs: config.audioLog.maxAgeMs,
      maxBytes: config.audioLog.maxBytes,
      minFreeBytes: config.audioLog.minFreeDiskBytes,
      chunkMs: config.scaling.audioChunkMs,
      shipTo: config.scaling.shipAudioLog ? blobs : null,
      cipher: openCipher(secrets),
      logger: logger.child({ subsystem: 'audio-log' }),
    }),
  );
  stack.defer('audio log sweeper', sweepRegularly(audioLog, clock, logger));
  const sharedSecret = secrets.linkSecret?.reveal();
  const secret =
    sharedSecret === undefined
      ? await loadLinkSecret(path.join(config.dataDir, 'blob-link.key'))
      : Buffer.from(sharedSecret);
  return {
    services: {
      blobs,
      audioLog,
      blobLinks: new BlobLinks({
        store: blobs,
        secret,
        clock,
        isHidden: (key) => isHiddenFile(store, key),
      }),
    },
    erasers: { data: [(uid: string) => audioLog.deleteUser(uid)] },
  };
}

/** Has what is too old, or too much, deleted from the audio log, until the function that it returns is called. */
function sweepRegularly(audioLog: AudioLog, clock: Clock, logger: Logger): () => void {
  const timer = setInterval(() => {
    audioLog.sweep(clock.now()).catch((error) => {
      logger.error({ error: describeError(error) }, 'audio log not swept');
    });
  }, SWEEP_INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}
