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

/** What a user has decided about voices. */
export async function findVoiceSettings(
  reader: DocumentReader,
  uid: string,
): Promise<VoiceSettings> {
  return (await reader.find(voiceSettings, uid, OWN_VOICE_SETTINGS)) ?? DEFAULTS;
}

/** Changes what a user has decided about voices; returns all of it. */
export async function changeVoiceSettings(
  store: DocumentStore,
  uid: string,
  change: (settings: VoiceSettings) => Partial<VoiceSettings>,
): Promise<VoiceSettings> {
  return store.transact(async (tx) => {
    const settings = await findVoiceSettings(tx, uid);
    const changed = { ...settings, ...change(settings), id: OWN_VOICE_SETTINGS } as const;
    tx.put(voiceSettings, uid, changed);
    return changed;
  });
}
