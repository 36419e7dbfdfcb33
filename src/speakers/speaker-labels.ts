import { encodeWav } from '../audio/wav.ts';
import { getOpenConversation } from '../conversations/conversation-access.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { mayRecord } from '../model/accounts/user.ts';
import type { Conversation } from '../model/conversations/conversation.ts';
import {
  makeSegment,
  speakerIdOf,
  type TranscriptSegment,
} from '../model/conversations/transcript-segment.ts';
import {
  type ConversationVoice,
  conversationVoiceId,
  conversationVoices,
} from '../model/people/conversation-voice.ts';
import { people } from '../model/people/person.ts';
import { OWNER } from '../model/people/speaker-correction.ts';
import { getDocument, queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { assignSpeakers } from '../transcripts/assign-speakers.ts';
import { loadTranscript } from '../transcripts/transcript.ts';
import type { UserService } from '../users/user-service.ts';
import { distanceToPerson } from '../voices/match-voice.ts';
import { pooled } from '../voices/voice-vector.ts';
import { PERSON_NOT_FOUND } from './people-service.ts';
import type { ReadSegmentAudio } from './speaker-audio.ts';
import { heardOf } from './stored-voices.ts';
import { findVoiceSettings } from './voice-choices.ts';
import type { VoicePrints } from './voice-prints.ts';

/** Longest piece to listen to. */
const MAX_CLIP_MS = 12_000;
/** Where a person is looked for. */
const LOOK_BACK_MS = 30 * 24 * 3_600_000;
const MAX_CONVERSATIONS = 25;
const MAX_MATCHES = 5;
/** Part of the distance that is allowed up to which a match is a strong one. */
const STRONG = 0.75;

/** What the user says that a speaker is not. */
export type Rejection =
  | { kind: 'not_me' }
  | { kind: 'not_person'; personId: string }
  /** No person at all: a television, a crowd. */
  | { kind: 'not_a_person' };

/** One speaker of a conversation. */
export interface SpeakerOf {
  conversationId: string;
  /** Number of the label. */
  speaker: number;
  /** Only these segments; null for all of the speaker's. */
  segmentIds: readonly string[] | null;
}

/** A speaker who may be the person that was asked for. */
export interface VoiceMatch {
  conversation: Conversation;
  voice: ConversationVoice;
  segments: readonly TranscriptSegment[];
  isStrong: boolean;
}

export interface SpeakerLabelsOptions {
  store: DocumentStore;
  clock: Clock;
  users: UserService;
  prints: VoicePrints;
  readAudio: ReadSegmentAudio;
  maxDistance: number;
}

/** Who the speakers of conversations are, as the user says; and what their voices say about that. */
export class SpeakerLabels {
  readonly #o: SpeakerLabelsOptions;

  constructor(options: SpeakerLabelsOptions) {
    this.#o = options;
  }

  /**
   * Names a speaker. Returns whether the voice will be learned.
   *
   * @param person id of a person, or `OWNER`
   * @throws AppError `not-found`, `payment-required`; `conflict` if the speaker says nothing there any more
   */
  async name(uid: string, of: SpeakerOf, person: string): Promise<boolean> {
    const { store, clock } = this.#o;
    return store.transact(async (tx) => {
      const conversation = await getOpenConversation(tx, uid, of.conversationId);
      assertSpeaks(await loadTranscript(tx, uid, conversation), of);
      const { savesOtherVoices } = await findVoiceSettings(tx, uid);
      const isOwner = person === OWNER;
      const learn = isOwner || savesOtherVoices;
      await assignSpeakers(tx, uid, {
        conversationId: of.conversationId,
        matches: (segment) => isOf(segment, of),
        assignment: isOwner
          ? { isUser: true, personId: null }
          : { isUser: false, personId: person },
        learn,
        now: clock.now(),
      });
      return learn;
    });
  }

  /**
   * Takes a name from a speaker, who is not given it again; `not_a_person` also keeps the voice from being
   * asked for. A speaker without a name who sounds like the person is not proposed again.
   *
   * @throws AppError `not-found`, `payment-required`; `conflict` if the speaker does not have that name
   */
  async reject(uid: string, of: SpeakerOf, rejection: Rejection): Promise<void> {
    const { store, clock } = this.#o;
    const { conversationId, speaker } = of;
    await store.transact(async (tx) => {
      const conversation = await getOpenConversation(tx, uid, conversationId);
      if (rejection.kind === 'not_person') {
        await getDocument(tx, people, uid, rejection.personId, PERSON_NOT_FOUND);
      }
      const said = assertSpeaks(await loadTranscript(tx, uid, conversation), of);
      const id = conversationVoiceId(conversationId, speaker);
      const voice = await tx.find(conversationVoices, uid, id);
      if (said.some((segment) => isNamed(segment, rejection))) {
        await assignSpeakers(tx, uid, {
          conversationId,
          matches: (segment) => isOf(segment, of) && isNamed(segment, rejection),
          assignment: { isUser: false, personId: null },
          learn: false,
          now: clock.now(),
        });
      } else if (!voice || said.some(hasName) || voice.rejected.includes(whoOf(rejection))) {
        // A voice without a name that only sounds like somebody can be rejected too, once.
        throw new AppError('conflict', 'The speaker does not have this name any more.');
      }
      if (!voice) return;
      const isIgnored = rejection.kind === 'not_a_person';
      tx.patch(conversationVoices, uid, id, {
        rejected: [...new Set([...voice.rejected, ...(isIgnored ? [] : [whoOf(rejection)])])],
        recognised: null,
        ignoredAt: isIgnored ? clock.now() : voice.ignoredAt,
        updatedAt: clock.now(),
      });
    });
  }

  /** Speakers without a name of the last month who sound like a person, the nearest first. */
  async matches(uid: string, personId: string): Promise<VoiceMatch[]> {
    const { store, clock, prints, maxDistance } = this.#o;
    if (personId !== OWNER) await getDocument(store, people, uid, personId, PERSON_NOT_FOUND);
    const known = await prints.find(uid, personId);
    if (known === null) return [];
    const near: { voice: ConversationVoice; distance: number }[] = [];
    const since = clock.now() - LOOK_BACK_MS;
    const request = { query: 'recent', from: since } as const;
    const heardIn = new Set<string>();
    for await (const voice of queryAll(store, conversationVoices, uid, request)) {
      heardIn.add(voice.conversationId);
      if (heardIn.size > MAX_CONVERSATIONS) break;
      const heard = pooled(heardOf(voice));
      const isAsked = voice.ignoredAt === null && !voice.rejected.includes(personId);
      if (heard === null || !isAsked) continue;
      const distance = distanceToPerson(heard.vector, known.print);
      if (distance <= maxDistance) near.push({ voice, distance });
    }
    const matches: VoiceMatch[] = [];
    for (const { voice, distance } of near.sort((a, b) => a.distance - b.distance)) {
      if (matches.length >= MAX_MATCHES) break;
      const found = await speechOf(store, uid, voice);
      if (found === null || found.segments.some(hasName)) continue;
      matches.push({ ...found, voice, isStrong: distance <= maxDistance * STRONG });
    }
    return matches;
  }

  /**
   * A stretch of a conversation's sound as a WAV file, times from the conversation's start.
   *
   * @throws AppError `not-found`, `payment-required`, `bad-request`
   */
  async clip(
    uid: string,
    conversationId: string,
    startMs: number,
    endMs: number,
  ): Promise<{ wav: Uint8Array; durationMs: number }> {
    const { store, users, readAudio } = this.#o;
    if (endMs <= startMs) throw new AppError('bad-request', 'The clip must end after its start');
    if (endMs - startMs > MAX_CLIP_MS) {
      throw new AppError('bad-request', 'Clip must be at most 12 seconds');
    }
    const conversation = await getOpenConversation(store, uid, conversationId);
    const user = await users.getUser(uid);
    const place = makeSegment({ id: '', text: '', startMs, endMs });
    const audio = mayRecord(user)
      ? await readAudio(uid, conversation, place, MAX_CLIP_MS)
      : undefined;
    if (!audio) {
      throw new AppError('not-found', 'No audio stored for this part of the conversation');
    }
    const durationMs = (audio.samples.length * 1000) / audio.sampleRate;
    return { wav: encodeWav(audio.samples, audio.sampleRate), durationMs };
  }
}

/** The conversation of a voice and what the speaker says there; null if one of them is gone. */
export async function speechOf(
  store: DocumentStore,
  uid: string,
  { conversationId, speaker }: Pick<ConversationVoice, 'conversationId' | 'speaker'>,
): Promise<{ conversation: Conversation; segments: TranscriptSegment[] } | null> {
  const conversation = await getOpenConversation(store, uid, conversationId).catch((error) => {
    if (error instanceof AppError) return null;
    throw error;
  });
  if (conversation === null) return null;
  const all = await loadTranscript(store, uid, conversation);
  const segments = all.filter((segment) => speakerIdOf(segment.speaker) === speaker);
  return segments.length === 0 ? null : { conversation, segments };
}

function isOf(segment: TranscriptSegment, { speaker, segmentIds }: SpeakerOf): boolean {
  if (speakerIdOf(segment.speaker) !== speaker) return false;
  return segmentIds === null || segmentIds.includes(segment.id);
}

/** Returns whom a speaker is said not to be. */
function whoOf(rejection: Rejection): string {
  return rejection.kind === 'not_person' ? rejection.personId : OWNER;
}

function hasName({ isUser, personId }: TranscriptSegment): boolean {
  return isUser || personId !== null;
}

function isNamed(segment: TranscriptSegment, rejection: Rejection): boolean {
  if (rejection.kind === 'not_me') return segment.isUser;
  return rejection.kind === 'not_a_person' || segment.personId === rejection.personId;
}

function assertSpeaks(segments: readonly TranscriptSegment[], of: SpeakerOf): TranscriptSegment[] {
  const said = segments.filter((segment) => isOf(segment, of));
  if (said.length > 0) return said;
  if (of.segmentIds === null) throw new AppError('not-found', 'Speaker not found');
  throw new AppError('conflict', 'The speaker does not say these segments any more.');
}
