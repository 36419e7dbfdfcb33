import type { AudioFormat } from '../audio/audio-format.ts';
import type { AudioLog } from '../audio/audio-log.ts';
import { enqueueJob } from '../jobs/enqueue-job.ts';
import type { JobRun } from '../jobs/job-run.ts';
import type { Clock } from '../kernel/clock.ts';
import { isAppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import { type ListenSession, listenSessions } from '../model/listen-session.ts';
import { OWNER } from '../model/speaker-correction.ts';
import type { TranscriptSegment } from '../model/transcript-segment.ts';
import { settleSession } from '../recordings/recording-job.ts';
import type { SessionLogs } from '../recordings/session-logs.ts';
import { SpeakerLabels } from '../speakers/speaker-labels.ts';
import { SpeakerNumbers } from '../speakers/speaker-numbers.ts';
import type { DocumentStore, DocumentWriter } from '../store/document-store.ts';
import { continued } from '../stt/continued.ts';
import type { SessionStt } from '../stt/session-stt.ts';
import type { TranscriptFinal } from '../stt/stt-event.ts';
import { type AudioStretch, recordGap, watchedForGaps } from '../transcripts/audio-gaps.ts';
import { enqueueFinalise, type LiveConversations } from '../transcripts/live-conversations.ts';
import { groupBySpan } from '../transcripts/session-spans.ts';
import { withVoice } from '../transcripts/session-voice.ts';
import { lastWords } from '../transcripts/stored-words.ts';
import { wordsToSegments } from '../transcripts/words-to-segments.ts';

const RETRY_MS = 30_000;
const RETRY_UNCONFIGURED_MS = 10 * 60_000;

export interface DrainOptions {
  store: DocumentStore;
  audioLog: AudioLog;
  live: LiveConversations;
  clock: Clock;
  logger: Logger;
  /** The provider for a session's language and codec, null where none is configured. */
  openStt(session: {
    language: string;
    codec: string;
    sampleRate: number;
    includeSpeechProfile: boolean;
  }): Promise<SessionStt | null>;
  /** What the frames of a session's log are; needs no provider. */
  formatOf(session: { codec: string; sampleRate: number }): AudioFormat;
  /** Who has the log of a session. */
  logs: SessionLogs;
}

/**
 * Transcribes the tail of a session's audio log that no provider has heard: after a crash, or after a
 * session that ended while its provider was down. The position moves in the same commit as the
 * words, so that a run that is cut off is continued, not repeated.
 */
export async function drainSession(run: JobRun, options: DrainOptions): Promise<void> {
  const { store, audioLog, clock } = options;
  const { uid, subject: id } = run.job;
  const session = await store.find(listenSessions, uid, id);
  if (!session) return;
  const waitUntil = await options.logs.claim(session);
  if (waitUntil !== null) {
    await store.transact((tx) => run.reschedule(tx, waitUntil));
    return;
  }
  const audio = await audioLog.reopen(uid, id, options.formatOf(session));
  const missing: AudioStretch[] = [];
  const watched = watchedForGaps(audio, audio.endMs, (gap) => missing.push(gap));
  if (audio.endMs - session.transcribedMs > 1) {
    const stt = await options.openStt(session);
    if (!stt) {
      const retryAt = clock.now() + RETRY_UNCONFIGURED_MS;
      await store.transact((tx) => run.reschedule(tx, retryAt));
      return;
    }
    let renewsAt: number | null = null;
    const labels = new SpeakerLabels();
    const numbers = new SpeakerNumbers();
    const heard = await lastWords(store, session);
    numbers.begin(await options.live.findCorrections(uid, session.conversationId), heard);
    const stream = continued(stt.stream, heard);
    try {
      const from = session.transcribedMs;
      let provider = stt.provider;
      for await (const event of stream.transcribe(watched, stt.options, from, run.signal)) {
        if (event.type === 'provider-change') provider = event.provider;
        // People are assigned where their client wants it, which nobody knows here any more.
        if (event.type === 'speaker-identified') {
          const speaker = numbers.recognised(event.speaker, event.personId);
          if (event.personId === OWNER) labels.recognise(speaker, OWNER);
        }
        if (event.type === 'budget-exhausted') {
          renewsAt = event.renewsAt;
          break;
        }
        if (event.type !== 'transcript-final' || event.words.length === 0) continue;
        const words = numbers.labelled(event.words);
        await appendWords(session, { ...event, words }, { provider, labels }, options);
      }
      run.signal.throwIfAborted();
    } catch (error) {
      if (!isAppError(error)) throw error;
      options.logger.warn({ sessionId: id, code: error.code }, 'audio tail not transcribed yet');
      await store.transact((tx) => run.reschedule(tx, clock.now() + RETRY_MS));
      return;
    }
    if (renewsAt !== null) {
      const dueAt = renewsAt;
      await store.transact((tx) => run.reschedule(tx, dueAt));
      return;
    }
  }
  await recordMissing(session, audio.endMs, missing, options);
  const isDone = await store.transact(async (tx) => {
    await run.finish(tx);
    const isDone = settleSession(tx, session, audio.endMs, clock.now());
    // Their end may have waited for this audio.
    for (const { conversationId } of session.spans) {
      enqueueFinalise(tx, uid, conversationId, clock.now(), clock.now());
    }
    return isDone;
  });
  if (isDone) await audioLog.delete(uid, id);
  else await audioLog.markHeard(uid, id);
}

/** What was accepted and is no longer there, or could not be read, is written down. */
async function recordMissing(
  session: ListenSession,
  loggedMs: number,
  found: readonly AudioStretch[],
  { store, clock }: DrainOptions,
): Promise<void> {
  const tail = { startMs: loggedMs, endMs: session.audioEndMs ?? 0 };
  const from = { ...session, audioStartedAt: session.audioStartedAt ?? session.createdAt };
  const reason = loggedMs === 0 ? 'audio-deleted' : 'audio-lost';
  for (const gap of [...found, tail]) {
    const unheard = { gap, heardMs: session.transcribedMs, reason } as const;
    await recordGap(store, from, unheard, clock.now());
  }
}

async function appendWords(
  session: ListenSession,
  { words, finalUntilMs }: TranscriptFinal,
  by: { provider: string; labels: SpeakerLabels },
  options: DrainOptions,
): Promise<void> {
  const segments = wordsToSegments(words, 0, by.provider).map((segment) =>
    by.labels.apply(withVoice(segment, session.voice)),
  );
  const groups = groupBySpan(session.spans, segments, (segment) => segment.startMs);
  for (const [i, group] of groups.entries()) {
    const isLast = i === groups.length - 1;
    const transcribedMs = isLast ? finalUntilMs : (group.items.at(-1)?.endMs ?? finalUntilMs);
    await appendGroup(session, group, transcribedMs, options);
  }
}

/** Stores the words of one conversation; a pause that ends it begins another one. */
async function appendGroup(
  session: ListenSession,
  group: { conversationId: string; items: TranscriptSegment[] },
  transcribedMs: number,
  options: DrainOptions,
): Promise<void> {
  const { uid, id } = session;
  const audioStartedAt = session.audioStartedAt ?? session.createdAt;
  let { conversationId, items } = group;
  while (items.length > 0) {
    const result = await options.live.append({
      uid,
      conversationId,
      audioStartedAt,
      segments: items,
      session: { id, epoch: session.epoch, fromMs: session.transcribedMs, transcribedMs },
    });
    session.transcribedMs = result?.transcribedMs ?? session.transcribedMs;
    if (!result) options.logger.info({ sessionId: id }, 'recovered words without conversation');
    items = result?.rest ?? [];
    const fromMs = items[0]?.startMs;
    if (fromMs === undefined) return;
    const { conversation, spans } = await options.live.beginAfterPause(uid, {
      after: conversationId,
      at: audioStartedAt + fromMs,
      session: { id, epoch: session.epoch, spans: session.spans, fromMs },
      isLive: false,
    });
    session.spans = spans;
    conversationId = conversation.id;
  }
}
