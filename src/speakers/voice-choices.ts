import {
  OWN_VOICE_SETTINGS,
  type VoiceSettings,
  voiceSettings,
} from '../model/people/voice-settings.ts';
import type { DocumentReader, DocumentStore } from '../store/document-store.ts';

const DEFAULTS: VoiceSettings = {
  id: OWN_VOICE_SETTINGS,
  promptsEnabled: true,
  savesOtherVoices: true,
  promptsShownAt: null,
  dismissals: 0,
};

/** What users have decided about voices. */
export class VoiceChoices {
  readonly #store: DocumentStore;

  constructor({ store }: { store: DocumentStore }) {
    this.#store = store;
  }

  get(uid: string): Promise<VoiceSettings> {
    return findVoiceSettings(this.#store, uid);
  }

  /** Changes some of it; returns all of it. */
  async change(
    uid: string,
    change: (settings: VoiceSettings) => Partial<Omit<VoiceSettings, 'id'>>,
  ): Promise<VoiceSettings> {
    return this.#store.transact(async (tx) => {
      const settings = await findVoiceSettings(tx, uid);
      const changed: VoiceSettings = { ...settings, ...change(settings) };
      tx.put(voiceSettings, uid, changed);
      return changed;
    });
  }
}

/** What a user has decided about voices. */
export async function findVoiceSettings(
  reader: DocumentReader,
  uid: string,
): Promise<VoiceSettings> {
  return (await reader.find(voiceSettings, uid, OWN_VOICE_SETTINGS)) ?? DEFAULTS;
}
