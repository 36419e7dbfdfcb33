import type { AudioRange } from '../audio/audio-format.ts';
import type { SessionAudio, StretchAudio } from '../audio/session-audio.ts';
import { wait } from '../kernel/backoff.ts';
import { deferred, withTimeout } from '../kernel/deferred.ts';
import { describeError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { Logger } from '../kernel/logger.ts';
import { mayRecord } from '../model/accounts/user.ts';
import type { DomainEvents } from '../model/domain-events.ts';
import { SessionSpeakers } from '../speakers/session-speakers.ts';
import type { SessionStt } from '../stt/session-stt.ts';
import type { SttEvent } from '../stt/stt-event.ts';
import type { AppendResult } from '../transcripts/append-segments.ts';
import { recordGap } from '../transcripts/audio-gaps.ts';
import { SessionTakenError } from '../transcripts/session-lease.ts';
import { findSpeakerCorrections, rememberSpeaker } from '../transcripts/speaker-corrections.ts';
import { TranscriptWriter } from '../transcripts/transcript-writer.ts';
import type { LiveFeed } from '../webhooks/live-feed.ts';
import { AudioIntake } from './audio-intake.ts';
import { CurrentProvider } from './current-provider.ts';
import { findLastConversation } from './last-conversation.ts';
import { partialEvent } from './listen-event.ts';
import {
  CUT_WORD_MS,
  KEEP_BEHIND_MS,
  MAX_PENDING_WORDS,
  MAX_TAIL_MS,
  POSITION_SAVE_MS,
  RETRY_STREAM_MS,
} from './listen-limits.ts';
import { attachOptionsOf, type ListenSessionOptions } from './listen-session-options.ts';
import type { LiveSession } from './live-session.ts';
import { type PendingWords, WordQueue } from './pending-words.ts';
import { ServiceHealth } from './service-health.ts';
import { SessionRecord } from './session-record.ts';
import { ShownSegments } from './shown-segments.ts';
import { UNREACHABLE_TEXT, unservedText } from './status-texts.ts';
import { keptOf, recordedAt } from './stream-position.ts';
import type { SuggestedTranscript } from './suggested-transcript.ts';
import { SuggestedWriter } from './suggested-writer.ts';

/**
 * One connection of a device: audio goes to the write-ahead log, from there to the provider; words
 * go to the store, and once they are committed to the client.
 */
export class ListenSession implements LiveSession {
  readonly id = newId();
  readonly uid: string;
  readonly #o: ListenSessionOptions;
  readonly #logger: Logger;
  readonly #abort = new AbortController();
  readonly #record: SessionRecord;
  readonly #writer: TranscriptWriter;
  readonly #speakers: SessionSpeakers;
  readonly #subscriptions: (() => void)[] = [];
  #audio: SessionAudio | undefined;
  #intake: AudioIntake | undefined;
  #feed: LiveFeed | undefined;
  #audioStartedAt: number | null = null;
  #connectedAt = 0;
  #cursorMs: number;
  #boundaryMs: number | undefined;
  /** The stretch that is being heard, while one is. */
  #part: StretchAudio | undefined;
  #lastWordEndMs = 0;
  readonly #provider: CurrentProvider;
  readonly #health: ServiceHealth;
  readonly #pending = new WordQueue(
    (batch) => this.#store(batch),
    (error) => this.#onNotStored(error),
  );
  readonly #suggested: SuggestedWriter;
  readonly #shown: ShownSegments;
  #rolling: Promise<void> | undefined;
  #stretchDone = deferred();
  #listening: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;
  #inputEnded = false;
  /** Another process has the session: nothing is written in its name any more. */
  #isTaken = false;
  /** When words last went into the conversation, or it was opened; epoch milliseconds. */
  #activeAt = 0;

  constructor(options: ListenSessionOptions) {
    this.#o = options;
    this.uid = options.listen.uid;
    this.#cursorMs = options.stream?.transcribedMs ?? 0;
    this.#logger = options.logger.child({ sessionId: this.id });
    this.#record = new SessionRecord(this.id, options);
    const startedAt = () => this.startedAt;
    this.#suggested = new SuggestedWriter({ ...options, uid: this.uid, startedAt });
    this.#shown = new ShownSegments(options.emit);
    this.#writer = new TranscriptWriter({
      store: options.store,
      clock: options.clock,
      uid: this.uid,
      lease: options.stt ? this.#record.lease : null,
      spans: [],
      transcribedMs: options.stream?.transcribedMs ?? 0,
      audioStartedAt: startedAt,
      parts: this.#suggested.parts,
      isLive: () => !this.#inputEnded,
      replaceConversation: async (_deleted, fromMs) => {
        await this.#roll(fromMs);
        return this.conversationId;
      },
    });
    this.#speakers = new SessionSpeakers({
      voice: options.voice,
      uid: this.uid,
      store: options.store,
      personOfName: options.personOfName,
      ownName: options.user.name,
      autoAssign: options.listen.speakerAutoAssign,
      heard: options.stream?.heard ?? [],
      logger: this.#logger,
      emit: options.emit,
    });
    this.#provider = new CurrentProvider(options.stt?.provider ?? '', options.emit);
    this.#health = new ServiceHealth({
      clock: options.clock,
      emit: options.emit,
      // Stored, because the conversation may be ended by another process.
      onChange: (providerDown) => this.#background(this.#record.patch({ providerDown })),
      waitingMs: () => (this.#audio ? this.#audio.endMs - this.#audio.readMs : 0),
    });
  }

  /** Opens or resumes the conversation, then begins to listen. Emits the start-up events in order. */
  async start(): Promise<void> {
    const { store, stt, events, openConversation, clock } = this.#o;
    this.#connectedAt = clock.now();
    this.#status('initiating', 'Service Starting');
    const last = await findLastConversation(store, this.uid);
    if (last !== null) this.#o.emit({ type: 'last-conversation', conversationId: last });
    this.#status('in_progress_conversations_processing', 'Processing Conversations');
    const conversationId = await openConversation(attachOptionsOf(this.#o), null);
    this.#writer.begin(conversationId);
    this.#activeAt = clock.now();
    // What each channel of a call sends is no stream that can be listened to.
    this.#feed = this.#o.webhooks.begin(this.uid, this.#o.voice ? null : (stt?.format ?? null));
    if (stt) await this.#beginAudio(stt);
    this.#status('stt_initiating', 'STT Service Starting');
    this.#subscriptions.push(
      events.on('conversation-closed', (event) => this.#onConversationClosed(event)),
    );
    if (stt?.unserved) this.#status('stt_language_unsupported', unservedText(stt.unserved));
    if (stt && this.#audio) {
      this.#listening = this.#listen(this.#audio, stt).finally(() => this.#endStretch());
    }
    this.#status('ready', null);
  }

  async #beginAudio(stt: SessionStt): Promise<void> {
    const { audioLog, clock, listen, maxAudioBurstMs } = this.#o;
    await this.#record.create(this.conversationId, this.#writer.spans);
    this.#audio = audioLog.begin(this.uid, this.id, stt.format, (notice) =>
      this.#intake?.onShareNotice(notice),
    );
    this.#audio.onGap((gap) => this.#onGap(gap));
    this.#intake = new AudioIntake({
      audio: this.#audio,
      format: stt.format,
      codec: listen.codec,
      burstMs: maxAudioBurstMs,
      clock,
      signal: this.#abort.signal,
      onFrame: (frame) => this.#feed?.audio(frame),
      tell: (status, text) => this.#status(status, text),
      dismiss: (reason, code) => this.dismiss(reason, code),
    });
  }

  audio(message: Uint8Array): void {
    if (this.#audioStartedAt === null) this.#noteAudioStart();
    this.#intake?.take(message);
    this.#health.check();
  }

  #noteAudioStart(): void {
    this.#audioStartedAt = recordedAt(this.#o.stream, this.#o.clock.now());
    if (!this.#audio) return;
    this.#background(this.#record.patch({ audioStartedAt: this.#audioStartedAt }));
  }

  get stream(): { id: string; keptMs: number } | null {
    return keptOf(this.#o.stream, this.#audio?.endMs ?? 0);
  }

  async kept(): Promise<void> {
    await this.#audio?.flush();
  }

  /** Takes words that the client recognised by itself; ignored if it did not say that it would. */
  suggest(message: SuggestedTranscript): void {
    if (this.#o.stt || this.#inputEnded) return;
    const segments = this.#suggested.take(message, (...told) => this.#status(...told));
    this.#commit({ segments, transcribedMs: null, receivedAt: null });
  }

  get conversationId(): string {
    return this.#writer.conversationId;
  }

  /** Wall time that the session's words are counted from. */
  get startedAt(): number {
    return this.#audioStartedAt ?? this.#connectedAt;
  }

  async renewConversation(): Promise<void> {
    this.#rolling ??= this.#roll(this.#audio?.endMs ?? 0).finally(() => {
      this.#rolling = undefined;
    });
    await this.#rolling;
  }

  /** If more waits to be written than should: resolves when it is. Undefined: all is well. */
  overload(): Promise<void> | undefined {
    const isFull = this.#intake?.overload();
    if (isFull) return isFull;
    return this.#pending.length > MAX_PENDING_WORDS ? this.#pending.running : undefined;
  }

  assignSpeaker(speakerId: number, personId: string, segmentIds: readonly string[]): void {
    this.#speakers.assign(speakerId, personId, segmentIds);
    const { store, clock } = this.#o;
    const assignment = { speaker: speakerId, person: personId };
    this.#background(
      rememberSpeaker(store, this.uid, this.conversationId, assignment, clock.now()),
    );
  }

  /** True if the conversation's audio waits for a provider that is down. */
  hasUnheardAudio(conversationId: string): boolean {
    if (!this.#audio || !this.#health.isDown) return false;
    const ours = this.#writer.spans.some((span) => span.conversationId === conversationId);
    return ours && this.#audio.endMs - this.#cursorMs > 500;
  }

  /** Gets the last words out of the provider and into the store; gives up after `timeoutMs`. */
  async flush(timeoutMs: number): Promise<void> {
    if (this.#audio) {
      const cutAtMs = await this.#audio.split();
      this.#boundaryMs = cutAtMs;
      await withTimeout(this.#heardUntil(cutAtMs), timeoutMs);
    }
    await withTimeout(this.#pending.running ?? Promise.resolve(), timeoutMs);
  }

  /** Resolves when all stretches that were cut at `cutAtMs` or before are heard. */
  async #heardUntil(cutAtMs: number): Promise<void> {
    while (this.#part && (this.#part.endMs ?? Number.POSITIVE_INFINITY) <= cutAtMs) {
      await this.#stretchDone.promise;
    }
  }

  /**
   * Ends the session: the last words are waited for and committed; what no provider has heard is
   * left to a job. Calling it again waits for the first call.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#inputEnded = true;
    await this.#audio?.end();
    // A provider that is down, or has too much to catch up with, is left to a job.
    const tailMs = (this.#audio?.endMs ?? 0) - this.#cursorMs;
    if (this.#health.isDown || tailMs > MAX_TAIL_MS) this.interrupt();
    await this.#listening;
    await this.#pending.running;
    await this.#speakers.settled();
    await this.#rolling;
    if (this.#feed) void this.#o.webhooks.end(this.#feed);
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    this.#abort.abort();
    const rejected = this.#intake?.rejected ?? 0;
    if (rejected > 0) this.#logger.info({ rejected }, 'audio frames rejected');
    this.#suggested.log(this.#logger);
    if (this.#audio) await this.#record.settle(this.#audio, this.#cursorMs);
  }

  /** Sends the client away and takes nothing more from it. */
  dismiss(reason: string, code: 1003 | 1008 = 1008): void {
    this.#inputEnded = true;
    this.#o.emit({ type: 'session-ended', code, reason });
    this.interrupt();
  }

  hasId(sessionId: string): boolean {
    return this.id === sessionId;
  }

  /** See `LiveSession`. The client is asked to connect again, where it still listens. */
  yieldTo(): void {
    if (this.#isTaken || this.#closed) return;
    this.#isTaken = true;
    this.#inputEnded = true;
    this.#pending.drop();
    this.#logger.info('listen session taken over');
    this.#o.emit({ type: 'session-ended', code: 1001, reason: 'The session goes on elsewhere' });
    this.interrupt();
  }

  /** Stops waiting for the provider; what it has not answered is left to the next start. */
  interrupt(): void {
    this.#abort.abort();
  }

  /** Reads the provider's stream, one stretch of audio after the other, until the audio has ended. */
  async #listen(audio: SessionAudio, stt: SessionStt): Promise<void> {
    const { signal } = this.#abort;
    let isCut = false;
    /** Where the audio was cut behind which nothing is unheard yet; undefined if something may be. */
    let heardUntilMs: number | undefined;
    while (!signal.aborted) {
      const part = audio.stretch();
      this.#part = part;
      try {
        // No provider is asked before there is something to hear: a client may only wait for the end.
        if (heardUntilMs !== undefined && !(await part.hasAudioAfter(heardUntilMs, signal))) {
          if (audio.endMs <= heardUntilMs) this.#cursorMs = audio.endMs;
          if (part.endMs === undefined) return;
          this.#endStretch();
          continue;
        }
        heardUntilMs = undefined;
        this.#provider.begin();
        const { store } = this.#o;
        const corrections = await findSpeakerCorrections(store, this.uid, this.conversationId);
        const heard = this.#speakers.begin(corrections, isCut);
        const start = { fromMs: this.#cursorMs, heard, replays: !isCut };
        const events = stt.stream.transcribe(part, stt.options, start, signal);
        for await (const event of events) this.#onSttEvent(event);
        if (!signal.aborted) {
          heardUntilMs = part.endMs;
          // The provider has answered to everything that it was given, trailing silence included.
          this.#advance(part.endMs ?? (this.#inputEnded ? audio.endMs : this.#cursorMs));
        }
      } catch (error) {
        this.#logger.warn({ error: describeError(error) }, 'speech-to-text stream ended');
        if (!this.#inputEnded && !signal.aborted) {
          this.#status('stt_unavailable', UNREACHABLE_TEXT);
          await wait(RETRY_STREAM_MS, signal).catch(() => undefined);
        }
      }
      await this.#pending.running;
      // A stretch that was cut is not the last one, though the client may have gone meanwhile.
      isCut = part.endMs !== undefined;
      this.#endStretch();
      if (this.#inputEnded && (!isCut || this.#cursorMs >= audio.endMs - 1)) return;
    }
  }

  /** Lets those go on who wait for the words of a stretch, see `flush`. */
  #endStretch(): void {
    const done = this.#stretchDone;
    this.#part = undefined;
    this.#stretchDone = deferred();
    done.resolve();
  }

  #onSttEvent(event: SttEvent): void {
    this.#provider.take(event);
    this.#health.take(event);
    this.#speakers.take(event);
    if (event.type === 'transcript-partial') {
      if (this.#o.listen.partials) this.#o.emit(partialEvent(event.words));
    } else if (event.type === 'transcript-final') {
      this.#lastWordEndMs = event.words.at(-1)?.endMs ?? this.#lastWordEndMs;
      this.#advance(event.finalUntilMs);
      const segments = this.#speakers.toSegments(event.words, this.#provider.name);
      if (segments.length > 0) {
        const { receivedAt } = event;
        this.#commit({ segments, transcribedMs: this.#cursorMs, receivedAt });
      } else if (this.#cursorMs - this.#writer.transcribedMs > POSITION_SAVE_MS) {
        this.#commit({ segments: [], transcribedMs: this.#cursorMs, receivedAt: null });
      }
    }
  }

  /** Audio that could not be kept while nobody listened: it will not be heard any more. */
  #onGap(gap: AudioRange): void {
    if (this.#isTaken) return;
    const unheard = { heardMs: this.#cursorMs, gap, reason: 'audio-lost' } as const;
    const { spans } = this.#writer;
    const session = { uid: this.uid, spans, audioStartedAt: this.startedAt };
    this.#background(recordGap(this.#o.store, session, unheard, this.#o.clock.now()));
  }

  /** A word that a cut went through was not heard: what follows the last word is heard again. */
  #advance(positionMs: number): void {
    const cutAtMs = this.#part?.endMs;
    const heardMs =
      cutAtMs === undefined
        ? positionMs
        : Math.min(positionMs, Math.max(this.#lastWordEndMs, cutAtMs - CUT_WORD_MS));
    this.#cursorMs = Math.max(this.#cursorMs, heardMs);
  }

  #commit(words: PendingWords): void {
    const isEmpty = words.segments.length === 0 && words.transcribedMs === null;
    if (!this.#isTaken && !isEmpty) this.#pending.add(words);
  }

  #onNotStored(error: unknown): void {
    if (error instanceof SessionTakenError) this.yieldTo();
    else {
      // The audio log still holds them: the words are made again at the next start.
      this.#logger.error({ error: describeError(error) }, 'words not stored');
      this.#o.emit({ type: 'session-ended', code: 1011, reason: 'Storage failed' });
      this.#abort.abort();
    }
  }

  async #store(batch: readonly PendingWords[]): Promise<void> {
    await this.#rolling;
    await this.#renewIfOver(batch);
    const transcribedMs =
      batch.findLast((words) => words.transcribedMs !== null)?.transcribedMs ?? null;
    const receivedAt = batch.find((words) => words.receivedAt !== null)?.receivedAt ?? null;
    const segments = await this.#speakers.nameAll(batch.flatMap((words) => words.segments));
    const onAppended = (result: AppendResult) => this.#onAppended(result, receivedAt);
    if (this.#o.stt) await this.#writer.write(segments, transcribedMs, onAppended);
    else await this.#suggested.write(segments, this.#writer, onAppended);
    if (transcribedMs !== null && !mayRecord(this.#o.user)) {
      await this.#audio?.releaseBefore(transcribedMs - KEEP_BEHIND_MS);
    }
  }

  #onAppended(result: AppendResult, receivedAt: number | null): void {
    const { updated, rest, isOver } = result;
    this.#activeAt = this.#o.clock.now();
    this.#shown.tell(result, receivedAt);
    this.#feed?.segments(updated);
    // Without a provider, or if every speaker is known, there is nobody to suggest.
    if (this.#o.stt && !this.#o.voice) this.#speakers.look(updated);
    // Another process has ended the conversation, and its message has not arrived.
    if (isOver && rest.length === 0) {
      const { id } = result.conversation;
      this.#onConversationClosed({ uid: this.uid, conversationId: id, hasContent: true });
    }
  }

  /** After a pause the conversation may have been ended by another process, and nobody has told us. */
  async #renewIfOver(batch: readonly PendingWords[]): Promise<void> {
    const { live, clock, listen } = this.#o;
    const { uid, conversationId } = this;
    const first = batch.flatMap((words) => words.segments)[0];
    if (!first || clock.now() - this.#activeAt < listen.conversationTimeoutMs) return;
    if (await live.isOpen(uid, conversationId)) return;
    this.#onConversationClosed({ uid, conversationId, hasContent: true }, first.startMs);
    await this.#rolling;
  }

  /** @param fromMs where the next conversation begins, unless it is known better */
  #onConversationClosed(
    event: DomainEvents['conversation-closed'],
    fromMs: number = this.#audio?.endMs ?? 0,
  ): void {
    if (event.uid !== this.uid) return;
    if (this.conversationId !== event.conversationId || this.#inputEnded) return;
    if (this.#rolling) return;
    const boundary = this.#boundaryMs ?? fromMs;
    this.#boundaryMs = undefined;
    this.#rolling = this.#roll(boundary)
      .catch((error) => this.#logger.error({ error: describeError(error) }, 'no new conversation'))
      .finally(() => {
        this.#rolling = undefined;
      });
  }

  /** Goes on in a new conversation from a position of the audio on. */
  async #roll(fromMs: number): Promise<void> {
    const conversationId = await this.#o.openConversation(
      attachOptionsOf(this.#o),
      this.conversationId,
    );
    this.#activeAt = this.#o.clock.now();
    await this.#writer.startNextConversation(conversationId, fromMs);
  }

  #status(status: string, text: string | null): void {
    this.#o.emit({ type: 'service-status', status, text });
  }

  /** For work whose failure must not end the session, only be seen. */
  #background(work: Promise<unknown>): void {
    work.catch((error) => {
      if (error instanceof SessionTakenError) this.yieldTo();
      else {
        const fields = { error: describeError(error) };
        this.#logger.error(fields, 'listen session background work failed');
      }
    });
  }
}
