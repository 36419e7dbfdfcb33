import type { JobRun } from '../jobs/job-run.ts';
import { AppError, isAppError, toAppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import { GLOBAL } from '../model/collection.ts';
import { conversations } from '../model/conversations/conversation.ts';
import { type SyncFile, syncFiles } from '../model/conversations/sync-file.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import { jobId, jobs, processJob } from '../model/jobs.ts';
import type { OpenRecordedStt } from '../recordings/recording-transcript.ts';
import { queryAll } from '../store/collection.ts';
import type { Transaction } from '../store/document-store.ts';
import type { SessionVoices } from '../stt/session-voices.ts';
import type { UserService } from '../users/user-service.ts';
import { cleanUp, type KeepDeps, keepAudio } from './after-sync.ts';
import { blobSource } from './blob-source.ts';
import { openDeviceFile } from './device-file.ts';
import { parseDeviceFileName } from './device-file-name.ts';
import { finishJoins, type JoinDeps } from './join-conversations.ts';
import { cutAtPauses } from './join-plan.ts';
import { type Placed, planWords } from './place-words.ts';
import {
  continuesRun,
  gapToNext,
  type MeasuredFile,
  NEIGHBOUR_MS,
  type RunPart,
} from './run-audio.ts';
import { assertNotStillHeard } from './still-heard.ts';
import { type HeardRun, transcribeRun } from './transcribe-run.ts';

export interface SyncFilesDeps extends JoinDeps, KeepDeps {
  users: UserService;
  openStt: OpenRecordedStt;
  /** The voices that are known to a user's sessions. */
  loadVoices: (uid: string) => Promise<SessionVoices>;
  logger: Logger;
}

/** Files that are looked at for the next run. */
const LOOKED_AT = 12;
const RETRY_MS = 30_000;
const RETRY_BUSY_MS = 3_000;
const RETRY_UNCONFIGURED_MS = 10 * 60_000;
/** How far back a file may begin that ends where another one begins, milliseconds. */
const LOOK_BACK_MS = 3 * 3_600_000;
const LOOK_MS = 5_000;

/**
 * The job of a user's files: transcribes them in the order in which they were recorded, a few at a time. The words
 * of a file and its state are stored in one commit, so that a run that was interrupted is continued and not repeated.
 * A file is only given up for what is wrong with the file; for everything else the job comes again.
 */
export async function syncFilesOf(run: JobRun, deps: SyncFilesDeps): Promise<void> {
  const { store, clock, logger } = deps;
  const { uid } = run.job;
  const touched = new Set<string>();
  try {
    await finishJoins(deps, uid);
    const voices = await deps.loadVoices(uid);
    let most = Number.POSITIVE_INFINITY;
    for (;;) {
      run.signal.throwIfAborted();
      const files = await nextFiles(run, deps, most);
      if (files.length === 0) break;
      most = await transcribeFiles(run, deps, files, { voices, touched });
    }
    await processSoon(deps, uid, touched);
    await keepAudio(run, deps);
  } catch (error) {
    const retryMs = retryAfter(error);
    if (retryMs === null || run.signal.aborted) throw error;
    logger.warn({ code: toAppError(error).code }, 'device files not transcribed yet');
    await store.transact((tx) => run.reschedule(tx, clock.now() + retryMs));
    return;
  }
  const again = await cleanUp(deps, uid);
  await store.transact((tx) => (again === null ? run.finish(tx) : run.reschedule(tx, again)));
}

/** When to try again, milliseconds; null for errors that are faults of the server. */
function retryAfter(error: unknown): number | null {
  if (!isAppError(error)) return null;
  if (error.code === 'conflict') return RETRY_BUSY_MS;
  if (error.code === 'internal' || error.code === 'aborted') return null;
  return error.retryable ? (error.retryAfterMs ?? RETRY_MS) : RETRY_UNCONFIGURED_MS;
}

/** The next files that are transcribed together, opened and measured; those that hold no audio are settled. */
async function nextFiles(run: JobRun, deps: SyncFilesDeps, most: number): Promise<MeasuredFile[]> {
  const { store } = deps;
  const { uid } = run.job;
  for (;;) {
    const { items } = await store.query(syncFiles, uid, {
      query: 'byStart',
      filters: { state: ['waiting'] },
      limit: LOOKED_AT,
    });
    const files: MeasuredFile[] = [];
    for (const file of items) {
      const measured = await measure(run, deps, file);
      if (!measured) continue;
      if (files.length >= most || !continuesRun(files, measured)) break;
      if (await hasDoneBetween(deps, uid, files.at(-1), measured)) break;
      files.push(measured);
    }
    if (files.length > 0 || items.length === 0) return files;
  }
}

/** True if a file whose words are stored fits better after `last`: it is the neighbour of both. */
async function hasDoneBetween(
  { store }: SyncFilesDeps,
  uid: string,
  last: MeasuredFile | undefined,
  next: MeasuredFile,
): Promise<boolean> {
  if (!last) return false;
  const gapTo = (file: SyncFile) => gapToNext(last.file, last.durationMs, file);
  const { items } = await store.query(syncFiles, uid, {
    query: 'byStart',
    filters: { state: ['done'] },
    from: last.file.startedAt,
    to: next.file.startedAt,
    limit: LOOKED_AT,
  });
  const gapMs = gapTo(next.file) ?? 0;
  return items.some((file) => (gapTo(file) ?? Number.POSITIVE_INFINITY) < gapMs);
}

/** Opens a file and reads it once; null if it holds no audio and was settled as failed. */
async function measure(
  run: JobRun,
  deps: SyncFilesDeps,
  file: SyncFile,
): Promise<MeasuredFile | null> {
  try {
    const sound = await openStored(deps, file);
    let durationMs = 0;
    for await (const batch of sound.frames(run.signal)) {
      durationMs = batch.startMs + batch.durationMs;
    }
    run.signal.throwIfAborted();
    if (durationMs > 0) return { file, sound, durationMs };
    throw new AppError('bad-request', sound.problem() ?? 'The file holds no audio.');
  } catch (error) {
    if (!isAppError(error)) throw error;
    const isFileAtFault = ['bad-request', 'unsupported-codec', 'not-found'].includes(error.code);
    if (!isFileAtFault) throw error;
    await fail(run, deps, file.id, error.message);
    return null;
  }
}

async function openStored({ blobs, clock }: SyncFilesDeps, file: SyncFile) {
  const parsed = parseDeviceFileName(file.name, Math.max(clock.now(), file.startedAt));
  if (!parsed.ok) throw new AppError('bad-request', parsed.reason);
  if (file.blobKey === null) throw new AppError('not-found', 'The file is no longer stored.');
  const source = blobSource(blobs, file.blobKey, file.byteLength);
  return openDeviceFile(source, parsed.file.codec);
}

async function fail(
  run: JobRun,
  { store, clock }: SyncFilesDeps,
  id: string,
  problem: string,
): Promise<void> {
  const { uid } = run.job;
  await store.transact(async (tx) => {
    const file = await tx.find(syncFiles, uid, id);
    await run.assertHeld(tx);
    if (file?.state !== 'waiting') return;
    tx.patch(syncFiles, uid, id, { state: 'failed', problem, settledAt: clock.now() });
  });
}

/** Transcribes files and stores their words. Returns how many files the next run may have. */
async function transcribeFiles(
  run: JobRun,
  deps: SyncFilesDeps,
  files: readonly MeasuredFile[],
  { voices, touched }: { voices: SessionVoices; touched: Set<string> },
): Promise<number> {
  const [first] = files;
  if (!first) return Number.POSITIVE_INFINITY;
  const { uid } = run.job;
  for (const { file, durationMs } of files) {
    const span = { startAt: file.startedAt, endAt: file.startedAt + durationMs };
    // Before a speech service is paid for words that cannot be placed yet.
    await assertNotStillHeard(deps.store, uid, span);
  }
  const user = await deps.users.getUser(uid);
  const language = user.language ?? 'multi';
  const stt = deps.openStt(user, language, first.sound.format, voices);
  if (!stt) {
    throw new AppError('not-configured', 'No speech-to-text service is configured.');
  }
  let heard: HeardRun;
  try {
    heard = await transcribeRun(stt, await partsOf(deps, uid, files), run.signal);
  } catch (error) {
    if (!isAppError(error, 'provider-rejected')) throw error;
    // One file is at fault, and it is not known which: each is sent alone.
    if (files.length > 1) return 1;
    await fail(run, deps, first.file.id, error.message);
    return Number.POSITIVE_INFINITY;
  }
  for (const measured of files) {
    const segments = heard.segmentsOf.get(measured.file.id) ?? [];
    const placed = await placeFile(run, deps, measured, segments, {
      heard,
      language: user.language,
    });
    for (const { conversationId } of placed) touched.add(conversationId);
  }
  return Number.POSITIVE_INFINITY;
}

/** The files, with the end of the one before them and the beginning of the one after them. */
async function partsOf(
  deps: SyncFilesDeps,
  uid: string,
  files: readonly MeasuredFile[],
): Promise<RunPart[]> {
  const own = files.map((measured) => ({
    measured,
    fromMs: measured.file.placedMs,
    untilMs: measured.durationMs,
    isOwn: true,
  }));
  const [first] = files;
  const last = files.at(-1);
  if (!first || !last || first.file.placedMs > 0) return own;
  const before = await findDone(deps, uid, first, {
    from: first.file.startedAt - LOOK_BACK_MS,
    to: first.file.startedAt,
    gap: (file, durationMs) => gapToNext(file, durationMs, first.file),
  });
  const endAt = last.file.startedAt + last.durationMs;
  const after = await findDone(deps, uid, first, {
    from: endAt - LOOK_MS,
    to: endAt + LOOK_MS,
    gap: (file) => gapToNext(last.file, last.durationMs, file),
  });
  const head = before && {
    measured: before,
    fromMs: Math.max(0, before.durationMs - NEIGHBOUR_MS),
    untilMs: before.durationMs,
    isOwn: false,
  };
  const tail = after && {
    measured: after,
    fromMs: 0,
    untilMs: Math.min(NEIGHBOUR_MS, after.durationMs),
    isOwn: false,
  };
  return [...(head ? [head] : []), ...own, ...(tail ? [tail] : [])];
}

/** The file that fits best of those whose words are stored and whose bytes are still there. */
async function findDone(
  deps: SyncFilesDeps,
  uid: string,
  like: MeasuredFile,
  wanted: {
    from: number;
    to: number;
    gap: (file: SyncFile, durationMs: number) => number | null;
  },
): Promise<MeasuredFile | undefined> {
  const { from, to, gap } = wanted;
  const request = { query: 'byStart', filters: { state: ['done'] }, from, to } as const;
  let best: { file: SyncFile; durationMs: number; gapMs: number } | undefined;
  for await (const file of queryAll(deps.store, syncFiles, uid, request)) {
    const { durationMs, blobKey } = file;
    if (durationMs === null || blobKey === null) continue;
    const gapMs = gap(file, durationMs);
    if (gapMs !== null && gapMs < (best?.gapMs ?? Number.POSITIVE_INFINITY)) {
      best = { file, durationMs, gapMs };
    }
  }
  if (!best) return undefined;
  const sound = await openStored(deps, best.file);
  const { encoding, sampleRate } = sound.format;
  const { format } = like.sound;
  const isAlike = encoding === format.encoding && sampleRate === format.sampleRate;
  return isAlike ? { file: best.file, sound, durationMs: best.durationMs } : undefined;
}

/** Stores the words of a file, piece by piece, and settles it with the last one. */
async function placeFile(
  run: JobRun,
  deps: SyncFilesDeps,
  { file, sound, durationMs }: MeasuredFile,
  segments: readonly TranscriptSegment[],
  { heard, language }: { heard: HeardRun; language: string | null },
): Promise<Placed[]> {
  const { store, clock } = deps;
  const { uid } = run.job;
  const placed: Placed[] = [];
  const pieces = cutAtPauses(segments, file.timeoutMs);
  // A file without words is settled all the same.
  for (const [i, piece] of (pieces.length > 0 ? pieces : [null]).entries()) {
    const isLast = i >= pieces.length - 1;
    const found = await store.transact(async (tx) => {
      const current = await tx.find(syncFiles, uid, file.id);
      await run.assertHeld(tx);
      if (current?.state !== 'waiting') return null;
      const now = clock.now();
      const { speakers, crossing } = heard;
      const words = piece && { uid, file, segments: piece, language, speakers, crossing };
      const write = words && (await planWords(tx, words, now));
      const where = write ? write(tx) : null;
      const untilMs = Math.max(0, ...(piece ?? []).map(({ endMs }) => endMs - file.startedAt));
      writeFile(tx, uid, current, where, {
        placedMs: isLast ? durationMs : untilMs,
        durationMs,
        ...(isLast ? { state: 'done', problem: sound.problem(), settledAt: now } : {}),
      });
      return where;
    });
    if (found) placed.push(found);
    await finishJoins(deps, uid);
  }
  return placed;
}

function writeFile(
  tx: Transaction,
  uid: string,
  file: SyncFile,
  where: Placed | null,
  fields: Partial<SyncFile>,
): void {
  const conversationIds = new Set(file.conversationIds);
  const createdIds = new Set(file.createdIds);
  if (where) conversationIds.add(where.conversationId);
  if (where?.isNew) createdIds.add(where.conversationId);
  tx.patch(syncFiles, uid, file.id, {
    ...fields,
    conversationIds: [...conversationIds],
    createdIds: [...createdIds],
  });
}

/** Lets conversations that were never processed be processed now; others wait for further files. */
async function processSoon(
  { store, clock }: SyncFilesDeps,
  uid: string,
  ids: ReadonlySet<string>,
): Promise<void> {
  for (const id of ids) {
    await store.transact(async (tx) => {
      const conversation = await tx.find(conversations, uid, id);
      const job = await tx.find(jobs, GLOBAL, jobId(processJob, uid, id));
      const isWaiting = conversation?.status === 'processing' && job?.state === 'waiting';
      if (!isWaiting || conversation.processing.runs > 0) return;
      tx.patch(jobs, GLOBAL, job.id, { dueAt: Math.min(job.dueAt, clock.now()) });
      tx.emit('job-enqueued', {});
    });
  }
}
