import { BackupTask } from '../transfer/backup-task.ts';
import type { Core } from './open-core.ts';

/** Opens the backup that the owner of the server can make and download. */
export function openBackup({ config, store, clock, logger }: Core): BackupTask {
  return new BackupTask({
    dataDir: config.dataDir,
    snapshot: config.engines.blobs.traits.isShared ? null : store.snapshot,
    minFreeBytes: config.audioLog.minFreeDiskBytes,
    clock,
    logger: logger.child({ subsystem: 'backup' }),
  });
}
