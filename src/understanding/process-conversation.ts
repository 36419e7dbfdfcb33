import {
  planConversationActionItems,
  writeConversationActionItems,
} from '../action-items/conversation-action-items.ts';
import { planSuggestedTasks, writeSuggestedTasks } from '../action-items/suggested-tasks.ts';
import { planFolderMoves } from '../conversations/folder-moves.ts';
import type { JobRun } from '../jobs/job-run.ts';
import type { Clock } from '../kernel/clock.ts';
import type { EventBus } from '../kernel/event-bus.ts';
import {
  planConversationMemories,
  writeConversationMemories,
} from '../memories/conversation-memories.ts';
import { type User, users } from '../model/accounts/user.ts';
import { GLOBAL } from '../model/collection.ts';
import {
  type Conversation,
  conversations,
  type Structured,
} from '../model/conversations/conversation.ts';
import type { DomainEvents } from '../model/domain-events.ts';
import type { Job, processJob } from '../model/jobs.ts';
import { searchChanged } from '../search/search-changed.ts';
import type { DocumentStore, Transaction } from '../store/document-store.ts';
import { countWords } from '../text/word-count.ts';
import { ensureDailySummary } from '../users/daily-summary-schedule.ts';
import { planNotification } from '../users/plan-notification.ts';
import { announceConversation } from '../webhooks/announce.ts';
import type { AppSummaries } from './app-summaries.ts';
import type { Understood } from './app-summary-rules.ts';
import type { ReadEmotion } from './emotion/emotion-model.ts';
import type { FolderChoice } from './folder-choice.ts';
import { linkMeeting } from './link-meeting.ts';
import { loadUnderstandingInput } from './load-input.ts';
import type { Understand, UnderstandingResult } from './understand.ts';
import type { Understanding, UnderstandingInput } from './understanding-engine.ts';

export interface ProcessOptions {
  store: DocumentStore;
  clock: Clock;
  events: EventBus<DomainEvents>;
  understand: Understand;
  folders: FolderChoice;
  summaries: AppSummaries;
  /** Asked if the user has switched it on. */
  readEmotion: ReadEmotion;
  /** IANA zone of users who have not told theirs. */
  defaultTimeZone: string;
}

/** Runs that may end with a model server asking for a wait; those after it do without the model. */
const MAX_WAITS = 2;

/** What is made of a conversation beyond its understanding. */
interface Extras {
  /** The folder that it is put into, if it is in none yet. */
  folderId: string | null;
  suggestedAppIds: string[];
  /** Null: what stands is left as it is. */
  appsResults: Conversation['appsResults'] | null;
}

/** Undefined if it was not asked for: what is known stays. */
type Emotion = Awaited<ReturnType<ReadEmotion>> | undefined;

/**
 * The job that understands a conversation: structure, action items, events and memories, all
 * written in the one commit that also ends the job, so that no effect happens twice.
 */
export async function processConversation(
  run: JobRun<typeof processJob.payload>,
  options: ProcessOptions,
): Promise<void> {
  const { store, events } = options;
  const { uid, subject: id } = run.job;
  const found = await store.find(conversations, uid, id);
  // Only what waits for processing is processed: a job left over after a crash has nothing to do.
  if (found?.status !== 'processing') return;
  const conversation = await linkMeeting(store, uid, found);
  const user = await store.find(users, GLOBAL, uid);
  const { language } = run.job.payload;
  const input = await loadUnderstandingInput(store, uid, conversation, user, {
    now: options.clock.now(),
    defaultTimeZone: options.defaultTimeZone,
    language,
  });
  // The job comes again when the server has said; the rules do what is left over after that.
  const mayWait = run.attempt <= MAX_WAITS;
  const result = await options.understand(input, run.signal, { mayWait });
  const extras = await understandFurther(run, options, conversation, user, input, result);
  const isFelt = user?.emotionAware === true && !result.understanding.discarded;
  const emotion = isFelt ? await options.readEmotion(input, run.signal) : undefined;
  const done = await store.transact((tx) =>
    writeResult(tx, run, options, { ...result, ...extras, emotion, openTasks: input.openTasks }),
  );
  if (!done) return;
  events.emit('conversation-processed', { uid, conversationId: id, status: 'completed' });
}

/** The folder and the summary app of a conversation that is kept. Neither can make processing fail. */
async function understandFurther(
  run: JobRun<typeof processJob.payload>,
  options: ProcessOptions,
  conversation: Conversation,
  user: User | undefined,
  input: UnderstandingInput,
  { understanding, engine }: UnderstandingResult,
): Promise<Extras> {
  const { uid } = run.job;
  const { summaries } = options;
  const nothing = { folderId: null, suggestedAppIds: [], appsResults: [] };
  if (understanding.discarded) return nothing;
  const overview = conversation.overviewEdited
    ? conversation.structured.overview
    : understanding.overview;
  const goesIntoFolder = conversation.folderId === null && !conversation.folderChosen;
  const folderId = goesIntoFolder
    ? await options.folders.choose(uid, { ...understanding, overview }, run.signal)
    : null;
  const talk = { ...understanding, overview, ...asWritten(understanding) };
  const known = conversation.suggestedSummarizationApps;
  const words = countWords(input.segments.map((segment) => segment.text).join(' '));
  const suggestedAppIds = known.length > 0 ? known : await summaries.suggest(uid, talk, words);
  const [standing] = conversation.appsResults;
  if (standing?.appId && conversation.editedAppIds.includes(standing.appId)) {
    return { folderId, suggestedAppIds, appsResults: null };
  }
  const preferred = user?.preferredAppId && (await summaries.find(uid, user.preferredAppId));
  // A model that has just failed would only fail again; and what rules write repeats the overview,
  // so that it is written if somebody asked for it.
  const [first] = engine === 'model' ? await summaries.findMany(uid, suggestedAppIds) : [];
  const app = preferred || first;
  if (!app) return { folderId, suggestedAppIds, appsResults: [] };
  const { content } = await summaries.write(app, input, talk, run.signal);
  const appsResults = content === null ? [] : [{ appId: app.id, content }];
  return { folderId, suggestedAppIds, appsResults };
}

/** Claims in the form of a conversation's structure, before they are stored. */
function asWritten({
  actionItems,
  events,
}: Understanding): Pick<Understood, 'actionItems' | 'events'> {
  return {
    actionItems: actionItems.map((item) => ({
      ...item,
      id: '',
      completed: false,
      createdAt: null,
      updatedAt: null,
      completedAt: null,
      conversationId: null,
    })),
    events: events.map((event) => ({ ...event, created: false })),
  };
}

/** Everything that a run has found out. */
type FullResult = UnderstandingResult &
  Extras & { emotion: Emotion } & Pick<UnderstandingInput, 'openTasks'>;

/** Writes what was understood; false if the conversation has gone meanwhile. */
async function writeResult(
  tx: Transaction,
  run: JobRun<typeof processJob.payload>,
  options: ProcessOptions,
  result: FullResult,
): Promise<boolean> {
  const { uid, subject: id } = run.job;
  const now = options.clock.now();
  const { understanding, ...extras } = result;
  const conversation = await tx.find(conversations, uid, id);
  if (!conversation) {
    await run.finish(tx);
    return false;
  }
  const items = await planConversationActionItems(
    tx,
    uid,
    conversation,
    understanding.actionItems,
    now,
    result.openTasks,
  );
  const { suggestedTasks } = understanding;
  const suggested = await planSuggestedTasks(tx, uid, conversation, suggestedTasks, now);
  const facts = await planConversationMemories(tx, uid, conversation, understanding.memories, now);
  const moves = await planFolderMoves(tx, uid, [extras.folderId], now);
  const user = await tx.find(users, GLOBAL, uid);
  const { defaultTimeZone } = options;
  const scheduleSummary = await ensureDailySummary(tx, uid, user, { defaultTimeZone, now });
  const notify = await planNotification(tx, uid);
  await run.finish(tx);
  const stays = conversation.folderId !== null || conversation.folderChosen;
  const isLeft = stays || extras.folderId === null || !moves.has(extras.folderId);
  const folderId = isLeft ? conversation.folderId : extras.folderId;
  moves.count(conversation.folderId, folderId);
  moves.writeCounts();
  scheduleSummary(tx);
  writeConversationActionItems(tx, uid, items);
  writeSuggestedTasks(tx, uid, suggested);
  writeConversationMemories(tx, uid, facts);
  tx.patch(conversations, uid, id, {
    ...resultFields(conversation, result, now),
    structured: structuredOf(conversation, understanding, items.inline, {
      keepsTitle: run.job.payload.keepsTitle,
    }),
    folderId,
  });
  searchChanged(tx, uid, 'conversation', id, now);
  const isFirst = conversation.processing.runs === 0;
  if (isFirst && !understanding.discarded) notify(tx, 'conversation', id, now);
  if (conversation.processing.runs === 0) announceConversation(tx, uid, id, now);
  return true;
}

/** Returns the fields that a run replaces whatever the conversation holds now. */
function resultFields(
  conversation: Conversation,
  result: FullResult,
  now: number,
): Partial<Conversation> {
  const { understanding, emotion } = result;
  return {
    searchMetadata: understanding.metadata,
    suggestedSummarizationApps: result.suggestedAppIds,
    ...appsResultsOf(conversation, result),
    discarded: understanding.discarded,
    ...(emotion === undefined ? {} : { emotion: emotion && { ...emotion, at: now } }),
    status: 'completed',
    updatedAt: Math.max(now, conversation.updatedAt + 1),
    processing: {
      engine: result.engine,
      model: result.model,
      modelError: result.modelError,
      failureReason: null,
      note: understanding.note,
      processedAt: now,
      runs: conversation.processing.runs + 1,
    },
  };
}

/** A summary that the user has edited while this run was writing one stays. */
function appsResultsOf(
  conversation: Conversation,
  { appsResults }: Extras,
): Partial<Pick<Conversation, 'appsResults'>> {
  const [standing] = conversation.appsResults;
  const isEdited = standing?.appId && conversation.editedAppIds.includes(standing.appId);
  return appsResults === null || isEdited ? {} : { appsResults };
}

/** Marks a conversation whose processing has failed for good; the user can ask for it again. */
export async function markProcessingFailed(
  tx: Transaction,
  job: Pick<Job, 'uid' | 'subject'>,
  reason: string,
  now: number,
): Promise<void> {
  const conversation = await tx.find(conversations, job.uid, job.subject);
  if (conversation?.status !== 'processing') return;
  tx.patch(conversations, job.uid, job.subject, {
    status: 'failed',
    updatedAt: Math.max(now, conversation.updatedAt + 1),
    processing: { ...conversation.processing, failureReason: reason, processedAt: now },
  });
  searchChanged(tx, job.uid, 'conversation', job.subject, now);
}

function structuredOf(
  conversation: Conversation,
  understanding: Understanding,
  actionItems: Structured['actionItems'],
  { keepsTitle }: { keepsTitle: boolean },
): Structured {
  const before = conversation.structured;
  const isTitleKept = conversation.titleEdited || (keepsTitle && before.title !== '');
  const told = conversation.overviewEdited ? before : understanding;
  const createdBefore = new Set(
    before.events.filter((event) => event.created).map((event) => `${event.title}@${event.start}`),
  );
  return {
    title: isTitleKept ? before.title : understanding.title,
    overview: told.overview,
    overviewEvidence: told.overviewEvidence,
    emoji: understanding.emoji,
    category: understanding.category,
    actionItems,
    events: understanding.events.map((event) => ({
      ...event,
      created: createdBefore.has(`${event.title}@${event.start}`),
    })),
  };
}
