import type { SourceProblem } from './frame-source.ts';
import { type LiveWords, NO_WORDS } from './live-words.ts';
import type { AccountProblem } from './uplink.ts';

/** A change of service, a gap, a refusal: told beside the words, at its time. */
export interface Note {
  at: number;
  status: string;
  text: string;
}

/** The pendant that is recorded from. */
export interface PendantState {
  name: string;
  /** False while its connection is lost. */
  isLinked: boolean;
  /** Per cent; null if it does not tell. */
  battery: number | null;
  photos: number;
}

export interface RecorderState {
  /**
   * `idle`: nothing runs. `starting`: the microphone is asked for. `recording`, `paused`: under way.
   * `ending`: the rest is sent and the last words come. `done`: the conversation is written up.
   */
  phase: 'idle' | 'starting' | 'recording' | 'paused' | 'ending' | 'done';
  problem: SourceProblem | 'refused' | 'other-tab' | 'other-source' | 'storage-full' | null;
  /** Why nothing can be sent now, although recording goes on. */
  account: AccountProblem | null;
  /** The server's own sentence if it refused the recording. */
  reason: string;
  isConnected: boolean;
  /** Milliseconds that are recorded, and those of them that the server has not confirmed. */
  recordedMs: number;
  backlogMs: number;
  /** 0 to 1. */
  level: number;
  /** Audio that the source has lost so far, milliseconds. */
  lostMs: number;
  device: PendantState | null;
  words: LiveWords;
  provider: string | null;
  notes: readonly Note[];
  conversationId: string | null;
  /** Another tab of this browser records, and this one shows it. */
  isElsewhere: boolean;
  /** The microphone has given nothing but silence for a while. */
  isSilent: boolean;
}

/** Nothing runs. */
export const IDLE: RecorderState = {
  phase: 'idle',
  problem: null,
  account: null,
  reason: '',
  isConnected: false,
  recordedMs: 0,
  backlogMs: 0,
  level: 0,
  lostMs: 0,
  device: null,
  words: NO_WORDS,
  provider: null,
  notes: [],
  conversationId: null,
  isElsewhere: false,
  isSilent: false,
};
