import type { SessionVoices } from '../stt/session-voices.ts';
import type { ConversationVoices, SpeechHeard } from './conversation-voices.ts';
import type { ProfileVoices } from './profile-voices.ts';
import type { VoicePrints } from './voice-prints.ts';

/** How long a session waits for the vectors of recordings that have none yet. */
const WAIT_MS = 15_000;

export interface KnownVoicesOptions {
  prints: VoicePrints;
  profiles: ProfileVoices;
  conversationVoices: ConversationVoices;
}

/** The voices that are known in a user's sessions, and where those are noted that are heard there. */
export class KnownVoices {
  readonly #prints: VoicePrints;
  readonly #profiles: ProfileVoices;
  readonly #heard: ConversationVoices;

  constructor({ prints, profiles, conversationVoices }: KnownVoicesOptions) {
    this.#prints = prints;
    this.#profiles = profiles;
    this.#heard = conversationVoices;
  }

  /** Never rejects because of a voice that cannot be read or computed: that one is not known. */
  async load(uid: string): Promise<SessionVoices> {
    if (!this.#prints.areComputed) return { prints: [], played: await this.#profiles.load(uid) };
    return { prints: await this.#prints.load(uid, AbortSignal.timeout(WAIT_MS)), played: [] };
  }

  /** Notes speech of a session with its conversation. */
  note(uid: string, heard: SpeechHeard): Promise<void> {
    return this.#heard.hear(uid, heard);
  }
}
