import type { SummaryApp } from '../apps/summary-app.ts';
import {
  editTime,
  getConversation,
  getOpenConversation,
} from '../conversations/conversation-access.ts';
import type { JobWorker } from '../jobs/job-worker.ts';
import { AppError, describeError } from '../kernel/errors.ts';
import { users } from '../model/accounts/user.ts';
import { GLOBAL } from '../model/collection.ts';
import { type Conversation, conversations } from '../model/conversations/conversation.ts';
import { processJob } from '../model/jobs.ts';
import { searchChanged } from '../search/search-changed.ts';
import { countWords } from '../text/word-count.ts';
import { requestProcessing } from '../transcripts/request-processing.ts';
import { loadTranscript } from '../transcripts/transcript.ts';
import { loadUnderstandingInput } from './load-input.ts';
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
    options.jobWorker.register(processJob, (run) => processConversation(run, options), {
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
   * Processes a conversation again, never discarding it, and waits in bounds for the outcome. Its
   * title and folder stay. Answers it as it then is; `not-found`, or `conflict` while it is still being
   * spoken or merged.
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
        requireEnded(conversation);
        const now = clock.now();
        tx.patch(conversations, uid, conversationId, {
          status: 'processing',
          forced: true,
          discarded: false,
          updatedAt: Math.max(now, conversation.updatedAt + 1),
          processing: { ...conversation.processing, failureReason: null },
        });
        searchChanged(tx, uid, 'conversation', conversationId, now);
        requestProcessing(tx, uid, conversationId, now, { language, keepsTitle: true });
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

  /**
   * Waits, in bounds, until a conversation that was handed in has been processed. Returns it as it then
   * is: `processing` if that takes longer.
   *
   * @throws AppError `not-found`
   */
  async whenProcessed(uid: string, conversationId: string, waitMs: number): Promise<Conversation> {
    const { store, jobWorker } = this.#o;
    const load = () => getConversation(store, uid, conversationId);
    const processed = this.#waitFor(uid, conversationId, waitMs);
    try {
      const before = await load();
      if (before.status !== 'processing') return before;
      jobWorker.wake();
      await processed.promise;
      return await load();
    } finally {
      processed.cancel();
    }
  }

  /**
   * Lets one summary app write about a conversation, in place of the summary that is there, and
   * nothing else. If its model fails and rules cannot do it, the summary stays, and
   * `processing.modelError` says why. `not-found` for the conversation or the app.
   */
  async runSummaryApp(
    uid: string,
    conversationId: string,
    appId: string,
    language: string | null,
    signal: AbortSignal,
  ): Promise<Conversation> {
    const { store, clock, summaries } = this.#o;
    const app = await summaries.find(uid, appId);
    if (!app) throw new AppError('not-found', 'App not found');
    const { conversation, input } = await this.#load(uid, conversationId, language);
    const written = await summaries.write(app, input, conversation.structured, signal);
    return store.transact(async (tx) => {
      const now = clock.now();
      const current = await getOpenConversation(tx, uid, conversationId);
      const fields = {
        ...(written.content === null
          ? {}
          : {
              appsResults: [{ appId, content: written.content }],
              editedAppIds: current.editedAppIds.filter((id) => id !== appId),
            }),
        processing: {
          ...current.processing,
          modelError: written.modelError ?? current.processing.modelError,
        },
        updatedAt: editTime(current, now),
      };
      tx.patch(conversations, uid, conversationId, fields);
      searchChanged(tx, uid, 'conversation', conversationId, now);
      return { ...current, ...fields };
    });
  }

  /**
   * What the language model makes of a conversation by a prompt; nothing is stored. `bad-request`
   * if it has neither words nor described photos, `not-configured` without a model.
   */
  async tryPrompt(
    uid: string,
    conversationId: string,
    prompt: string,
    signal: AbortSignal,
  ): Promise<string> {
    const { input } = await this.#load(uid, conversationId, null);
    const hasText =
      input.segments.some(({ text }) => text.trim() !== '') || input.photos.length > 0;
    if (!hasText) {
      throw new AppError('bad-request', 'Conversation has no text content to summarize.');
    }
    return this.#o.summaries.ask(prompt, input, signal);
  }

  /** The apps suggested for a conversation: those stored with it, else those that would be. */
  async suggestedApps(uid: string, conversationId: string): Promise<SummaryApp[]> {
    const { store, summaries } = this.#o;
    const conversation = await getOpenConversation(store, uid, conversationId);
    const known = conversation.suggestedSummarizationApps;
    if (known.length > 0) return summaries.findMany(uid, known);
    if (conversation.status !== 'completed' || conversation.discarded) return [];
    const texts = (await loadTranscript(store, uid, conversation)).map(({ text }) => text);
    const ids = await summaries.suggest(uid, conversation.structured, countWords(texts.join(' ')));
    return summaries.findMany(uid, ids);
  }

  async #load(uid: string, conversationId: string, language: string | null) {
    const { store, defaultTimeZone } = this.#o;
    const conversation = await getOpenConversation(store, uid, conversationId);
    requireEnded(conversation);
    const user = await store.find(users, GLOBAL, uid);
    const input = await loadUnderstandingInput(store, uid, conversation, user, {
      now: this.#o.clock.now(),
      defaultTimeZone,
      language,
    });
    return { conversation, input };
  }

  #waitFor(
    uid: string,
    conversationId: string,
    waitMs = WAIT_MS,
  ): { promise: Promise<void>; cancel: () => void } {
    let cancel: () => void = () => undefined;
    const promise = new Promise<void>((resolve) => {
      const timer = setTimeout(() => cancel(), waitMs);
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

function requireEnded({ status }: Conversation): void {
  const reason = {
    in_progress: 'The conversation is still in progress; end it first.',
    merging: 'The conversation is being merged.',
  };
  if (status !== 'in_progress' && status !== 'merging') return;
  throw new AppError('conflict', reason[status], { retryable: false });
}
