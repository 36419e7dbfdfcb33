import { OfflineSyncService } from '../offline-sync/offline-sync-service.ts';
import type { ServicesFrom } from './module.ts';
import type { Core } from './open-core.ts';
import type { openFiles } from './open-files.ts';
import type { openRecordings } from './open-recordings.ts';
import type { openSessions } from './open-sessions.ts';
import type { openSpeakers } from './open-speakers.ts';
import type { openUsers } from './open-users.ts';

type Deps = Core &
  ServicesFrom<typeof openFiles> &
  ServicesFrom<typeof openSessions> &
  ServicesFrom<typeof openSpeakers> &
  ServicesFrom<typeof openUsers> &
  ServicesFrom<typeof openRecordings>;

/** Opens the upload of what devices recorded without a connection. */
export function openOfflineSync(deps: Deps) {
  const { store, blobs, clock, jobWorker, users, knownVoices, logger } = deps;
  const offlineSync = new OfflineSyncService({
    store,
    blobs,
    clock,
    jobWorker,
    users,
    openStt: deps.openRecordedStt,
    loadVoices: (uid) => knownVoices.load(uid),
    eraseRecordings: deps.eraseRecordings,
    logger: logger.child({ subsystem: 'offline-sync' }),
  });
  return {
    services: { offlineSync },
    erasers: { data: [(uid: string) => offlineSync.eraseUser(uid)] },
  };
}
