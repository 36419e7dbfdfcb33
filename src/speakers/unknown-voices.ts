import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import type { Conversation } from '../model/conversations/conversation.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import { type ConversationVoice, conversationVoices } from '../model/people/conversation-voice.ts';
import { type Person, people } from '../model/people/person.ts';
import { type UnknownVoice, unknownVoices } from '../model/people/unknown-voice.ts';
import { getDocument } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { MAX_VECTORS } from '../voices/match-voice.ts';
import { pooled } from '../voices/voice-vector.ts';
import { PERSON_NOT_FOUND, type PeopleService } from './people-service.ts';
import { type SpeakerLabels, speechOf } from './speaker-labels.ts';
import { heardOf } from './stored-voices.ts';
import { UnknownVoiceBook } from './unknown-voice-book.ts';
import { putOriginPrint } from './voice-prints.ts';

const NOT_FOUND = 'Voice not found';

/** An unknown voice in one conversation. */
export interface HeardIn {
  voice: ConversationVoice;
  conversation: Conversation;
  segments: readonly TranscriptSegment[];
}

export interface UnknownVoicesOptions {
  store: DocumentStore;
  clock: Clock;
  people: PeopleService;
  labels: SpeakerLabels;
}

/** Voices without a name, collected over conversations. */
export class UnknownVoices {
  readonly #o: UnknownVoicesOptions;

  constructor(options: UnknownVoicesOptions) {
    this.#o = options;
  }

  /** Everybody who was heard, the latest first. */
  async list(
    uid: string,
    withIgnored: boolean,
  ): Promise<{ unknown: UnknownVoice; heardIn: HeardIn[] }[]> {
    const { store } = this.#o;
    const book = await UnknownVoiceBook.read(store, uid);
    const found: { unknown: UnknownVoice; heardIn: HeardIn[] }[] = [];
    for (const { unknown, heard } of book.list()) {
      if (unknown.ignoredAt !== null && !withIgnored) continue;
      const heardIn: HeardIn[] = [];
      for (const voice of heard) {
        const speech = await speechOf(store, uid, voice);
        if (speech !== null) heardIn.push({ voice, ...speech });
      }
      if (heardIn.length > 0) found.push({ unknown, heardIn });
    }
    return found;
  }

  /**
   * Gives the voice a name: the person of that name, who is made if there is none yet.
   *
   * @param renames true to name what the voice has said in earlier conversations, too
   */
  async name(uid: string, id: string, name: string, renames: boolean): Promise<Person> {
    await this.#find(uid, id);
    const person = await this.#o.people.createPerson(uid, name);
    await this.join(uid, id, person.id, renames);
    return person;
  }

  /** The voice is that of a person who is known. See `name`. */
  async join(uid: string, id: string, personId: string, renames: boolean): Promise<void> {
    const { store, clock, labels } = this.#o;
    const heard = await this.#heard(uid, id);
    await store.transact(async (tx) => {
      await getDocument(tx, people, uid, personId, PERSON_NOT_FOUND);
      for (const [i, voice] of heard.entries()) {
        const best = i < MAX_VECTORS ? pooled(heardOf(voice)) : null;
        const { model } = voice;
        const known = best && { owner: personId, model, heard: best };
        if (known) putOriginPrint(tx, uid, voice, known, clock.now());
        const changed = { recognised: personId, unknownVoiceId: null, updatedAt: clock.now() };
        tx.patch(conversationVoices, uid, voice.id, changed);
      }
      tx.delete(unknownVoices, uid, id);
    });
    if (!renames) return;
    for (const { conversationId, speaker } of heard) {
      const speech = await speechOf(store, uid, { conversationId, speaker });
      const unnamed = speech?.segments.filter((s) => !s.isUser && s.personId === null) ?? [];
      if (unnamed.length === 0) continue;
      const segmentIds = unnamed.map((segment) => segment.id);
      await labels.name(uid, { conversationId, speaker, segmentIds }, personId);
    }
  }

  /** Keeps the voice out of the list, or takes it in again. */
  async ignore(uid: string, id: string, isIgnored: boolean): Promise<void> {
    const { store, clock } = this.#o;
    await store.transact(async (tx) => {
      await getDocument(tx, unknownVoices, uid, id, NOT_FOUND);
      tx.patch(unknownVoices, uid, id, { ignoredAt: isIgnored ? clock.now() : null });
    });
  }

  /** Forgets what the voice is like. What was said stays. */
  async remove(uid: string, id: string): Promise<void> {
    const heard = await this.#heard(uid, id);
    await this.#o.store.transact(async (tx) => {
      for (const voice of heard) tx.delete(conversationVoices, uid, voice.id);
      tx.delete(unknownVoices, uid, id);
    });
  }

  #find(uid: string, id: string): Promise<UnknownVoice> {
    return getDocument(this.#o.store, unknownVoices, uid, id, NOT_FOUND);
  }

  /** Where the voice was heard, by how much it says. */
  async #heard(uid: string, id: string): Promise<ConversationVoice[]> {
    await this.#find(uid, id);
    const page = await this.#o.store.query(conversationVoices, uid, {
      query: 'ofUnknownVoice',
      filters: { unknownVoiceId: id },
      limit: 400,
    });
    if (page.items.length === 0) throw new AppError('not-found', NOT_FOUND);
    return page.items.sort((a, b) => b.speechMs - a.speechMs);
  }
}
