import type { AudioFormat, AudioRange } from '../audio/audio-format.ts';
import type { AudioLog } from '../audio/audio-log.ts';
import type { SessionAudio } from '../audio/session-audio.ts';
import type { JobRun } from '../jobs/job-run.ts';
import type { Clock } from '../kernel/clock.ts';
import { isAppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import { type ListenSession, listenSessions } from '../model/conversations/listen-session.ts';
import { OWNER } from '../model/people/speaker-correction.ts';
import { settleSession } from '../recordings/recording-job.ts';
import type { SessionLogs } from '../recordings/session-logs.ts';
import { ConversationSpeakers } from '../speakers/conversation-speakers.ts';
import { lastWords } from '../speakers/last-words.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { SessionStt } from '../stt/session-stt.ts';
import type { SttEvent } from '../stt/stt-event.ts';
import { recordGap } from '../transcripts/audio-gaps.ts';
import { enqueueFinalise } from '../transcripts/finalise-job.ts';
import { findSpeakerCorrections } from '../transcripts/speaker-corrections.ts';
import { TranscriptWriter } from '../transcripts/transcript-writer.ts';
import { wordsToSegments } from '../transcripts/words-to-segments.ts';

const RETRY_MS = 30_000;
const RETRY_UNCONFIGURED_MS = 10 * 60_000;

export interface BacklogOptions {
  store: DocumentStore;
  audioLog: AudioLog;
  clock: Clock;
  logger: Logger;
  /** The speech-to-text of a session's language and codec, null if no provider is configured. */
  openStt(session: {
    language: string;
    codec: string;
    sampleRate: number;
    includeSpeechProfile: boolean;
  }): Promise<SessionStt | null>;
  /** What the frames of a session's log are; needs no provider. */
  formatOf(session: { codec: string; sampleRate: number }): AudioFormat;
  /** Which process has the log of a session. */
  logs: SessionLogs;
}

/**
 * The job that transcribes the part of a session's audio log that no provider has heard: after a crash,
 * or after a session that ended while its provider was down. The position moves in the same commit as
 * the words, so that a run that was interrupted is continued and not repeated.
 */
export async function transcribeBacklog(run: JobRun, options: BacklogOptions): Promise<void> {
  const { store, audioLog, clock } = options;
  const { uid, subject: id } = run.job;
  const session = await store.find(listenSessions, uid, id);
  if (!session) return;
  const claimedElsewhereUntil = await options.logs.claim(session);
  if (claimedElsewhereUntil !== null) {
    await store.transact((tx) => run.reschedule(tx, claimedElsewhereUntil));
    return;
  }
  const audio = await audioLog.reopen(uid, id, options.formatOf(session));
  const missing: AudioRange[] = [];
  const writer = writerOf(session, options);
  if (audio.endMs - session.transcribedMs > 1) {
    const retryAt = await transcribe(run, { session, audio, writer, missing }, options);
    if (retryAt !== null) {
      await store.transact((tx) => run.reschedule(tx, retryAt));
      return;
    }
  }
  await recordMissing(session, writer, audio.endMs, missing, options);
  const isDone = await store.transact(async (tx) => {
    await run.finish(tx);
    const isDone = settleSession(tx, session, audio.endMs, clock.now());
    // Their end may have waited for this audio.
    for (const { conversationId } of writer.spans) {
      enqueueFinalise(tx, uid, conversationId, clock.now(), clock.now());
    }
    return isDone;
  });
  if (isDone) await audioLog.delete(uid, id);
  else await audioLog.markHeard(uid, id);
}

function writerOf(session: ListenSession, { store, clock, logger }: BacklogOptions) {
  const { uid, id, epoch, spans, transcribedMs } = session;
  return new TranscriptWriter({
    store,
    clock,
    uid,
    lease: { id, epoch },
    spans,
    transcribedMs,
    audioStartedAt: () => startOf(session),
    isLive: () => false,
    replaceConversation: async () => {
      logger.info({ sessionId: id }, 'words of a deleted conversation dropped');
      return null;
    },
  });
}

interface Backlog {
  session: ListenSession;
  audio: SessionAudio;
  writer: TranscriptWriter;
  /** Audio that was found to be missing from the log. */
  missing: AudioRange[];
}

/** Transcribes to the end of the log. Returns null, or when to try again, epoch milliseconds. */
async function transcribe(
  run: JobRun,
  backlog: Backlog,
  options: BacklogOptions,
): Promise<number | null> {
  const { clock, logger, store } = options;
  const { session, audio, missing } = backlog;
  const stt = await options.openStt(session);
  if (!stt) return clock.now() + RETRY_UNCONFIGURED_MS;
  audio.onGap((gap) => missing.push(gap));
  const heard = await lastWords(store, session);
  const speakers = new ConversationSpeakers(session.voice);
  const { uid, conversationId } = session;
  speakers.begin(await findSpeakerCorrections(store, uid, conversationId), heard);
  try {
    const start = { fromMs: session.transcribedMs, heard, replays: true };
    const events = stt.stream.transcribe(audio, stt.options, start, run.signal);
    const renewsAt = await writeWords(events, backlog.writer, { speakers, provider: stt.provider });
    run.signal.throwIfAborted();
    return renewsAt;
  } catch (error) {
    if (!isAppError(error)) throw error;
    logger.warn({ sessionId: session.id, code: error.code }, 'backlog transcription postponed');
    return clock.now() + RETRY_MS;
  }
}

/** Returns null after the last event, or when the used-up budget is renewed, epoch milliseconds. */
async function writeWords(
  events: AsyncIterable<SttEvent>,
  writer: TranscriptWriter,
  by: { speakers: ConversationSpeakers; provider: string },
): Promise<number | null> {
  const { speakers } = by;
  let { provider } = by;
  for await (const event of events) {
    if (event.type === 'provider-change') provider = event.provider;
    if (event.type === 'speaker-identified') {
      const label = speakers.identify(event);
      // People are assigned only if the client wants that, which is not known any more.
      if (event.personId === OWNER) speakers.recognise(label, OWNER);
    }
    if (event.type === 'budget-exhausted') return event.renewsAt;
    if (event.type !== 'transcript-final' || event.words.length === 0) continue;
    const segments = wordsToSegments(speakers.label(event.words), 0, provider);
    await writer.write(
      segments.map((segment) => speakers.name(segment)),
      event.finalUntilMs,
      () => undefined,
    );
  }
  return null;
}

/** Records the audio that was accepted and is no longer in the log, or could not be read. */
async function recordMissing(
  session: ListenSession,
  { spans, transcribedMs }: TranscriptWriter,
  loggedMs: number,
  found: readonly AudioRange[],
  { store, clock }: BacklogOptions,
): Promise<void> {
  const tail = { startMs: loggedMs, endMs: session.audioEndMs ?? 0 };
  const from = { uid: session.uid, spans, audioStartedAt: startOf(session) };
  const reason = loggedMs === 0 ? 'audio-deleted' : 'audio-lost';
  for (const gap of [...found, tail]) {
    await recordGap(store, from, { gap, heardMs: transcribedMs, reason }, clock.now());
  }
}

/** Wall time of the audio's first byte, epoch milliseconds. */
function startOf({ audioStartedAt, createdAt }: ListenSession): number {
  return audioStartedAt ?? createdAt;
}
