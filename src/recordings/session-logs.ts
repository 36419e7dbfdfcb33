import type { AudioLog } from '../audio/audio-log.ts';
import type { Clock } from '../kernel/clock.ts';
import type { ListenSession } from '../model/conversations/listen-session.ts';
import type { ProcessRegistry } from '../processes/process-registry.ts';

/** Delay after which a job is offered to the living process that has its log. */
const OFFER_MS = 500;
/** How soon it is looked for the disk of a dead process again. */
const LOOK_MS = 5_000;

export interface SessionLogsOptions {
  audioLog: AudioLog;
  processes: Pick<ProcessRegistry, 'id' | 'findAlive'>;
  clock: Clock;
  /** How long a disk that is gone is waited for, milliseconds: its process may start again on it. */
  diskWaitMs: number;
  /** Ends a session of this process that has been taken from it, if it still runs. */
  release(uid: string, sessionId: string): Promise<void>;
}

/**
 * Who reads the audio log of a session that is over. The log lies on the disk of the process that had
 * the session: while that process lives it does so, else whoever finds the log, on the disk or shipped
 * to the blob store.
 */
export class SessionLogs {
  readonly #o: SessionLogsOptions;

  constructor(options: SessionLogsOptions) {
    this.#o = options;
  }

  /**
   * Null if this process is to read the log now, whatever is left of it; else when to ask again,
   * epoch milliseconds.
   */
  async claim(session: ListenSession): Promise<number | null> {
    const { audioLog, processes, clock, diskWaitMs, release } = this.#o;
    const { uid, id, instanceId } = session;
    if (instanceId === processes.id) {
      await release(uid, id);
      return null;
    }
    const now = clock.now();
    if (await processes.findAlive(instanceId)) return now + OFFER_MS;
    if (session.audioStartedAt === null || (await audioLog.find(uid, id))) return null;
    const since = session.drainingSince ?? session.createdAt;
    return instanceId !== null && now - since < diskWaitMs ? now + LOOK_MS : null;
  }
}
