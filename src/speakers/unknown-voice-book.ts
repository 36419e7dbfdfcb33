import { newId } from '../kernel/ids.ts';
import { type ConversationVoice, conversationVoices } from '../model/people/conversation-voice.ts';
import { type UnknownVoice, unknownVoices } from '../model/people/unknown-voice.ts';
import type { DocumentReader, DocumentWriter } from '../store/document-store.ts';
import {
  MAX_VECTORS,
  matchVoice,
  type VoicePrint,
  type VoiceThresholds,
} from '../voices/match-voice.ts';
import { pooled } from '../voices/voice-vector.ts';
import { heardOf } from './stored-voices.ts';

/** Voices of conversations that are compared: the newest ones. */
const MAX_VOICES = 500;
const MAX_UNKNOWN = 500;

/** The unknown voices of a user and where each was heard. Changes are written by `write`. */
export class UnknownVoiceBook {
  readonly #unknown: Map<string, UnknownVoice>;
  /** By id of the unknown voice, newest first. */
  readonly #heard = new Map<string, ConversationVoice[]>();
  readonly #changed = new Set<string>();

  private constructor(unknown: readonly UnknownVoice[], voices: readonly ConversationVoice[]) {
    this.#unknown = new Map(unknown.map((voice) => [voice.id, voice]));
    for (const voice of voices) {
      if (voice.unknownVoiceId !== null) this.#add(voice.unknownVoiceId, voice);
    }
  }

  static async read(reader: DocumentReader, uid: string): Promise<UnknownVoiceBook> {
    const request = { query: 'recent' } as const;
    const unknown = await reader.query(unknownVoices, uid, { ...request, limit: MAX_UNKNOWN });
    const voices = await reader.query(conversationVoices, uid, { ...request, limit: MAX_VOICES });
    return new UnknownVoiceBook(unknown.items, voices.items);
  }

  /** Everybody who was heard, the latest first, with the conversations, newest first. */
  list(): { unknown: UnknownVoice; heard: readonly ConversationVoice[] }[] {
    return [...this.#unknown.values()].flatMap((unknown) => {
      const heard = this.#heard.get(unknown.id) ?? [];
      return heard.length === 0 ? [] : [{ unknown, heard }];
    });
  }

  /** Returns the id of the unknown voice that this is, of a new one if it was not heard before. */
  join(voice: ConversationVoice, thresholds: VoiceThresholds, now: number): string {
    const known = this.#nearest(voice, thresholds);
    const unknown = known ?? {
      id: newId(),
      model: voice.model,
      ignoredAt: null,
      createdAt: now,
      lastHeardAt: now,
    };
    const lastHeardAt = Math.max(unknown.lastHeardAt, voice.clip.endAt);
    this.#unknown.set(unknown.id, { ...unknown, lastHeardAt });
    this.#add(unknown.id, voice);
    this.#changed.add(unknown.id);
    return unknown.id;
  }

  /** The voice is somebody's, or nobody's of interest. */
  leave({ id, unknownVoiceId }: ConversationVoice): void {
    if (unknownVoiceId === null) return;
    const heard = this.#heard.get(unknownVoiceId) ?? [];
    this.#heard.set(
      unknownVoiceId,
      heard.filter((voice) => voice.id !== id),
    );
    this.#changed.add(unknownVoiceId);
  }

  /** Writes what has changed; whoever is heard in no conversation any more is deleted. */
  write(writer: DocumentWriter, uid: string): void {
    for (const id of this.#changed) {
      const unknown = this.#unknown.get(id);
      const isHeard = (this.#heard.get(id) ?? []).length > 0;
      if (unknown === undefined || !isHeard) writer.delete(unknownVoices, uid, id);
      else writer.put(unknownVoices, uid, unknown);
    }
  }

  #add(id: string, voice: ConversationVoice): void {
    this.#heard.set(id, [...(this.#heard.get(id) ?? []), voice]);
  }

  #nearest(voice: ConversationVoice, thresholds: VoiceThresholds): UnknownVoice | null {
    const own = pooled(heardOf(voice));
    if (own === null) return null;
    // Two speakers of one conversation are two people, however alike they sound.
    const prints = this.list()
      .filter(({ unknown, heard }) => {
        const isHere = heard.some(({ conversationId }) => conversationId === voice.conversationId);
        return unknown.model === voice.model && !isHere;
      })
      .map(({ unknown, heard }) => printOf(unknown.id, heard));
    const match = matchVoice(own.vector, prints, thresholds);
    return match === null ? null : (this.#unknown.get(match.print.personId) ?? null);
  }
}

/** What voices of several conversations have in common, one vector of each. */
export function printOf(personId: string, heard: readonly ConversationVoice[]): VoicePrint {
  const vectors = heard.flatMap((voice) => pooled(heardOf(voice))?.vector ?? []);
  return { personId, name: '', vectors: vectors.slice(0, MAX_VECTORS) };
}
