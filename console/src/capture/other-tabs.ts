import type { RecorderState } from './recorder-state.ts';
import type { LiveMessage } from './uplink.ts';

/** What a recording tab tells the others of its browser: its state, and the words as they change. */
type TabMessage =
  | { kind: 'hello' }
  | { kind: 'whole'; uid: string; state: RecorderState }
  | { kind: 'change'; uid: string; change: Partial<RecorderState> }
  | { kind: 'message'; uid: string; message: LiveMessage };

export interface OtherTabsListener {
  /** Another tab was opened: it has to be told everything, if this one records. */
  asked(): void;
  whole(uid: string, state: RecorderState): void;
  change(uid: string, change: Partial<RecorderState>): void;
  message(uid: string, message: LiveMessage): void;
}

/** The other tabs of this browser: one records, the others show it. */
export class OtherTabs {
  readonly #channel = new BroadcastChannel('omi-recording');

  constructor(listener: OtherTabsListener) {
    this.#channel.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => {
      if (data.kind === 'hello') listener.asked();
      else if (data.kind === 'whole') listener.whole(data.uid, data.state);
      else if (data.kind === 'change') listener.change(data.uid, data.change);
      else listener.message(data.uid, data.message);
    });
  }

  /** Asks whether one of them records. */
  ask(): void {
    this.#post({ kind: 'hello' });
  }

  tellWhole(uid: string, state: RecorderState): void {
    this.#post({ kind: 'whole', uid, state });
  }

  /** The words are told by their messages: they may be those of a whole day. */
  tellChange(uid: string, { words: _, ...change }: Partial<RecorderState>): void {
    this.#post({ kind: 'change', uid, change });
  }

  tellMessage(uid: string, message: LiveMessage): void {
    this.#post({ kind: 'message', uid, message });
  }

  #post(message: TabMessage): void {
    this.#channel.postMessage(message);
  }
}
