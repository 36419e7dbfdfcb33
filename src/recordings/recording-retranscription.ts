import type { BlobStore } from '../blob/blob-store.ts';
import { getOpenConversation } from '../conversations/conversation-access.ts';
import { enqueue } from '../jobs/enqueue.ts';
import type { JobRun } from '../jobs/job-run.ts';
import type { JobWorker } from '../jobs/job-worker.ts';
import { PermanentJobError } from '../jobs/permanent-job-error.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError, isAppError } from '../kernel/errors.ts';
import { GLOBAL } from '../model/collection.ts';
import { type Conversation, conversations } from '../model/conversations/conversation.ts';
import type { Recording } from '../model/conversations/recording.ts';
import { speakerIdOf, type TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import { jobId, jobs, retranscribeJob } from '../model/jobs.ts';
import { searchChanged } from '../search/search-changed.ts';
import type { DocumentStore, Transaction } from '../store/document-store.ts';
import { NO_VOICES, type SessionVoices } from '../stt/session-voices.ts';
import { KnownPeople } from '../transcripts/known-people.ts';
import { requestProcessing } from '../transcripts/request-processing.ts';
import { findSpeakerCorrections } from '../transcripts/speaker-corrections.ts';
import {
  encodeTranscript,
  inSpokenOrder,
  loadLiveSegments,
  loadTranscript,
  writeTranscript,
} from '../transcripts/transcript.ts';
import { withVoice } from '../transcripts/words-to-segments.ts';
import type { UserService } from '../users/user-service.ts';
import {
  type HeardRecording,
  joinRecordings,
  keepLabels,
  type RecordedSpeech,
  voicesHeard,
} from './recorded-speakers.ts';
import { recordingReplay } from './recording-audio.ts';
import { keepCorrections } from './recording-corrections.ts';
import type { RecordingService } from './recording-service.ts';
import { type OpenRecordedStt, transcribeRecorded, withPerson } from './recording-transcript.ts';
import { keepVersion } from './recording-versions.ts';

/** Kind of the job that transcribes a conversation's recording again; its subject is the conversation. */
const LEASE_MS = 30_000;
const MAX_ATTEMPTS = 3;
const RETRY_MS = 2_000;

/** State of a requested transcription; `none` if there is none, or it is done. */
export interface RetranscriptionState {
  state: 'none' | 'running' | 'failed';
  /** Why it failed. */
  error: string | null;
}

export interface RetranscriptionOptions {
  store: DocumentStore;
  blobs: BlobStore;
  clock: Clock;
  users: UserService;
  jobWorker: JobWorker;
  recordings: RecordingService;
  openStt: OpenRecordedStt;
  /** The voices that a user's speakers are compared with. */
  loadVoices(uid: string): Promise<SessionVoices>;
  /**
   * Replaces the voices that are noted with a conversation. Reads, and returns what writes, for a
   * transaction that writes after it has read.
   */
  planVoices(
    tx: Transaction,
    uid: string,
    conversationId: string,
    heard: readonly RecordedSpeech[],
  ): Promise<() => void>;
  /** Voices nearer than this are one speaker, cosine distance. */
  newSpeakerDistance: number;
}

/** Transcribes recorded conversations again. The transcript that was there is kept as a version. */
export class Retranscription {
  readonly #o: RetranscriptionOptions;

  constructor(options: RetranscriptionOptions) {
    this.#o = options;
    options.jobWorker.register(retranscribeJob, (run) => this.#run(run), {
      leaseMs: LEASE_MS,
      maxAttempts: MAX_ATTEMPTS,
    });
  }

  /**
   * Asks for it; a job does it. `not-found` without recording, `conflict` while the conversation is
   * spoken or processed, `not-configured` without a provider, `bad-request` for an unknown model.
   *
   * @param model the only speech service or local model to ask; null for the server's choice
   */
  async request(uid: string, id: string, model: string | null): Promise<void> {
    const { store, clock, users, recordings, openStt } = this.#o;
    const [first] = await recordings.list(uid, id);
    if (!first) throw new AppError('not-found', 'The conversation has no recording');
    const user = await users.getUser(uid);
    const { format } = recordingReplay(first, this.#o.blobs);
    if (!openStt(user, first.language, format, null, model)) {
      throw new AppError('not-configured', 'No speech-to-text service is configured.');
    }
    await store.transact(async (tx) => {
      assertAtRest(await getOpenConversation(tx, uid, id));
      enqueue(tx, retranscribeJob, { uid, subject: id, payload: { model } }, clock.now());
    });
  }

  async state(uid: string, id: string): Promise<RetranscriptionState> {
    const job = await this.#o.store.find(jobs, GLOBAL, jobId(retranscribeJob, uid, id));
    if (!job) return { state: 'none', error: null };
    return { state: job.state === 'failed' ? 'failed' : 'running', error: job.lastError };
  }

  async #run(run: JobRun<typeof retranscribeJob.payload>): Promise<void> {
    const { store, clock, recordings, planVoices } = this.#o;
    const { uid, subject: id } = run.job;
    const conversation = await store.find(conversations, uid, id);
    if (!conversation) return;
    const originMs = conversation.startedAt ?? conversation.createdAt;
    const files = await this.#recorded(recordings, uid, id);
    const recordingsHeard = await this.#hear(run, files, originMs);
    if (recordingsHeard.every(({ segments }) => segments.length === 0)) {
      throw new PermanentJobError(
        new AppError('bad-request', 'No words were found in the recording; the transcript stays.'),
      );
    }
    const isRecorded = recordedIn(files, originMs);
    await store.transact(async (tx) => {
      const now = clock.now();
      const current = await tx.find(conversations, uid, id);
      if (!current) return run.finish(tx);
      const live = await loadLiveSegments(tx, uid, current);
      if (live.length > 0 || isBusy(current)) return run.reschedule(tx, now + RETRY_MS);
      await run.assertHeld(tx);
      const before = await loadTranscript(tx, uid, current);
      // What was said while nothing was recorded can only be kept as it was heard.
      const kept = before.filter((segment) => !isRecorded(segment));
      const corrected = before.filter((s) => s.originalText !== null && isRecorded(s));
      const labelled = keepLabels(recordingsHeard, before);
      const made = await this.#named(tx, uid, id, labelled);
      const voices = voicesHeard(labelled, id);
      const replaceVoices = await planVoices(tx, uid, id, voices);
      const heard = keepCorrections(corrected, made.filter(isWithin(current)));
      const chunks = await encodeTranscript(id, inSpokenOrder([...kept, ...heard]));
      await keepVersion(tx, uid, id, before, now);
      replaceVoices();
      tx.patch(conversations, uid, id, {
        transcriptChunks: writeTranscript(tx, uid, current, chunks),
        status: 'processing',
        forced: true,
        discarded: false,
        updatedAt: Math.max(now, current.updatedAt + 1),
        processing: { ...current.processing, failureReason: null },
      });
      searchChanged(tx, uid, 'conversation', id, now);
      requestProcessing(tx, uid, id, now);
      await run.finish(tx);
    });
  }

  /** Hears each recording, and numbers the speakers of all of them together. */
  async #hear(
    run: JobRun<typeof retranscribeJob.payload>,
    files: readonly Recording[],
    originMs: number,
  ): Promise<HeardRecording[]> {
    const { users, blobs, openStt, loadVoices, newSpeakerDistance } = this.#o;
    const { uid, payload } = run.job;
    const user = await users.getUser(uid);
    const known = files.some(({ voice }) => voice === null) ? await loadVoices(uid) : NO_VOICES;
    const heard: HeardRecording[] = [];
    for (const recording of files) {
      const { audio, format, aheadMs } = recordingReplay(recording, blobs);
      const voices = recording.voice === null ? known : null;
      const stt = openStt(user, recording.language, format, voices, payload.model);
      const audioAt = recording.startedAt - aheadMs;
      const found = await transcribeRecorded(stt, audio, audioAt - originMs, run.signal);
      const segments = found.segments.map((segment) => withVoice(segment, recording.voice));
      heard.push({ ...found, segments, audioAt, isOneVoice: recording.voice !== null });
    }
    return joinRecordings(heard, newSpeakerDistance);
  }

  /** The segments of all recordings, with the people whom the user has named, else recognised ones. */
  async #named(
    tx: Transaction,
    uid: string,
    id: string,
    recordings: readonly HeardRecording[],
  ): Promise<TranscriptSegment[]> {
    const corrections = await findSpeakerCorrections(tx, uid, id);
    const segments = recordings.flatMap((recording) =>
      recording.segments.map((segment) => {
        const said = corrections?.speakers[speakerIdOf(segment.speaker)];
        if (recording.isOneVoice || said === undefined) return segment;
        return withPerson({ ...segment, isUser: false, personId: null }, said);
      }),
    );
    return new KnownPeople(tx, uid).check(segments);
  }

  async #recorded(recordings: RecordingService, uid: string, id: string): Promise<Recording[]> {
    try {
      return await recordings.list(uid, id);
    } catch (error) {
      if (isAppError(error) && !error.retryable) throw new PermanentJobError(error);
      throw error;
    }
  }
}

function isBusy(conversation: Conversation): boolean {
  return conversation.status === 'in_progress' || conversation.status === 'processing';
}

function assertAtRest(conversation: Conversation): void {
  if (!isBusy(conversation)) return;
  throw new AppError('conflict', 'The conversation is in progress or being processed; try later.');
}

/** Whether a segment is this conversation's: the recording of one that was split goes on with the other. */
function isWithin(conversation: Conversation): (segment: TranscriptSegment) => boolean {
  if (conversation.externalData?.split_metadata === undefined) return () => true;
  const { startedAt, createdAt, finishedAt } = conversation;
  const lengthMs = (finishedAt ?? Number.POSITIVE_INFINITY) - (startedAt ?? createdAt);
  return ({ startMs, endMs }) => startMs + endMs >= 0 && (startMs + endMs) / 2 <= lengthMs;
}

/** Whether the middle of a segment lies in one of the recordings. */
function recordedIn(
  files: readonly Recording[],
  originMs: number,
): (segment: TranscriptSegment) => boolean {
  return ({ startMs, endMs }) => {
    const at = originMs + (startMs + endMs) / 2;
    return files.some((file) => at >= file.startedAt && at <= file.startedAt + file.durationMs);
  };
}
