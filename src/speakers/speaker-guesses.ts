import { getOpenConversation } from '../conversations/conversation-access.ts';
import { speakerIdOf } from '../model/conversations/transcript-segment.ts';
import {
  type ConversationVoice,
  conversationVoiceId,
  conversationVoices,
} from '../model/people/conversation-voice.ts';
import { OWNER } from '../model/people/speaker-correction.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { loadTranscript } from '../transcripts/transcript.ts';
import { rankVoices, type VoicePrint } from '../voices/match-voice.ts';
import { pooled } from '../voices/voice-vector.ts';
import { heardOf } from './stored-voices.ts';
import type { VoicePrints } from './voice-prints.ts';

const MAX_GUESSES = 3;
const LOAD_MS = 10_000;

/** A speaker of a conversation, and who it may be. */
export interface SpeakerGuess {
  /** Number of the label. */
  speaker: number;
  segmentCount: number;
  talkMs: number;
  /** Ids of people whose voice is near, the nearest first. */
  people: string[];
  /** True if the voice of the user is the nearest. */
  isLikelyUser: boolean;
}

/** Who the speakers of a conversation may be, by their voices. */
export class SpeakerGuesses {
  readonly #store: DocumentStore;
  readonly #prints: VoicePrints;
  readonly #maxDistance: number;

  constructor(options: { store: DocumentStore; prints: VoicePrints; maxDistance: number }) {
    this.#store = options.store;
    this.#prints = options.prints;
    this.#maxDistance = options.maxDistance;
  }

  /** The speakers in the order of their labels. @throws AppError `not-found`, `payment-required` */
  async list(uid: string, conversationId: string): Promise<SpeakerGuess[]> {
    const conversation = await getOpenConversation(this.#store, uid, conversationId);
    const bySpeaker = new Map<number, Pick<SpeakerGuess, 'segmentCount' | 'talkMs'>>();
    for (const segment of await loadTranscript(this.#store, uid, conversation)) {
      const speaker = speakerIdOf(segment.speaker);
      const sum = bySpeaker.get(speaker) ?? { segmentCount: 0, talkMs: 0 };
      sum.segmentCount += 1;
      sum.talkMs += Math.max(0, segment.endMs - segment.startMs);
      bySpeaker.set(speaker, sum);
    }
    const ids = [...bySpeaker.keys()].map((speaker) =>
      conversationVoiceId(conversationId, speaker),
    );
    const voices = await this.#store.findMany(conversationVoices, uid, ids);
    const known =
      voices.length === 0 ? [] : await this.#prints.load(uid, AbortSignal.timeout(LOAD_MS));
    return [...bySpeaker]
      .sort(([a], [b]) => a - b)
      .map(([speaker, sum]) => {
        const voice = voices.find((candidate) => candidate.speaker === speaker);
        const near = voice ? this.#nearest(voice, known) : [];
        const people = near.filter((id) => id !== OWNER).slice(0, MAX_GUESSES);
        return { speaker, ...sum, people, isLikelyUser: near[0] === OWNER };
      });
  }

  /** Everybody who may be the voice, the nearest first, without those whom the user has ruled out. */
  #nearest(voice: ConversationVoice, known: readonly VoicePrint[]): string[] {
    const heard = pooled(heardOf(voice));
    if (heard === null) return [];
    return rankVoices(heard.vector, known)
      .filter(({ distance }) => distance <= this.#maxDistance)
      .map(({ print }) => print.personId)
      .filter((id) => !voice.rejected.includes(id));
  }
}
