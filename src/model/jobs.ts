import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { NOTIFICATION_KINDS } from './notifications/push.ts';
import { timestamp } from './timestamp.ts';

/** One kind of job: its name and the schema of what a handler needs to know. */
export interface JobKind<S extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly payload: S;
  /** True if a conversation does not reach its end while a job of this kind is overdue. */
  readonly completesConversation: boolean;
}

/** Declares a kind of job. Every kind of the product is in this file; tests declare their own. */
export function defineJobKind<S extends z.ZodObject>(
  kind: Pick<JobKind<S>, 'name' | 'payload'> & { completesConversation?: boolean },
): JobKind<S> {
  return { completesConversation: false, ...kind };
}

const nothing = z.object({});

/** Ends a live conversation when it has been silent for long enough. Subject: the conversation. */
export const finaliseJob = defineJobKind({
  name: 'finalise',
  payload: nothing,
  completesConversation: true,
});

/** Gives a conversation its title, tasks, events and memories. Subject: the conversation. */
export const processJob = defineJobKind({
  name: 'process',
  payload: z.object({
    /** Language to write in, BCP-47; null: the user's. */
    language: z.string().nullable().default(null),
    /** True if an existing title is kept. */
    keepsTitle: z.boolean().default(false),
  }),
  completesConversation: true,
});

/**
 * Transcribes the audio that a listen session left behind. Subject: the session. Jobs that earlier
 * releases have stored have this name too.
 */
export const backlogJob = defineJobKind({
  name: 'drain',
  payload: nothing,
  completesConversation: true,
});

/** Turns the logged audio of a session into a recording. Subject: the session. */
export const recordJob = defineJobKind({ name: 'record', payload: nothing });

/** Transcribes the recordings of a conversation again. Subject: the conversation. */
export const retranscribeJob = defineJobKind({
  name: 'retranscribe',
  payload: z.object({
    /** The only speech service or local model to ask; null: the server's choice. */
    model: z.string().nullable().default(null),
  }),
});

/** Transcribes the files that devices recorded without a connection. One for each user. */
export const syncFilesJob = defineJobKind({ name: 'sync-files', payload: nothing });

/** Makes conversations of an archive. Subject: the document of the import. */
export const importArchiveJob = defineJobKind({ name: 'import-archive', payload: nothing });

/** Makes one conversation of several. Subject: the new conversation. */
export const mergeJob = defineJobKind({
  name: 'merge',
  payload: z.object({
    sourceIds: z.array(z.string()),
    /** True if the new conversation is processed afterwards. */
    reprocess: z.boolean().default(true),
  }),
});

/** Moves what belongs to the second half of a split conversation. Subject: the new conversation. */
export const splitJob = defineJobKind({
  name: 'split',
  payload: z.object({
    /** The conversation that was split. */
    from: z.string(),
    /** When the second half begins. */
    at: timestamp,
  }),
});

/** Summarises the day of a user at the hour that the user has chosen. One for each user. */
export const dailySummaryJob = defineJobKind({ name: 'daily-summary', payload: nothing });

/** Encrypts what is stored of a user again. One for each user. */
export const reEncryptJob = defineJobKind({ name: 're-encrypt', payload: nothing });

/** Describes a photo. Subject: the photo. */
export const describePhotoJob = defineJobKind({ name: 'describe-photo', payload: nothing });

/** Learns voices from segments that the user has assigned. Subject: `<conversation>:<random>`. */
export const learnVoicesJob = defineJobKind({
  name: 'learn-voices',
  payload: z.object({ segmentIds: z.array(z.string()), learn: z.boolean() }),
});

/** Gives the words and the voice of one person to another. Subject: the person who goes. */
export const mergePeopleJob = defineJobKind({
  name: 'merge-people',
  payload: z.object({ into: z.string() }),
});

/** What a notification is about. */
const notification = { kind: z.enum(NOTIFICATION_KINDS), documentId: z.string() };

/** Notifies a user on all devices. Subject: `<kind>:<document>`, the id of the notification. */
export const notifyJob = defineJobKind({ name: 'notify', payload: z.object(notification) });

/** Sends a notification to one device. Subject: `<notification>:<device>`. */
export const pushJob = defineJobKind({
  name: 'push',
  payload: z.object({ ...notification, device: z.string() }),
});

/** Finds tasks that are due, again and again. One for each user who gets notifications. */
export const taskRemindersJob = defineJobKind({ name: 'task-reminders', payload: nothing });

/** Finds the webhooks that are told of something, and makes their deliveries. Subject: see `announce`. */
export const announceJob = defineJobKind({
  name: 'announce',
  payload: z.object({ of: z.enum(['conversation', 'day_summary']), id: z.string() }),
});

/** Sends what waits for one webhook. Subject: the endpoint. */
export const webhookJob = defineJobKind({ name: 'webhook', payload: nothing });

/** Erases for good what was deleted, when its time for being brought back is over. Subject: the deletion. */
export const eraseDeletedJob = defineJobKind({ name: 'erase-deleted', payload: nothing });

/** Kinds that make requests to servers of others; a worker of their own runs them. */
export const OUTGOING_JOBS: ReadonlySet<string> = new Set([
  announceJob.name,
  webhookJob.name,
  pushJob.name,
]);

/** Every kind of job in the product. */
export const JOB_KINDS: readonly JobKind[] = [
  finaliseJob,
  processJob,
  backlogJob,
  recordJob,
  retranscribeJob,
  syncFilesJob,
  mergeJob,
  splitJob,
  dailySummaryJob,
  reEncryptJob,
  describePhotoJob,
  learnVoicesJob,
  notifyJob,
  pushJob,
  taskRemindersJob,
  eraseDeletedJob,
  announceJob,
  webhookJob,
];

/**
 * Work that must outlive the request that asked for it. A job that is done is deleted; one that
 * has used up its attempts stays as `failed` with its reason.
 */
export const jobSchema = z.object({
  /** `<kind>:<uid>:<subject>`: enqueueing the same work twice gives one job. */
  id: z.string(),
  /** Name of the kind. */
  kind: z.string(),
  /** The user it is about. */
  uid: z.string(),
  /** What it is about; see its kind. */
  subject: z.string(),
  payload: z.record(z.string(), z.unknown()),
  state: z.enum(['waiting', 'running', 'failed']),
  /** When it is due; while running, when its lease ends and it may be taken by another worker. */
  dueAt: timestamp,
  /** Random id of the current run; a run whose lease was taken over cannot finish. */
  lease: z.string().nullable(),
  /** Number of runs that have begun. */
  attempts: z.number().int(),
  /** Most runs; 0: as many as the kind's handler is registered with. */
  maxAttempts: z.number().int(),
  /** Changes each time the job is enqueued, so that a run notices that it was enqueued again. */
  requestId: z.string(),
  lastError: z.string().nullable(),
  createdAt: timestamp,
});
export type Job = z.infer<typeof jobSchema>;

/** A job of one kind, with its payload read. */
export type JobOf<S extends z.ZodObject> = Omit<Job, 'payload'> & { payload: z.output<S> };

/** Returns the id of the one job of a kind about a subject. */
export function jobId(kind: JobKind, uid: string, subject: string): string {
  return `${kind.name}:${uid}:${subject}`;
}

export const jobs = defineCollection({
  name: 'jobs',
  scope: 'global',
  schema: jobSchema,
  queries: {
    due: { filters: { state: 'in' }, orderBy: 'dueAt', direction: 'asc' },
    ofUser: { filters: { uid: 'eq', state: 'eq' }, orderBy: 'createdAt', direction: 'desc' },
  },
});
