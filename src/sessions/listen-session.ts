import type { AudioRange } from '../audio/audio-format.ts';
import type { AudioSource, SessionAudio } from '../audio/session-audio.ts';
import { withTimeout } from '../kernel/deferred.ts';
import { describeError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { Logger } from '../kernel/logger.ts';
import { mayRecord } from '../model/accounts/user.ts';
import { SessionSpeakers } from '../speakers/session-speakers.ts';
import { VoiceNotes } from '../speakers/voice-notes.ts';
import type { SessionStt } from '../stt/session-stt.ts';
import type { HeardSpan } from '../stt/stream-speakers.ts';
import type { SttEvent } from '../stt/stt-event.ts';
import type { AppendResult } from '../transcripts/append-segments.ts';
import { recordGap } from '../transcripts/audio-gaps.ts';
import { SessionTakenError } from '../transcripts/session-lease.ts';
import { findSpeakerCorrections, rememberSpeaker } from '../transcripts/speaker-corrections.ts';
import { TranscriptWriter } from '../transcripts/transcript-writer.ts';
import type { SessionFeed } from '../webhooks/live-webhooks.ts';
import { AudioIntake } from './audio-intake.ts';
import { CurrentProvider } from './current-provider.ts';
import { findLastConversation } from './last-conversation.ts';
import { partialEvent } from './listen-event.ts';
import { attachOptionsOf, type ListenSessionOptions } from './listen-session-options.ts';
import { SectionLoop } from './section-loop.ts';
import { ServiceHealth } from './service-health.ts';
import { SessionConversation } from './session-conversation.ts';
import { SessionRecord } from './session-record.ts';
import { ShownSegments } from './shown-segments.ts';
import { keptOf, recordedAt } from './stream-position.ts';
import type { SuggestedTranscript } from './suggested-transcript.ts';
import { SuggestedWriter } from './suggested-writer.ts';
import { type PendingWords, WordQueue } from './word-queue.ts';

/** How long audio without words may stay unrecorded in the store: after a crash it is heard again. */
const POSITION_SAVE_MS = 10_000;
/** Old audio that is kept, so that the provider's next connection can recognise the speakers. */
const KEEP_BEHIND_MS = 15_000;
/** Messages with words that may wait to be written before the client has to wait. */
const MAX_PENDING_WORDS = 8;
/** Unheard audio at the end of a session that is left to a job instead of being waited for. */
const MAX_TAIL_MS = 5 * 60_000;
/** Pause before a stream that failed is followed by another one. */
const RETRY_STREAM_MS = 1_000;
/** Unheard audio up to this length is on its way to the provider, milliseconds. */
const IN_FLIGHT_MS = 500;

/** See `ListenSession`. */
type Phase = 'starting' | 'listening' | 'ending' | 'taken' | 'ended';

const NEXT_PHASES: Readonly<Record<Phase, readonly Phase[]>> = {
  starting: ['listening', 'ending', 'taken'],
  listening: ['ending', 'taken'],
  ending: ['taken', 'ended'],
  taken: ['ended'],
  ended: [],
};

/** What changes while a session runs; the parts of the session have their own. */
interface SessionState {
  phase: Phase;
  /** Wall time, epoch milliseconds. */
  connectedAt: number;
  /** Wall time of the first audio byte, null before it. */
  audioStartedAt: number | null;
  /** Set by the first call of `close`. */
  closed: Promise<void> | null;
}

/** The parts of a session that has a provider. */
interface Hearing {
  audio: SessionAudio;
  intake: AudioIntake;
  sections: SectionLoop;
  /** Settles when the loop over the sections has ended. */
  done: Promise<void>;
}

/**
 * One channel of a device's connection: audio goes to the write-ahead log, from there to the provider;
 * words go to the store, and once they are committed to the client. A session passes through these
 * phases:
 *
 * 1. `starting`. The conversation is opened or resumed; the session's document and its audio log are
 *    created; the start-up events are emitted in order.
 * 2. `listening`. Audio and suggested words are taken. `SectionLoop` has the audio transcribed section by
 *    section, `SessionConversation` starts the next conversation when one has ended.
 * 3. `ending`. Nothing more is taken. The last words are awaited and stored, unless the provider is down or
 *    far behind. Reached by `close`, and by `disconnect`, which waits for no words.
 * 4. `ended`. What no provider has heard is left to the backlog job.
 *
 * `taken` replaces 3 if another process has taken the session: nothing is written in its name any more.
 */
export class ListenSession {
  readonly id = newId();
  readonly uid: string;
  readonly #o: ListenSessionOptions;
  readonly #logger: Logger;
  readonly #abort = new AbortController();
  readonly #record: SessionRecord;
  readonly #writer: TranscriptWriter;
  readonly #conversation: SessionConversation;
  readonly #speakers: SessionSpeakers;
  readonly #voices: VoiceNotes;
  readonly #provider: CurrentProvider;
  readonly #health: ServiceHealth;
  readonly #words: WordQueue;
  readonly #suggested: SuggestedWriter;
  readonly #shown: ShownSegments;
  readonly #subscriptions: (() => void)[] = [];
  readonly #state: SessionState = {
    phase: 'starting',
    connectedAt: 0,
    audioStartedAt: null,
    closed: null,
  };
  #hearing: Hearing | null = null;
  /** End of the written audio when the health was last checked, milliseconds. */
  #checkedMs = 0;
  /** Resolves when the beginning of the audio is in the store; absent before any is written. */
  #startStored: Promise<void> | undefined;
  #feed: SessionFeed | null = null;

  constructor(options: ListenSessionOptions) {
    const { listen, user, stt, emit } = options;
    this.#o = options;
    this.uid = listen.uid;
    this.#logger = options.logger.child({ sessionId: this.id });
    const { voice } = options.speakers;
    this.#record = new SessionRecord(this.id, { ...options, voice });
    const { uid } = this;
    const startedAt = () => this.startedAt;
    this.#suggested = new SuggestedWriter({ ...options, uid, startedAt });
    this.#shown = new ShownSegments(emit, listen.conversationId !== undefined);
    this.#writer = new TranscriptWriter({
      ...options,
      uid,
      lease: stt ? this.#record.lease : null,
      spans: [],
      transcribedMs: options.stream?.transcribedMs ?? 0,
      audioStartedAt: startedAt,
      parts: this.#suggested.parts,
      isLive: () => !this.#isInputEnded,
      replaceConversation: async (_deleted, fromMs) => {
        await this.#conversation.startNext(fromMs);
        return this.conversationId;
      },
    });
    this.#conversation = new SessionConversation({
      ...options,
      uid,
      attach: attachOptionsOf(options),
      writer: this.#writer,
      logger: this.#logger,
      isInputEnded: () => this.#isInputEnded,
      onStarted: () => this.#shown.tellConversation(this, false),
      audioEndMs: () => this.#hearing?.audio.endMs ?? 0,
    });
    this.#speakers = new SessionSpeakers({
      ...options,
      ...options.speakers,
      uid,
      ownName: user.name,
      autoAssign: listen.speakerAutoAssign,
      heard: options.stream?.heard ?? [],
      logger: this.#logger,
    });
    this.#voices = new VoiceNotes(options, this.#speakers, this, async () => this.#words.running);
    this.#provider = new CurrentProvider(stt?.provider ?? '', emit);
    this.#health = new ServiceHealth({
      ...options,
      // Stored, because the conversation may be ended by another process.
      onChange: (providerDown) => this.#background(this.#record.patch({ providerDown })),
      waitingMs: () => (this.#hearing ? unreadMs(this.#hearing.audio) : 0),
    });
    this.#words = new WordQueue(
      (batch) => this.#store(batch),
      (error) => this.#onNotStored(error),
    );
  }

  /** The conversation that words go to now. */
  get conversationId(): string {
    return this.#writer.conversationId;
  }

  /** Wall time that the session's words are counted from, epoch milliseconds. */
  get startedAt(): number {
    return this.#state.audioStartedAt ?? this.#state.connectedAt;
  }

  /** The client's stream that the audio belongs to, and how much of it is kept; null if there is none. */
  get stream(): { id: string; keptMs: number } | null {
    return keptOf(this.#o.stream, this.#hearing?.audio.endMs ?? 0);
  }

  /** Phase 1. */
  async start(): Promise<void> {
    const { store, stt, events, emit, clock } = this.#o;
    this.#state.connectedAt = clock.now();
    this.#status('initiating', 'Service Starting');
    const last = await findLastConversation(store, this.uid);
    if (last !== null) emit({ type: 'last-conversation', conversationId: last });
    this.#status('in_progress_conversations_processing', 'Processing Conversations');
    await this.#conversation.begin();
    // What each channel of a call sends is no stream that can be listened to.
    this.#feed = this.#o.beginFeed(this.uid, this.#o.speakers.voice ? null : (stt?.format ?? null));
    if (stt) await this.#record.create(this.conversationId, this.#writer.spans);
    this.#status('stt_initiating', 'STT Service Starting');
    const off = events.on('conversation-closed', ({ uid, conversationId }) => {
      if (uid === this.uid) this.#conversation.onClosed(conversationId);
    });
    this.#subscriptions.push(off);
    if (stt?.unserved) this.#status('stt_language_unsupported', unservedText(stt.unserved));
    if (stt) this.#hearing = this.#listen(stt);
    this.#status('ready', null);
    this.#enter('listening');
  }

  /** Takes one binary message. */
  audio(message: Uint8Array): void {
    this.#state.audioStartedAt ??= recordedAt(this.#o.stream, this.#o.clock.now());
    const hearing = this.#hearing;
    if (!hearing) return;
    hearing.intake.take(message);
    if (!this.#startStored) this.#background(this.#storeAudioStart(hearing.audio));
    // What is checked changes when audio is written, which is done for several frames at once.
    const { endMs } = hearing.audio;
    if (endMs === this.#checkedMs) return;
    this.#checkedMs = endMs;
    this.#health.check();
  }

  /** See `SessionAudio.addSource`; null if the session keeps no audio. */
  addSource(source: AudioSource): (() => void) | null {
    return this.#hearing?.audio.addSource(source) ?? null;
  }

  /** Resolves when the audio that was taken is written: no crash of the process loses it then. */
  async flushed(): Promise<void> {
    await this.#hearing?.audio.flush();
    await this.#startStored;
  }

  /** Takes words that the client recognised by itself; ignored unless it said that it would. */
  suggest(message: SuggestedTranscript): void {
    if (this.#o.stt || this.#isInputEnded) return;
    const segments = this.#suggested.take(message, (...told) => this.#status(...told));
    if (segments.length > 0) this.#commit({ segments, transcribedMs: null, receivedAt: null });
  }

  /** Notes who the user says a speaker is, for words so far and to come. */
  assignSpeaker(speakerId: number, personId: string, segmentIds: readonly string[]): void {
    this.#speakers.assign(speakerId, personId, segmentIds);
    const { store, clock } = this.#o;
    const assignment = { speaker: speakerId, person: personId };
    this.#background(
      rememberSpeaker(store, this.uid, this.conversationId, assignment, clock.now()),
    );
  }

  /** Resolves when more may be taken from the client; undefined if it may be taken now. */
  backpressure(): Promise<void> | undefined {
    const isFull = this.#hearing?.intake.backpressure();
    if (isFull) return isFull;
    return this.#words.length > MAX_PENDING_WORDS ? this.#words.running : undefined;
  }

  /** True if audio of the conversation waits for a provider that is down. */
  hasUnheardAudio(conversationId: string): boolean {
    if (!this.#hearing || !this.#health.isDown) return false;
    const isOurs = this.#writer.spans.some((span) => span.conversationId === conversationId);
    const { audio, sections } = this.#hearing;
    return isOurs && audio.endMs - sections.cursorMs > IN_FLIGHT_MS;
  }

  /** Starts another conversation after the current one was deleted. */
  async renewConversation(): Promise<void> {
    await this.#conversation.renew();
  }

  /** Gets the last words out of the provider and into the store; gives up after `timeoutMs`. */
  async flush(timeoutMs: number): Promise<void> {
    if (this.#hearing) {
      const { audio, sections } = this.#hearing;
      const splitMs = await audio.split();
      this.#conversation.noteSplit(splitMs);
      await withTimeout(sections.heardUntil(splitMs), timeoutMs);
    }
    await withTimeout(this.#words.running ?? Promise.resolve(), timeoutMs);
  }

  /** Phases 3 and 4. Calling it again waits for the first call. */
  close(): Promise<void> {
    this.#state.closed ??= this.#close();
    return this.#state.closed;
  }

  /** Disconnects the client and takes nothing more from it. */
  disconnect(reason: string, code: 1003 | 1008 = 1008): void {
    this.#enter('ending');
    this.#o.emit({ type: 'session-ended', code, reason });
    this.interrupt();
  }

  /** Another process has taken the session. The client is asked to connect again. */
  relinquish(): void {
    if (this.#state.closed || !this.#enter('taken')) return;
    this.#words.drop();
    this.#logger.info('listen session taken over');
    this.#o.emit({ type: 'session-ended', code: 1001, reason: 'The session goes on elsewhere' });
    this.interrupt();
  }

  /** Stops waiting for the provider; what it has not answered is left to the backlog job. */
  interrupt(): void {
    this.#abort.abort();
  }

  /** Phase 2. */
  #listen(stt: SessionStt): Hearing {
    const { audioLog, clock, listen, maxAudioBurstMs } = this.#o;
    const { signal } = this.#abort;
    const audio = audioLog.begin(this.uid, this.id, stt.format, (notice) =>
      intake.onShareNotice(notice),
    );
    audio.onGap((gap) => this.#onGap(gap));
    const intake = new AudioIntake({
      audio,
      format: stt.format,
      codec: listen.codec,
      burstMs: maxAudioBurstMs,
      clock,
      signal,
      onFrame: (frame) => this.#feed?.audio(frame),
      tell: (status, text) => this.#status(status, text),
      disconnect: (reason, code) => this.disconnect(reason, code),
    });
    const sections = new SectionLoop({
      audio,
      stt,
      fromMs: this.#o.stream?.transcribedMs ?? 0,
      retryMs: RETRY_STREAM_MS,
      signal,
      isInputEnded: () => this.#isInputEnded,
      prepare: (followsSplit) => this.#prepareStream(followsSplit),
      onEvent: (event) => this.#onSttEvent(event, sections.cursorMs),
      onFailed: (error) => this.#onStreamFailed(error),
      stored: async () => this.#words.running,
    });
    return { audio, intake, sections, done: sections.run() };
  }

  async #prepareStream(followsSplit: boolean): Promise<readonly HeardSpan[]> {
    this.#provider.beginStream();
    const { store } = this.#o;
    const corrections = await findSpeakerCorrections(store, this.uid, this.conversationId);
    return this.#speakers.begin(corrections, followsSplit);
  }

  #onSttEvent(event: SttEvent, cursorMs: number): void {
    this.#provider.take(event);
    this.#health.take(event);
    this.#voices.take(event);
    if (event.type === 'transcript-partial' && this.#o.listen.partials) {
      this.#o.emit(partialEvent(event.words));
    }
    if (event.type !== 'transcript-final') return;
    const segments = this.#speakers.toSegments(event.words, this.#provider.name);
    if (segments.length > 0) {
      this.#commit({ segments, transcribedMs: cursorMs, receivedAt: event.receivedAt });
    } else if (cursorMs - this.#writer.transcribedMs > POSITION_SAVE_MS) {
      this.#commit({ segments: [], transcribedMs: cursorMs, receivedAt: null });
    }
  }

  #onStreamFailed(error: unknown): void {
    this.#logger.warn({ error: describeError(error) }, 'speech-to-text stream failed');
    if (!this.#isInputEnded && !this.#abort.signal.aborted) this.#health.noteFailure();
  }

  async #close(): Promise<void> {
    this.#enter('ending');
    const hearing = this.#hearing;
    await hearing?.audio.end();
    // A provider that is down, or has too much to catch up with, is left to a job.
    const tailMs = hearing ? hearing.audio.endMs - hearing.sections.cursorMs : 0;
    if (this.#health.isDown || tailMs > MAX_TAIL_MS) this.interrupt();
    await hearing?.done;
    await this.#words.running;
    await this.#voices.settled();
    await this.#conversation.settled();
    void this.#feed?.end();
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    this.#abort.abort();
    const rejected = hearing?.intake.rejected ?? 0;
    if (rejected > 0) this.#logger.info({ rejected }, 'audio frames rejected');
    this.#suggested.log(this.#logger);
    if (hearing) await this.#record.settle(hearing.audio, hearing.sections.cursorMs);
    this.#enter('ended');
  }

  /** Only once there is a log: a session whose audio has begun is not ended before it is found. */
  async #storeAudioStart(audio: SessionAudio): Promise<void> {
    await audio.flush();
    if (audio.endMs === 0) return;
    const { audioStartedAt } = this.#state;
    this.#startStored ??= this.#record.patch({ audioStartedAt }).catch((error) => {
      this.#startStored = undefined; // Tried again with the next message.
      throw error;
    });
    await this.#startStored;
  }

  /** Audio that is not in the log any more, or never reached it, will not be heard. */
  #onGap(gap: AudioRange): void {
    if (this.#state.phase === 'taken') return;
    const { store, clock } = this.#o;
    const heardMs = this.#hearing?.sections.cursorMs ?? 0;
    const { spans } = this.#writer;
    const session = { uid: this.uid, spans, audioStartedAt: this.startedAt };
    const unheard = { heardMs, gap, reason: 'audio-lost' } as const;
    this.#background(recordGap(store, session, unheard, clock.now()));
  }

  #commit(words: PendingWords): void {
    if (this.#state.phase !== 'taken') this.#words.add(words);
  }

  async #store(batch: readonly PendingWords[]): Promise<void> {
    const segments = batch.flatMap((words) => words.segments);
    await this.#conversation.ready(segments[0]?.startMs ?? null);
    const transcribedMs =
      batch.findLast((words) => words.transcribedMs !== null)?.transcribedMs ?? null;
    const receivedAt = batch.find((words) => words.receivedAt !== null)?.receivedAt ?? null;
    const named = await this.#speakers.nameAll(segments);
    const onAppended = (result: AppendResult) => this.#onAppended(result, receivedAt);
    if (this.#o.stt) await this.#writer.write(named, transcribedMs, onAppended);
    else await this.#suggested.write(named, this.#writer, onAppended);
    this.#shown.tellConversation(this, named.length > 0);
    if (transcribedMs !== null && !mayRecord(this.#o.user)) {
      await this.#hearing?.audio.releaseBefore(transcribedMs - KEEP_BEHIND_MS);
    }
  }

  #onAppended(result: AppendResult, receivedAt: number | null): void {
    const { updated, rest, isOver } = result;
    const { stt, speakers } = this.#o;
    this.#conversation.noteActive();
    this.#shown.tell(result, receivedAt);
    this.#feed?.segments(result.updated);
    // Without a provider, or if every speaker is known, there is nobody to suggest.
    if (stt && !speakers.voice) this.#speakers.look(updated);
    // Another process has ended the conversation, and its message has not arrived.
    if (isOver && rest.length === 0) this.#conversation.onClosed(result.conversation.id);
  }

  #onNotStored(error: unknown): void {
    if (error instanceof SessionTakenError) {
      this.relinquish();
      return;
    }
    // The audio log still holds them: the next start transcribes them again.
    this.#logger.error({ error: describeError(error) }, 'storing words failed');
    this.#o.emit({ type: 'session-ended', code: 1011, reason: 'Storage failed' });
    this.interrupt();
  }

  get #isInputEnded(): boolean {
    const { phase } = this.#state;
    return phase !== 'starting' && phase !== 'listening';
  }

  /** Enters a phase. Returns false, and stays, if it does not follow the current one. */
  #enter(phase: Phase): boolean {
    const follows = NEXT_PHASES[this.#state.phase].includes(phase);
    if (follows) this.#state.phase = phase;
    return follows;
  }

  #status(status: string, text: string | null): void {
    this.#o.emit({ type: 'service-status', status, text });
  }

  /** For work whose failure must not end the session, only be logged. */
  #background(work: Promise<unknown>): void {
    work.catch((error) => {
      if (error instanceof SessionTakenError) this.relinquish();
      else this.#logger.error({ error: describeError(error) }, 'background work failed');
    });
  }
}

function unservedText(language: string): string {
  return `No configured speech recognition knows the language ${language}; English is listened for.`;
}

/** Audio that the recogniser has not asked for yet, milliseconds. */
function unreadMs({ endMs, readMs }: SessionAudio): number {
  return endMs - readMs;
}
