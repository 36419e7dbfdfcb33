import path from 'node:path';
import { AudioLog } from '../audio/audio-log.ts';
import { BlobLinks } from '../blob/blob-links.ts';
import { loadLinkSecret } from '../blob/link-secret.ts';
import type { Core } from './open-core.ts';
import { openBlobs, openCipher } from './open-engines.ts';

/** Opens what is kept beside the documents: files, and the log of audio. */
export async function openFiles({ config, secrets, logger, clock, stack }: Core) {
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
  const sharedSecret = secrets.linkSecret?.reveal();
  const secret =
    sharedSecret === undefined
      ? await loadLinkSecret(path.join(config.dataDir, 'blob-link.key'))
      : Buffer.from(sharedSecret);
  return {
    services: { blobs, audioLog, blobLinks: new BlobLinks({ store: blobs, secret, clock }) },
    erasers: { data: [(uid: string) => audioLog.deleteUser(uid)] },
  };
}
