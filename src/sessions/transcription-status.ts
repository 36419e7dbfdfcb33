import type { SttEvent } from '../stt/stt-event.ts';
import type { ListenEvent } from './listen-event.ts';

const UNREACHABLE_TEXT =
  'Speech recognition is not reachable. Your audio is kept and will be transcribed later.';

export interface TranscriptionStatusOptions {
  /** Name of the provider that every stream starts with. */
  firstProvider: string;
  emit(event: ListenEvent): void;
  /** Called when the provider goes down or is back, and when a budget ends or is renewed. */
  onDownChanged(isDown: boolean): void;
}

/** Which provider makes a session's words, whether it is down, and what the client is told of both. */
export class TranscriptionStatus {
  readonly #o: TranscriptionStatusOptions;
  #provider: string;
  /** The provider that the client knows of. */
  #toldProvider: string;
  #overBudget = false;
  #isDown = false;

  constructor(options: TranscriptionStatusOptions) {
    this.#o = options;
    this.#provider = options.firstProvider;
    this.#toldProvider = options.firstProvider;
  }

  /** Name of the provider that makes the words now. */
  get provider(): string {
    return this.#provider;
  }

  /** True while audio waits: the provider is down, or the budget is used up. */
  get isDown(): boolean {
    return this.#isDown;
  }

  /** A stream starts. If it does not start with the first provider, its events say so. */
  beginStream(): void {
    this.#provider = this.#o.firstProvider;
  }

  /** The stream failed, and another one follows. */
  noteFailure(): void {
    this.#status('stt_unavailable', UNREACHABLE_TEXT);
  }

  take(event: SttEvent): void {
    switch (event.type) {
      case 'provider-change':
        this.#provider = event.provider;
        this.#overBudget = event.overBudget;
        this.#tellProvider();
        return;
      case 'transcript-final':
        this.#tellProvider();
        return;
      case 'provider-status': {
        const isDown = event.state !== 'connected';
        if (event.state === 'unavailable') this.noteFailure();
        else if (!isDown && this.#isDown) this.#status('stt_recovered', null);
        this.#setDown(isDown);
        return;
      }
      case 'budget-exhausted':
        this.#status('stt_budget_exhausted', budgetText(event.renewsAt));
        this.#setDown(true);
        return;
      default:
    }
  }

  #tellProvider(): void {
    if (this.#provider === this.#toldProvider) return;
    const from = this.#toldProvider;
    this.#toldProvider = this.#provider;
    this.#o.emit({
      type: 'provider-changed',
      provider: this.#provider,
      from,
      isFirst: this.#provider === this.#o.firstProvider,
      overBudget: this.#overBudget,
    });
  }

  #setDown(isDown: boolean): void {
    if (this.#isDown === isDown) return;
    this.#isDown = isDown;
    this.#o.onDownChanged(isDown);
  }

  #status(status: string, text: string | null): void {
    this.#o.emit({ type: 'service-status', status, text });
  }
}

/** @param renewsAt when audio is transcribed again, epoch milliseconds */
function budgetText(renewsAt: number): string {
  const until = `${new Date(renewsAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `The transcription budget of the day is used up. Your audio is kept and will be transcribed after ${until}.`;
}
