import { describeError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import { liveSegments } from '../model/conversations/conversation.ts';
import { speakerIdOf, type TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import type { Person } from '../model/people/person.ts';
import { OWNER } from '../model/people/speaker-correction.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { SpeakerIdentified } from '../stt/stt-event.ts';
import type { ConversationSpeakers } from './conversation-speakers.ts';
import { findIntroducedName } from './self-introduction.ts';

/** Segments of which it is remembered that something was suggested. */
const MAX_REMEMBERED = 2_000;

/** Tells the client who seems to speak in a segment. */
export interface SpeakerSuggestion {
  type: 'speaker-suggested';
  speakerId: number;
  /** Empty if the client does not assign people by itself. */
  personId: string;
  personName: string;
  segmentId: string;
}

export interface SpeakerSuggestionsOptions {
  uid: string;
  store: DocumentStore;
  speakers: ConversationSpeakers;
  /** Makes the person of a name, or finds the one that there is. */
  personOfName(uid: string, name: string): Promise<Person>;
  /** The user's own name, null if it is not known. */
  ownName: string | null;
  /** Whether the client assigns people itself; otherwise a suggestion has no person id. */
  autoAssign: boolean;
  logger: Logger;
  emit(event: SpeakerSuggestion): void;
}

/**
 * Tells a session's client who seems to speak: whose voice was recognised, and who has introduced
 * themselves. At most one suggestion a segment, and none if somebody is assigned by the user.
 */
export class SpeakerSuggestions {
  readonly #o: SpeakerSuggestionsOptions;
  readonly #voices = new Map<number, { personId: string; name: string }>();
  readonly #suggested = new Set<string>();
  #working: Promise<void> = Promise.resolve();

  constructor(options: SpeakerSuggestionsOptions) {
    this.#o = options;
  }

  /** The provider's stream begins anew, and with it the numbers of the speakers. */
  begin(): void {
    this.#voices.clear();
  }

  /** The owner is assigned at once; people only if the client wants that. */
  identified({ speaker, personId, name }: SpeakerIdentified): void {
    this.#voices.set(speaker, { personId, name });
    if (personId === OWNER || this.#o.autoAssign) this.#o.speakers.recognise(speaker, personId);
  }

  /** Takes segments that the client has just been told of. */
  look(segments: readonly TranscriptSegment[]): void {
    for (const segment of segments) {
      if (this.#suggested.has(segment.id)) continue;
      if (this.#suggestVoice(segment)) continue;
      if (segment.isUser || segment.personId !== null) continue;
      const name = findIntroducedName(segment.text);
      if (name === undefined || isSameName(name, this.#o.ownName)) continue;
      this.#remember(segment.id);
      this.#working = this.#working.then(() => this.#introduce(segment, name));
    }
  }

  /** Resolves when everything that was looked at is done. */
  settled(): Promise<void> {
    return this.#working;
  }

  #suggestVoice(segment: TranscriptSegment): boolean {
    const voice = this.#voices.get(speakerIdOf(segment.speaker));
    if (!voice) return false;
    const { personId, name } = voice;
    const isOwner = personId === OWNER;
    const assigned = segment.isUser ? OWNER : segment.personId;
    // The user has assigned another person, or said that the speaker is unknown.
    const contradicted = assigned === null ? isOwner || this.#o.autoAssign : assigned !== personId;
    if (contradicted) return false;
    this.#suggest(segment, isOwner || this.#o.autoAssign ? personId : '', name);
    return true;
  }

  /** Never rejects: a suggestion that fails is none. */
  async #introduce(segment: TranscriptSegment, name: string): Promise<void> {
    const { uid, personOfName, autoAssign, speakers, logger } = this.#o;
    try {
      const person = await personOfName(uid, name);
      const speaker = speakerIdOf(segment.speaker);
      // Speaker 0 also stands for an unknown speaker.
      if (speaker > 0) speakers.recognise(speaker, person.id);
      this.#suggest(segment, autoAssign ? person.id : '', person.name);
      await this.#assign(segment.id, person.id);
    } catch (error) {
      logger.warn({ error: describeError(error) }, 'self-introduction ignored');
    }
  }

  /** Changes nothing if the user or the end of the conversation came first. */
  async #assign(segmentId: string, personId: string): Promise<void> {
    const { store, uid } = this.#o;
    await store.transact(async (tx) => {
      const stored = await tx.find(liveSegments, uid, segmentId);
      if (!stored || stored.segment.isUser || stored.segment.personId !== null) return;
      tx.patch(liveSegments, uid, segmentId, { segment: { ...stored.segment, personId } });
    });
  }

  #suggest(segment: TranscriptSegment, personId: string, personName: string): void {
    this.#remember(segment.id);
    this.#o.emit({
      type: 'speaker-suggested',
      speakerId: speakerIdOf(segment.speaker),
      personId,
      personName,
      segmentId: segment.id,
    });
  }

  #remember(segmentId: string): void {
    this.#suggested.add(segmentId);
    for (const oldest of this.#suggested) {
      if (this.#suggested.size <= MAX_REMEMBERED) return;
      this.#suggested.delete(oldest);
    }
  }
}

function isSameName(name: string, own: string | null): boolean {
  return own !== null && name.toLowerCase() === own.toLowerCase();
}
