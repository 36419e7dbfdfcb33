import type { Readable } from 'node:stream';
import type { BlobStore } from '../../blob/blob-store.ts';
import { enqueue } from '../../jobs/enqueue.ts';
import type { JobRun } from '../../jobs/job-run.ts';
import type { JobWorker } from '../../jobs/job-worker.ts';
import type { Clock } from '../../kernel/clock.ts';
import { AppError, describeError } from '../../kernel/errors.ts';
import { idFromText, newId } from '../../kernel/ids.ts';
import type { Logger } from '../../kernel/logger.ts';
import {
  conversations,
  emptyStructured,
  makeConversation,
} from '../../model/conversations/conversation.ts';
import { type ImportJob, importJobs } from '../../model/conversations/import-job.ts';
import {
  makeSegment,
  type TranscriptSegment,
} from '../../model/conversations/transcript-segment.ts';
import { importArchiveJob } from '../../model/jobs.ts';
import { searchChanged } from '../../search/search-changed.ts';
import { getDocument, queryAll } from '../../store/collection.ts';
import type { DocumentStore } from '../../store/document-store.ts';
import { encodeTranscript, writeTranscript } from '../../transcripts/transcript.ts';
import { deleteConversation } from '../delete-conversation.ts';
import { isLimitlessTalk, type LimitlessTalk, parseLimitlessTalk } from './limitless-talk.ts';
import { readZip, type ZippedFile, type ZipSource } from './read-zip.ts';

/** Talks after which the progress of files that gave nothing is written. */
const PROGRESS_EVERY = 10;
/** Marks conversations of such an archive in `importKey`. */
const KEY_PREFIX = 'limitless:';

export interface LimitlessImportOptions {
  store: DocumentStore;
  blobs: BlobStore;
  clock: Clock;
  jobWorker: JobWorker;
  logger: Logger;
  /** Removes the audio of a conversation; removing what is absent is no error. */
  eraseRecordings: (uid: string, conversationId: string) => Promise<void>;
}

/**
 * Makes conversations of an export of Limitless, with its own titles and summaries. A durable job reads the
 * archive talk by talk; each is a commit of its own that also moves the progress, so that after a kill it
 * goes on where it was. The same talk is imported once, from however many archives it comes.
 */
export class LimitlessImport {
  readonly #o: LimitlessImportOptions;

  constructor(options: LimitlessImportOptions) {
    this.#o = options;
    options.jobWorker.register(importArchiveJob, (run) => this.#run(run), {
      onFailed: async (tx, job, error) => {
        const now = options.clock.now();
        const found = await tx.find(importJobs, job.uid, job.subject);
        if (!found) return;
        const fields = { state: 'failed', problem: describeError(error), settledAt: now } as const;
        tx.patch(importJobs, job.uid, job.subject, fields);
      },
    });
  }

  /**
   * Stores an archive and asks for its import. When it returns, the archive is on disk.
   *
   * @throws AppError `bad-request` if the name does not end with `.zip`, `disk-full`, `payload-too-large`
   */
  async start(
    uid: string,
    archive: { name: string; bytes: AsyncIterable<Uint8Array> },
    language: string,
  ): Promise<ImportJob> {
    if (!/\.zip$/iu.test(archive.name)) {
      throw new AppError('bad-request', 'File must be a ZIP archive');
    }
    const { store, blobs, clock } = this.#o;
    const id = newId();
    const blobKey = `${importFolder(uid)}${id}.zip`;
    const { size } = await blobs.put(blobKey, archive.bytes);
    const now = clock.now();
    const made: ImportJob = {
      id,
      kind: 'limitless',
      state: 'pending',
      blobKey,
      byteLength: size,
      language,
      totalFiles: null,
      processedFiles: 0,
      conversationsCreated: 0,
      failedFiles: 0,
      problem: null,
      createdAt: now,
      settledAt: null,
    };
    try {
      await store.transact((tx) => {
        tx.create(importJobs, uid, made);
        enqueue(tx, importArchiveJob, { uid, subject: id }, now);
      });
    } catch (error) {
      await blobs.delete(blobKey);
      throw error;
    }
    return made;
  }

  /** Returns the imports of a user, newest first. */
  async list(uid: string, limit: number): Promise<ImportJob[]> {
    const request = { query: 'recent', limit } as const;
    return (await this.#o.store.query(importJobs, uid, request)).items;
  }

  /** Returns one import. @throws AppError `not-found` */
  async get(uid: string, id: string): Promise<ImportJob> {
    return await getDocument(this.#o.store, importJobs, uid, id, 'Import job not found');
  }

  /** Deletes every conversation that came from such an archive. Returns how many. */
  async deleteConversations(uid: string): Promise<number> {
    const { store, clock, eraseRecordings } = this.#o;
    const ids: string[] = [];
    for await (const { id, importKey } of queryAll(store, conversations, uid, {
      query: 'recent',
    })) {
      if (importKey?.startsWith(KEY_PREFIX)) ids.push(id);
    }
    for (const id of ids) {
      await eraseRecordings(uid, id);
      await deleteConversation(store, uid, id, { cascade: true, now: clock.now() });
    }
    return ids.length;
  }

  /** Deletes the archives of a user. */
  async eraseUser(uid: string): Promise<void> {
    await this.#o.blobs.deletePrefix(importFolder(uid));
  }

  async #run(run: JobRun): Promise<void> {
    const { store, blobs, logger } = this.#o;
    const { uid, subject: id } = run.job;
    const found = await store.find(importJobs, uid, id);
    if (!found || found.settledAt !== null || found.blobKey === null) return;
    const source = this.#sourceOf(found.blobKey, found.byteLength);
    const total = await this.#countTalks(run, found, source);
    if (total === null) return;
    let position = 0;
    for await (const file of readZip(source, isLimitlessTalk)) {
      run.signal.throwIfAborted();
      position += 1;
      if (position <= found.processedFiles) continue;
      await this.#importTalk(run, file, position);
    }
    await this.#settle(run, total);
    await blobs.delete(found.blobKey);
    logger.info({ uid, talks: total }, 'imported an archive');
  }

  /** Stores how many talks the archive holds; null if it cannot be read, which ends the import. */
  async #countTalks(run: JobRun, job: ImportJob, source: ZipSource): Promise<number | null> {
    const { store, clock, blobs } = this.#o;
    const { uid, subject: id } = run.job;
    try {
      let total = 0;
      for await (const _ of readZip(source, isLimitlessTalk)) total += 1;
      await store.transact((tx) =>
        tx.patch(importJobs, uid, id, { state: 'processing', totalFiles: total }),
      );
      return total;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'bad-request') throw error;
      const { message: problem } = error;
      const settled = { state: 'failed', problem, settledAt: clock.now(), blobKey: null } as const;
      await store.transact((tx) => tx.patch(importJobs, uid, id, settled));
      if (job.blobKey !== null) await blobs.delete(job.blobKey);
      return null;
    }
  }

  async #importTalk(run: JobRun, file: ZippedFile, position: number): Promise<void> {
    const { store } = this.#o;
    const { uid, subject: id } = run.job;
    let talk: LimitlessTalk | null = null;
    let hasFailed = false;
    try {
      talk = parseLimitlessTalk(file.name, await file.text());
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'bad-request') throw error;
      hasFailed = true;
    }
    if (talk === null) {
      if (!hasFailed && position % PROGRESS_EVERY !== 0) return;
      await store.transact(async (tx) => {
        const job = await tx.find(importJobs, uid, id);
        if (!job || job.processedFiles >= position) return;
        const failedFiles = job.failedFiles + (hasFailed ? 1 : 0);
        tx.patch(importJobs, uid, id, { processedFiles: position, failedFiles });
      });
      return;
    }
    await this.#add(run, talk, position);
  }

  async #add(run: JobRun, talk: LimitlessTalk, position: number): Promise<void> {
    const { store, clock } = this.#o;
    const { uid, subject: jobDocument } = run.job;
    const segments = segmentsOf(talk);
    const words = segments.map(({ text }) => text).join('\n');
    const id = idFromText(`limitless:${uid}:${talk.startedAt}:${words}`);
    const chunks = await encodeTranscript(id, segments);
    await store.transact(async (tx) => {
      await run.assertHeld(tx);
      const job = await tx.find(importJobs, uid, jobDocument);
      if (!job || job.processedFiles >= position) return;
      const isNew = (await tx.find(conversations, uid, id)) === undefined;
      const conversationsCreated = job.conversationsCreated + (isNew ? 1 : 0);
      tx.patch(importJobs, uid, jobDocument, { processedFiles: position, conversationsCreated });
      if (!isNew) return;
      const now = clock.now();
      const made = makeConversation({
        id,
        createdAt: talk.startedAt,
        startedAt: talk.startedAt,
        finishedAt: talk.startedAt + segments.reduce((last, { endMs }) => Math.max(last, endMs), 0),
        activeAt: talk.startedAt,
        source: 'limitless',
        language: job.language,
        status: 'completed',
        importKey: `${KEY_PREFIX}${id}`,
        structured: {
          ...emptyStructured(),
          title: talk.title,
          overview: talk.overview,
          emoji: '💬',
          category: 'other',
        },
        appsResults: talk.summary === null ? [] : [{ appId: null, content: talk.summary }],
      });
      const transcriptChunks = writeTranscript(tx, uid, made, chunks);
      tx.create(conversations, uid, { ...made, updatedAt: now, transcriptChunks });
      searchChanged(tx, uid, 'conversation', id, now);
    });
  }

  async #settle(run: JobRun, total: number): Promise<void> {
    const { uid, subject: id } = run.job;
    await this.#o.store.transact(async (tx) => {
      const job = await tx.find(importJobs, uid, id);
      if (!job) return;
      const { failedFiles } = job;
      const isFailed = total === 0 || failedFiles === total;
      const nothing = total === 0 ? 'The archive holds no talks in lifelogs/.' : null;
      tx.patch(importJobs, uid, id, {
        state: isFailed ? 'failed' : 'completed',
        problem: nothing ?? (failedFiles > 0 ? `${failedFiles} files failed to process` : null),
        processedFiles: total,
        blobKey: null,
        settledAt: this.#o.clock.now(),
      });
    });
  }

  #sourceOf(key: string, size: number): ZipSource {
    const { blobs } = this.#o;
    return {
      size,
      open: async (start, end): Promise<Readable> =>
        (await blobs.get(key, { start, end: end - 1 })).body,
    };
  }
}

/** Where the archives of a user lie until they are read. */
export function importFolder(uid: string): string {
  return `imports/${encodeURIComponent(uid)}/`;
}

/** Speaker 1 is the one who wore the device. */
function segmentsOf({ turns }: LimitlessTalk): TranscriptSegment[] {
  const numbers = new Map<string, number>();
  return turns.map(({ speaker, text, startMs, endMs }, i) => {
    const number = numbers.get(speaker) ?? numbers.size;
    numbers.set(speaker, number);
    return makeSegment({
      id: newId(),
      text,
      speaker: `SPEAKER_${String(number).padStart(2, '0')}`,
      isUser: speaker === '1',
      startMs,
      endMs: endMs > startMs ? endMs : startMs + Math.max(300, (turns[i]?.text.length ?? 0) * 60),
    });
  });
}
