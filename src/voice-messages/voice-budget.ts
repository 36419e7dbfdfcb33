import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { voiceUsages } from '../model/usage/voice-usage.ts';
import type { DocumentStore } from '../store/document-store.ts';

/** Audio of voice messages that one user may have transcribed within a day, milliseconds. */
export const VOICE_BUDGET_MS = 2 * 3_600_000;
const DAY_MS = 86_400_000;
/** What is spent within this time of each other is one entry. */
const ENTRY_MS = 60_000;
const ID = 'current';

/** Two hours of voice messages in any 24. */
export class VoiceBudget {
  readonly #store: DocumentStore;
  readonly #clock: Clock;

  constructor(options: { store: DocumentStore; clock: Clock }) {
    this.#store = options.store;
    this.#clock = options.clock;
  }

  /** Spends that much audio; `rate-limited`, and nothing spent, if less is left. */
  async spend(uid: string, ms: number): Promise<void> {
    const now = this.#clock.now();
    await this.#store.transact(async (tx) => {
      const known = (await tx.find(voiceUsages, uid, ID))?.spent ?? [];
      const spent = known.filter(({ at }) => at > now - DAY_MS);
      const sum = spent.reduce((total, entry) => total + entry.ms, 0);
      if (sum + ms > VOICE_BUDGET_MS) {
        throw new AppError('rate-limited', 'Daily transcription budget exhausted');
      }
      const last = spent.at(-1);
      if (last && now - last.at < ENTRY_MS) spent[spent.length - 1] = { ...last, ms: last.ms + ms };
      else spent.push({ at: now, ms });
      tx.put(voiceUsages, uid, { id: ID, spent, updatedAt: now });
    });
  }
}
