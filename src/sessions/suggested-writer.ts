import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/logger.ts';
import { conversations } from '../model/conversation.ts';
import type { SuggestedPart } from '../model/suggested-part.ts';
import type { TranscriptSegment } from '../model/transcript-segment.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { AppendResult } from '../transcripts/append-segments.ts';
import { reviseSegment } from '../transcripts/revise-segment.ts';
import { addedWords, likenessOf } from '../transcripts/suggested-parts.ts';
import { loadLiveSegments } from '../transcripts/transcript.ts';
import type { TranscriptWriter } from '../transcripts/transcript-writer.ts';
import {
  type SuggestedTranscript,
  SuggestedTranscriptReader,
  skippedText,
} from './suggested-transcript.ts';

/** Suggested segments that are remembered; the oldest are forgotten first. */
const MAX_KNOWN = 20_000;

export interface SuggestedWriterOptions {
  store: DocumentStore;
  clock: Clock;
  uid: string;
  /** Wall time that the session's times are counted from, epoch milliseconds. */
  startedAt(): number;
}

interface Known {
  part: SuggestedPart;
  conversationId: string;
  /** The stored segment that holds its words. */
  segmentId: string;
}

/**
 * Writes what a client recognised by itself. Clients repeat segments after a lost connection and
 * send them again as they grow: what is repeated is left out, what has changed replaces what it was.
 */
export class SuggestedWriter {
  /** By id of a segment that is being written: what the client suggested. */
  readonly parts = new Map<string, SuggestedPart>();
  readonly #o: SuggestedWriterOptions;
  readonly #reader = new SuggestedTranscriptReader();
  readonly #clientIds = new Map<string, string>();
  readonly #known = new Map<string, Known[]>();
  #knownCount = 0;
  readonly #loaded = new Set<string>();

  constructor(options: SuggestedWriterOptions) {
    this.#o = options;
  }

  /**
   * Reads a message. Returns its segments, which are to be written later.
   * @param tell tells the client what could not be read
   */
  take(
    message: SuggestedTranscript,
    tell: (status: string, text: string) => void,
  ): TranscriptSegment[] {
    const session = { startedAt: this.#o.startedAt(), now: this.#o.clock.now() };
    const read = this.#reader.read(message, session);
    if (read.skipped.size > 0) tell('suggested_transcript_skipped', skippedText(read));
    const { segments, clientIds } = read;
    for (const [id, clientId] of clientIds) this.#clientIds.set(id, clientId);
    return segments;
  }

  /** Logs how much could not be read over the whole session, if anything could not. */
  log(logger: Logger): void {
    this.#reader.log(logger);
  }

  /** Writes segments of one client; `onAppended` is called after each commit. */
  async write(
    segments: readonly TranscriptSegment[],
    writer: TranscriptWriter,
    onAppended: (result: AppendResult) => void,
  ): Promise<void> {
    await this.#load(writer.conversationId);
    let fresh: TranscriptSegment[] = [];
    const append = async (): Promise<void> => {
      const batch = fresh;
      fresh = [];
      if (batch.length > 0) await this.#append(batch, writer, onAppended);
    };
    for (const segment of segments) {
      const part = this.#partOf(segment);
      const { known, likeness } = this.#find(part);
      if (!known) {
        fresh.push(segment);
        this.parts.set(segment.id, part);
        this.#remember({ part, conversationId: writer.conversationId, segmentId: segment.id });
      } else if (likeness === 'revised') {
        await append();
        const rest = await this.#revise(known, part, segment, onAppended);
        if (rest) fresh.push(rest);
      }
    }
    await append();
  }

  async #append(
    segments: readonly TranscriptSegment[],
    writer: TranscriptWriter,
    onAppended: (result: AppendResult) => void,
  ): Promise<void> {
    await writer.write(segments, null, (result) => {
      for (const [id, segmentId] of result.homes) {
        const part = this.parts.get(id);
        const known = part && this.#known.get(keyOf(part))?.find((other) => other.part === part);
        if (known) Object.assign(known, { segmentId, conversationId: result.conversation.id });
      }
      onAppended(result);
    });
    for (const { id } of segments) this.parts.delete(id);
  }

  /** Replaces a part. Returns a segment to append instead if its text cannot be changed any more. */
  async #revise(
    known: Known,
    after: SuggestedPart,
    segment: TranscriptSegment,
    onAppended: (result: AppendResult) => void,
  ): Promise<TranscriptSegment | null> {
    const { store, clock, uid } = this.#o;
    const { part: before, conversationId, segmentId } = known;
    const { speaker, isUser } = segment;
    const revision = {
      uid,
      conversationId,
      segmentId,
      before,
      after,
      speaker: { speaker, isUser },
    };
    const revised = await reviseSegment({ store, clock }, revision);
    known.part = after;
    if (!revised) {
      const text = addedWords(before.text, after.text);
      const startMs = Math.min(segment.endMs - 1, segment.startMs + before.endAt - before.startAt);
      return text === '' ? null : { ...segment, text, startMs: Math.max(segment.startMs, startMs) };
    }
    known.segmentId = revised.segment.id;
    onAppended({
      conversation: revised.conversation,
      updated: [revised.segment],
      moved: [],
      removedIds: [],
      rest: [],
      isOver: false,
      transcribedMs: 0,
      homes: new Map(),
    });
    return null;
  }

  #partOf(segment: TranscriptSegment): SuggestedPart {
    const id = this.#clientIds.get(segment.id) ?? null;
    this.#clientIds.delete(segment.id);
    const startedAt = this.#o.startedAt();
    return {
      id,
      text: segment.text,
      startAt: startedAt + segment.startMs,
      endAt: startedAt + segment.endMs,
      offsetMs: segment.startMs,
    };
  }

  #find(part: SuggestedPart): { known?: Known; likeness?: 'repeated' | 'revised' } {
    const alike = this.#known.get(keyOf(part)) ?? [];
    for (const known of alike.toReversed()) {
      const likeness = likenessOf(known.part, part);
      if (likeness !== 'other') return { known, likeness };
    }
    return {};
  }

  #remember(known: Known): void {
    const key = keyOf(known.part);
    const alike = this.#known.get(key);
    if (alike) alike.push(known);
    else this.#known.set(key, [known]);
    this.#knownCount += 1;
    for (const [oldest, list] of this.#known) {
      if (this.#knownCount <= MAX_KNOWN) return;
      this.#known.delete(oldest);
      this.#knownCount -= list.length;
    }
  }

  /** A conversation that is resumed has words of connections before this one. */
  async #load(conversationId: string): Promise<void> {
    if (this.#loaded.has(conversationId)) return;
    this.#loaded.add(conversationId);
    const { store, uid } = this.#o;
    const conversation = await store.find(conversations, uid, conversationId);
    if (!conversation || conversation.nextSeq === 0) return;
    for (const document of await loadLiveSegments(store, uid, conversation)) {
      for (const part of document.suggested ?? []) {
        this.#remember({ part, conversationId, segmentId: document.id });
      }
    }
  }
}

/** Parts that may be the same have the same key. */
function keyOf({ id, startAt, text }: SuggestedPart): string {
  return id === null ? `at ${startAt} ${text}` : `id ${id}`;
}
