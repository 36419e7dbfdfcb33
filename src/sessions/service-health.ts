import type { Clock } from '../kernel/clock.ts';
import type { SttEvent } from '../stt/stt-event.ts';
import type { ListenEvent } from './listen-event.ts';

const UNREACHABLE_TEXT =
  'Speech recognition is not reachable. Your audio is kept and will be transcribed later.';
/** Audio that waits for recognition before the client is told, milliseconds. */
const LAG_MS = 10_000;
/** How long it must have been that much: a burst that is worked off is no lag. */
const LASTING_MS = 5_000;
/** Audio that may wait when the client is told that recognition has caught up. */
const CAUGHT_UP_MS = 2_000;
/** While recognition lags, the client is told how far, this often. */
const REPEAT_MS = 30_000;

export interface ServiceHealthOptions {
  clock: Clock;
  emit(event: ListenEvent): void;
  /** Told when recognition stops or goes on. */
  onChange(isDown: boolean): void;
  /** Accepted audio that the recogniser has not asked for yet, milliseconds. */
  waitingMs(): number;
}

/** How well a session is heard, and what its client has been told of that. */
export class ServiceHealth {
  readonly #o: ServiceHealthOptions;
  #isDown = false;
  /** Since when much audio waits, epoch milliseconds; null if little does. */
  #lagSince: number | null = null;
  /** When the client was last told of a lag, epoch milliseconds; null if it was told that there is none. */
  #toldAt: number | null = null;

  constructor(options: ServiceHealthOptions) {
    this.#o = options;
  }

  /** True while no provider hears the session. */
  get isDown(): boolean {
    return this.#isDown;
  }

  /** A stream failed, and another one follows. */
  noteFailure(): void {
    this.#tell('stt_unavailable', UNREACHABLE_TEXT);
  }

  take(event: SttEvent): void {
    if (event.type === 'provider-status') {
      const isDown = event.state !== 'connected';
      if (event.state === 'unavailable') this.noteFailure();
      else if (!isDown && this.#isDown) this.#tell('stt_recovered', null);
      this.#set(isDown);
    } else if (event.type === 'budget-exhausted') {
      this.#tell('stt_budget_exhausted', budgetText(event.renewsAt));
      this.#set(true);
    }
    this.check();
  }

  /** Tells the client if recognition lags behind its audio, or has caught up. To be called as audio comes. */
  check(): void {
    // A provider that is down is told of by itself.
    if (this.#isDown) {
      this.#lagSince = null;
      return;
    }
    const now = this.#o.clock.now();
    const waitingMs = this.#o.waitingMs();
    if (waitingMs < LAG_MS) this.#lagSince = null;
    else this.#lagSince ??= now;
    if (this.#toldAt !== null && waitingMs <= CAUGHT_UP_MS) {
      this.#toldAt = null;
      this.#o.emit({ type: 'recognition-lag', waitingMs, isOver: true });
    } else if (this.#lagSince !== null && now - this.#lagSince >= LASTING_MS) {
      if (this.#toldAt !== null && now - this.#toldAt < REPEAT_MS) return;
      this.#toldAt = now;
      this.#o.emit({ type: 'recognition-lag', waitingMs, isOver: false });
    }
  }

  #set(isDown: boolean): void {
    if (this.#isDown === isDown) return;
    this.#isDown = isDown;
    this.#o.onChange(isDown);
  }

  #tell(status: string, text: string | null): void {
    this.#o.emit({ type: 'service-status', status, text });
  }
}

/** @param renewsAt when audio is transcribed again, epoch milliseconds */
function budgetText(renewsAt: number): string {
  const until = `${new Date(renewsAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `The transcription budget of the day is used up. Your audio is kept and will be transcribed after ${until}.`;
}
