import { PROCESS_JOB, requestProcessing } from '../conversations/request-processing.ts';
import { noteConversationChange } from '../conversations/transcript.ts';
import type { JobWorker } from '../jobs/job-worker.ts';
import { AppError, describeError } from '../kernel/errors.ts';
import { type Conversation, conversations } from '../model/conversation.ts';
import {
  markProcessingFailed,
  type ProcessOptions,
  processConversation,
} from './process-conversation.ts';

/** How long a request waits for its conversation to be processed, milliseconds. */
const WAIT_MS = 30_000;
const MAX_ATTEMPTS = 4;

export interface ProcessingServiceOptions extends ProcessOptions {
  jobWorker: JobWorker;
}

/** Runs the processing job, and lets a user ask for it again. */
export class ProcessingService {
  readonly #o: ProcessingServiceOptions;

  constructor(options: ProcessingServiceOptions) {
    this.#o = options;
    options.jobWorker.register(PROCESS_JOB, (run) => processConversation(run, options), {
      leaseMs: 10_000,
      maxAttempts: MAX_ATTEMPTS,
      onFailed: async (tx, job, error) => {
        const { clock, events } = options;
        await markProcessingFailed(tx, job, describeError(error), clock.now());
        tx.onCommit(() =>
          events.emit('conversation-processed', {
            uid: job.uid,
            conversationId: job.subject,
            status: 'failed',
          }),
        );
      },
    });
  }

  /**
   * Processes a conversation again, never discarding it, and waits in bounds for the outcome. Answers
   * it as it then is; `not-found`, or `conflict` while it is still being spoken.
   */
  async reprocess(
    uid: string,
    conversationId: string,
    language: string | null = null,
  ): Promise<Conversation> {
    const { store, clock, jobWorker } = this.#o;
    const processed = this.#waitFor(uid, conversationId);
    try {
      await store.transact(async (tx) => {
        const conversation = await tx.find(conversations, uid, conversationId);
        if (!conversation) throw new AppError('not-found', 'Conversation not found');
        if (conversation.status === 'in_progress') {
          throw new AppError('conflict', 'The conversation is still in progress; end it first.', {
            retryable: false,
          });
        }
        const now = clock.now();
        tx.patch(conversations, uid, conversationId, {
          status: 'processing',
          forced: true,
          discarded: false,
          updatedAt: Math.max(now, conversation.updatedAt + 1),
          processing: { ...conversation.processing, failureReason: null },
        });
        noteConversationChange(tx, uid, conversationId, now);
        requestProcessing(tx, uid, conversationId, now, language);
      });
    } catch (error) {
      processed.cancel();
      throw error;
    }
    jobWorker.wake();
    await processed.promise;
    const conversation = await store.find(conversations, uid, conversationId);
    if (!conversation) throw new AppError('not-found', 'Conversation not found');
    return conversation;
  }

  #waitFor(uid: string, conversationId: string): { promise: Promise<void>; cancel: () => void } {
    let cancel: () => void = () => undefined;
    const promise = new Promise<void>((resolve) => {
      const timer = setTimeout(() => cancel(), WAIT_MS);
      const off = this.#o.events.on('conversation-processed', (event) => {
        if (event.uid === uid && event.conversationId === conversationId) cancel();
      });
      cancel = () => {
        clearTimeout(timer);
        off();
        resolve();
      };
    });
    return { promise, cancel };
  }
}
