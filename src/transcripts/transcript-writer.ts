import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/ids.ts';
import { conversations, makeConversation } from '../model/conversations/conversation.ts';
import { listenSessions } from '../model/conversations/listen-session.ts';
import type { SuggestedPart } from '../model/conversations/suggested-part.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { type AppendResult, appendSegments } from './append-segments.ts';
import { enqueueFinalise } from './finalise-job.ts';
import { assertSessionHeld, patchHeldSession, type SessionLease } from './session-lease.ts';
import { groupBySpan, type Span } from './session-spans.ts';

export interface TranscriptWriterOptions {
  store: DocumentStore;
  clock: Clock;
  uid: string;
  /** What each commit claims; null for a session without an audio log, which has no position. */
  lease: SessionLease | null;
  /** The conversations that the session has had so far. */
  spans: readonly Span[];
  /** The session's stored position, milliseconds of audio. */
  transcribedMs: number;
  /** Wall time of the audio's first byte, epoch milliseconds. */
  audioStartedAt(): number;
  /** False once the session is over: a conversation that begins after a pause is then ended at once. */
  isLive(): boolean;
  /**
   * Called if a conversation was deleted while words for it were on their way, which begin at `fromMs`.
   * Returns the id of the conversation that takes them instead, or null to drop them.
   */
  replaceConversation(conversationId: string, fromMs: number): Promise<string | null>;
  /** By id of a segment: what the client suggested it as. Absent: no client suggests words. */
  parts?: ReadonlyMap<string, SuggestedPart>;
}

/**
 * Writes the words of one session into its conversations, and its position with them: in live sessions
 * and in the job that transcribes their backlog.
 *
 * 1. Words go to the conversation whose span they begin in.
 * 2. Words that were transcribed late are split at a pause as long as the one that ends a
 *    conversation. Those after it begin the next conversation, at the time at which they were spoken.
 * 3. The position never passes words that are not stored, so that a crash in between repeats them.
 */
export class TranscriptWriter {
  readonly #o: TranscriptWriterOptions;
  #spans: readonly Span[];
  #transcribedMs: number;

  constructor(options: TranscriptWriterOptions) {
    this.#o = options;
    this.#spans = options.spans;
    this.#transcribedMs = options.transcribedMs;
  }

  /** Which conversation the words from each position on belong to, in order. */
  get spans(): readonly Span[] {
    return this.#spans;
  }

  /** The conversation that new words go to; empty before the first has begun. */
  get conversationId(): string {
    return this.#spans.at(-1)?.conversationId ?? '';
  }

  /** Audio before this position needs no transcription any more, milliseconds. */
  get transcribedMs(): number {
    return this.#transcribedMs;
  }

  /** The session's first conversation has begun; the session's document is yet to be created. */
  begin(conversationId: string): void {
    this.#spans = [{ conversationId, fromMs: 0 }];
  }

  /**
   * Commits segments and moves the position, one commit for each conversation that they belong to.
   *
   * @param segments in the order in which they were spoken, times in milliseconds of audio
   * @param transcribedMs position after them, null for words without a position
   * @param onAppended called after each commit
   * @throws SessionTakenError if the session has another owner by now
   */
  async write(
    segments: readonly TranscriptSegment[],
    transcribedMs: number | null,
    onAppended: (result: AppendResult) => void,
  ): Promise<void> {
    const groups = groupBySpan(this.#spans, segments, (segment) => segment.startMs);
    if (groups.length === 0 && transcribedMs !== null) await this.#moveTo(transcribedMs);
    for (const [i, { conversationId, items }] of groups.entries()) {
      const isLast = i === groups.length - 1;
      const untilMs = (isLast ? transcribedMs : null) ?? items.at(-1)?.endMs ?? 0;
      await this.#appendAll(conversationId, items, untilMs, onAppended);
    }
  }

  /**
   * From the position `fromMs` on words belong to this conversation. Without an audio log there are no
   * positions, and all words go to it.
   *
   * @throws SessionTakenError if the session has another owner by now
   */
  async startNextConversation(conversationId: string, fromMs: number): Promise<void> {
    const { store, uid, lease } = this.#o;
    this.#spans = lease
      ? [...this.#spans, { conversationId, fromMs }]
      : [{ conversationId, fromMs: 0 }];
    if (!lease) return;
    await patchHeldSession(store, uid, lease, { conversationId, spans: [...this.#spans] });
  }

  async #moveTo(transcribedMs: number): Promise<void> {
    const { store, uid, lease } = this.#o;
    if (!lease || transcribedMs <= this.#transcribedMs) return;
    await patchHeldSession(store, uid, lease, { transcribedMs });
    this.#noteStored(transcribedMs);
  }

  /** Commits the words of one conversation, and those after a pause to the conversations after it. */
  async #appendAll(
    conversationId: string,
    segments: readonly TranscriptSegment[],
    untilMs: number,
    onAppended: (result: AppendResult) => void,
  ): Promise<void> {
    let target = conversationId;
    let waiting = segments;
    while (waiting.length > 0) {
      const result = await this.#append(target, waiting, untilMs);
      if (!result) return;
      this.#noteStored(result.transcribedMs);
      onAppended(result);
      waiting = result.rest;
      const fromMs = waiting[0]?.startMs;
      if (fromMs === undefined) return;
      target = await this.#startAfterPause(result.conversation.id, fromMs);
    }
  }

  /** Returns undefined if the conversation was deleted and its words are dropped. */
  async #append(
    conversationId: string,
    segments: readonly TranscriptSegment[],
    untilMs: number,
  ): Promise<AppendResult | undefined> {
    const { uid, lease } = this.#o;
    const request = {
      uid,
      audioStartedAt: this.#o.audioStartedAt(),
      segments,
      parts: this.#o.parts ?? new Map(),
      session: lease && { ...lease, fromMs: this.#transcribedMs, transcribedMs: untilMs },
    };
    const result = await appendSegments(this.#o, { ...request, conversationId });
    if (result) return result;
    const next = await this.#o.replaceConversation(conversationId, segments[0]?.startMs ?? 0);
    if (next === null) return undefined;
    const replaced = await appendSegments(this.#o, { ...request, conversationId: next });
    if (!replaced) throw new Error('The conversation disappeared twice.');
    return replaced;
  }

  /**
   * Creates the conversation of words that follow a pause, as of the time at which they were spoken, and
   * moves the session on to it. Returns its id.
   */
  async #startAfterPause(after: string, fromMs: number): Promise<string> {
    const { uid, lease } = this.#o;
    if (!lease) throw new Error('Words without an audio log are not split.');
    const session = { ...lease, spans: this.#spans, fromMs };
    const at = this.#o.audioStartedAt() + fromMs;
    const request = { after, at, session, isLive: this.#o.isLive() };
    const { conversationId, spans } = await beginAfterPause(this.#o, uid, request);
    this.#spans = spans;
    return conversationId;
  }

  #noteStored(transcribedMs: number): void {
    this.#transcribedMs = Math.max(this.#transcribedMs, transcribedMs);
  }
}

interface AfterPause {
  /** Id of the conversation before the pause. */
  after: string;
  /** When the new one was spoken, epoch milliseconds. */
  at: number;
  session: SessionLease & { spans: readonly Span[]; fromMs: number };
  /** False if the session is over: then no connection resumes the new conversation. */
  isLive: boolean;
}

function beginAfterPause(
  { store, clock }: Pick<TranscriptWriterOptions, 'store' | 'clock'>,
  uid: string,
  { after, at, session, ...request }: AfterPause,
): Promise<{ conversationId: string; spans: Span[] }> {
  return store.transact(async (tx) => {
    const now = clock.now();
    const id = newId();
    const spans = [...session.spans, { conversationId: id, fromMs: session.fromMs }];
    spans.sort((a, b) => a.fromMs - b.fromMs);
    // If the session has gone on to a later conversation already, this one is over.
    const current = spans.at(-1)?.conversationId ?? id;
    const isLive = request.isLive && current === id;
    await assertSessionHeld(tx, uid, session);
    const previous = await tx.find(conversations, uid, after);
    const conversation = makeConversation({
      id,
      createdAt: Math.round(at),
      activeAt: now,
      updatedAt: now,
      source: previous?.source ?? 'omi',
      language: previous?.language ?? null,
      privateCloudSyncEnabled: previous?.privateCloudSyncEnabled ?? false,
      clientKey: previous?.clientKey ?? null,
      ...(previous ? { timeoutMs: previous.timeoutMs } : {}),
      endRequestedAt: isLive ? null : now,
    });
    tx.create(conversations, uid, conversation);
    tx.patch(listenSessions, uid, session.id, { conversationId: current, spans });
    enqueueFinalise(tx, uid, id, isLive ? now + conversation.timeoutMs : now, now);
    if (isLive && previous?.status === 'in_progress' && previous.endRequestedAt === null) {
      tx.patch(conversations, uid, previous.id, { endRequestedAt: now });
      enqueueFinalise(tx, uid, previous.id, now, now);
    }
    return { conversationId: id, spans };
  });
}
