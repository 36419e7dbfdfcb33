import type { Clock } from '../kernel/clock.ts';
import { conversations } from '../model/conversations/conversation.ts';
import {
  type ConversationVoice,
  conversationVoiceId,
  conversationVoices,
} from '../model/people/conversation-voice.ts';
import { OWNER, type SpeakerCorrections } from '../model/people/speaker-correction.ts';
import type { DocumentStore, Transaction } from '../store/document-store.ts';
import { findSpeakerCorrections } from '../transcripts/speaker-corrections.ts';
import { MAX_VECTORS, type VoiceThresholds } from '../voices/match-voice.ts';
import { type HeardVoice, pooled, vectorToText } from '../voices/voice-vector.ts';
import { heardOf, voicesOf } from './stored-voices.ts';
import { UnknownVoiceBook } from './unknown-voice-book.ts';
import { findVoiceSettings } from './voice-choices.ts';
import { putOriginPrint } from './voice-prints.ts';

/** Speech without which nobody is known by a conversation, milliseconds. */
const MIN_PRINT_MS = 3_000;
/** Longest piece to listen to. */
const MAX_CLIP_MS = 10_000;

/** A piece of speech in a session. */
export interface SpeechHeard {
  conversationId: string;
  /** Number of the label. */
  speaker: number;
  /** Wall time, epoch milliseconds. */
  startAt: number;
  endAt: number;
  voice: HeardVoice;
  /** Whom the server has recognised, `OWNER` for the owner; null for nobody. */
  recognised: string | null;
}

export interface ConversationVoicesOptions {
  store: DocumentStore;
  clock: Clock;
  /** Id of the voice model; null if voices are not computed. */
  modelId: string | null;
  thresholds: VoiceThresholds;
}

/** The voices of the speakers of conversations: kept as vectors, never as sound. */
export class ConversationVoices {
  readonly #o: ConversationVoicesOptions;

  constructor(options: ConversationVoicesOptions) {
    this.#o = options;
  }

  /** Notes speech of a session. Voices of others are noted only if the user wants that. */
  async hear(uid: string, heard: SpeechHeard): Promise<void> {
    const { store, modelId } = this.#o;
    if (modelId === null) return;
    await store.transact(async (tx) => {
      const { conversationId, speaker } = heard;
      if (!(await tx.find(conversations, uid, conversationId))) return;
      const corrections = await findSpeakerCorrections(tx, uid, conversationId);
      const named = corrections?.speakers[speaker];
      const person = named === undefined ? heard.recognised : named;
      const { savesOtherVoices } = await findVoiceSettings(tx, uid);
      if (person !== OWNER && !savesOtherVoices) return;
      const id = conversationVoiceId(conversationId, speaker);
      const stored = await tx.find(conversationVoices, uid, id);
      const known = stored?.model === modelId ? stored : undefined;
      const voice = this.#with(known, heard);
      const change = this.#changeOf(voice, person);
      const book = change === null ? null : await UnknownVoiceBook.read(tx, uid);
      tx.put(conversationVoices, uid, this.#collected(book, voice, change));
      book?.write(tx, uid);
    });
  }

  /**
   * Lets people be known by the speakers that the user has named in a conversation, and by no others:
   * what was learned from a speaker who is somebody else now moves to that one, or is forgotten.
   *
   * @param speakers whom the user has just said something about
   * @param learns false to forget only
   */
  async follow(
    uid: string,
    conversationId: string,
    speakers: ReadonlySet<number>,
    learns: boolean,
  ): Promise<void> {
    await this.#o.store.transact(async (tx) => {
      const corrections = await findSpeakerCorrections(tx, uid, conversationId);
      const all = await voicesOf(tx, uid, conversationId);
      const voices = all.filter(({ speaker }) => speakers.has(speaker));
      const book = await UnknownVoiceBook.read(tx, uid);
      for (const voice of voices) {
        const owner = corrections?.speakers[voice.speaker];
        const heard = pooled(heardOf(voice));
        const isEnough = heard !== null && heard.speechMs >= MIN_PRINT_MS;
        const isKnown = typeof owner === 'string' && isEnough && learns;
        const known = isKnown ? { owner, model: voice.model, heard } : null;
        // Of speakers of whom the user has said nothing nothing is learned, and nothing forgotten.
        if (owner !== undefined) putOriginPrint(tx, uid, voice, known, this.#o.clock.now());
        const change = this.#changeOf(voice, owner ?? recognisedIn(voice, corrections));
        tx.put(conversationVoices, uid, this.#collected(book, voice, change));
      }
      book.write(tx, uid);
    });
  }

  /**
   * Replaces the voices of a conversation whose recordings were heard again: those of speakers who are not
   * there any more are forgotten. What the user has said of a speaker stays with the label. Reads, and
   * returns what writes, for a transaction that writes after it has read.
   */
  async planReplacement(
    tx: Transaction,
    uid: string,
    conversationId: string,
    heard: readonly SpeechHeard[],
  ): Promise<() => void> {
    const { modelId, clock } = this.#o;
    if (modelId === null) return () => undefined;
    const corrections = await findSpeakerCorrections(tx, uid, conversationId);
    const { savesOtherVoices } = await findVoiceSettings(tx, uid);
    const before = await voicesOf(tx, uid, conversationId);
    const book = await UnknownVoiceBook.read(tx, uid);
    const made = new Map<number, { voice: ConversationVoice; person: string | null }>();
    for (const speech of heard) {
      const person = corrections?.speakers[speech.speaker] ?? speech.recognised;
      if (person !== OWNER && !savesOtherVoices) continue;
      const stored = before.find(({ speaker }) => speaker === speech.speaker);
      const known = made.get(speech.speaker)?.voice ?? (stored && emptied(stored));
      made.set(speech.speaker, { voice: this.#with(known, speech), person });
    }
    return () => {
      for (const voice of before) {
        if (made.has(voice.speaker)) continue;
        book.leave(voice);
        tx.delete(conversationVoices, uid, voice.id);
        putOriginPrint(tx, uid, voice, null, clock.now());
      }
      for (const { voice, person } of made.values()) {
        tx.put(
          conversationVoices,
          uid,
          this.#collected(book, voice, this.#changeOf(voice, person)),
        );
      }
      book.write(tx, uid);
    };
  }

  /** The voices of a conversation by their speakers. */
  list(uid: string, conversationId: string): Promise<ConversationVoice[]> {
    return voicesOf(this.#o.store, uid, conversationId);
  }

  #with(known: ConversationVoice | undefined, heard: SpeechHeard): ConversationVoice {
    const now = this.#o.clock.now();
    const { conversationId, speaker, voice, startAt, endAt } = heard;
    const vectors = [
      ...(known?.vectors ?? []),
      { vector: vectorToText(voice.vector), speechMs: voice.speechMs },
    ];
    const clip = { startAt, endAt: Math.min(endAt, startAt + MAX_CLIP_MS) };
    const isLonger = known === undefined || endAt - startAt > known.clip.endAt - known.clip.startAt;
    return {
      id: conversationVoiceId(conversationId, speaker),
      conversationId,
      speaker,
      model: this.#o.modelId ?? '',
      vectors: vectors.sort((a, b) => b.speechMs - a.speechMs).slice(0, MAX_VECTORS),
      speechMs: (known?.speechMs ?? 0) + voice.speechMs,
      clip: isLonger ? clip : known.clip,
      recognised: heard.recognised ?? known?.recognised ?? null,
      rejected: known?.rejected ?? [],
      ignoredAt: known?.ignoredAt ?? null,
      unknownVoiceId: known?.unknownVoiceId ?? null,
      createdAt: known?.createdAt ?? now,
      updatedAt: now,
    };
  }

  /** Whether a voice becomes or ceases to be an unknown one; null for neither. */
  #changeOf(voice: ConversationVoice, person: string | null): 'join' | 'leave' | null {
    const isUnknown = person === null && voice.ignoredAt === null;
    if (!isUnknown) return voice.unknownVoiceId === null ? null : 'leave';
    const isEnough = voice.speechMs >= this.#o.thresholds.minSpeechMs;
    return voice.unknownVoiceId === null && isEnough ? 'join' : null;
  }

  #collected(
    book: UnknownVoiceBook | null,
    voice: ConversationVoice,
    change: 'join' | 'leave' | null,
  ): ConversationVoice {
    if (book === null || change === null) return voice;
    if (change === 'join') {
      const { thresholds, clock } = this.#o;
      return { ...voice, unknownVoiceId: book.join(voice, thresholds, clock.now()) };
    }
    book.leave(voice);
    return { ...voice, unknownVoiceId: null };
  }
}

/** The voice of a speaker without what was heard of it. */
function emptied(voice: ConversationVoice): ConversationVoice {
  const { startAt } = voice.clip;
  return {
    ...voice,
    vectors: [],
    speechMs: 0,
    recognised: null,
    clip: { startAt, endAt: startAt },
  };
}

/** Whom the server has recognised, unless the user has said that it is nobody known. */
function recognisedIn(
  { speaker, recognised }: ConversationVoice,
  corrections: SpeakerCorrections | undefined,
): string | null {
  return corrections?.speakers[speaker] === null ? null : recognised;
}
