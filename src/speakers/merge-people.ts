import type { BlobStore } from '../blob/blob-store.ts';
import { enqueue } from '../jobs/enqueue.ts';
import type { JobRun } from '../jobs/job-run.ts';
import type { JobWorker } from '../jobs/job-worker.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { type Conversation, conversations } from '../model/conversations/conversation.ts';
import { mergePeopleJob } from '../model/jobs.ts';
import { conversationVoices } from '../model/people/conversation-voice.ts';
import { people } from '../model/people/person.ts';
import { voicePrints } from '../model/people/voice-print.ts';
import { getDocument, queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import {
  findSpeakerCorrections,
  putSpeakerCorrections,
} from '../transcripts/speaker-corrections.ts';
import { loadTranscript, updateSegments } from '../transcripts/transcript.ts';
import { PERSON_NOT_FOUND } from './people-service.ts';
import { personFolder } from './speech-keys.ts';
import type { SpeechSamples } from './speech-samples.ts';
import { findPrints } from './stored-voices.ts';

const LEASE_MS = 60_000;
const MAX_ATTEMPTS = 8;

export interface MergePeopleOptions {
  store: DocumentStore;
  blobs: BlobStore;
  clock: Clock;
  jobWorker: JobWorker;
  samples: SpeechSamples;
}

/**
 * Makes one person of two. A job gives what the first has said, and the voice, to the second, and only
 * then removes the first: wherever it is cut off, it can be repeated.
 */
export class MergePeople {
  readonly #o: MergePeopleOptions;

  constructor(options: MergePeopleOptions) {
    this.#o = options;
    options.jobWorker.register(mergePeopleJob, (run) => this.#run(run), {
      leaseMs: LEASE_MS,
      maxAttempts: MAX_ATTEMPTS,
    });
  }

  /** Asks for it. @throws AppError `not-found` for either; `bad-request` if they are the same */
  async request(uid: string, from: string, into: string): Promise<void> {
    if (from === into) throw new AppError('bad-request', 'A person cannot be merged with itself.');
    const { store, clock } = this.#o;
    await store.transact(async (tx) => {
      await getDocument(tx, people, uid, from, PERSON_NOT_FOUND);
      await getDocument(tx, people, uid, into, PERSON_NOT_FOUND);
      enqueue(tx, mergePeopleJob, { uid, subject: from, payload: { into } }, clock.now());
    });
  }

  async #run(run: JobRun<typeof mergePeopleJob.payload>): Promise<void> {
    const { store, blobs, samples } = this.#o;
    const { uid, subject: from } = run.job;
    const { into } = run.job.payload;
    // Who was deleted meanwhile takes nothing over.
    if (await store.find(people, uid, into)) {
      for await (const talk of queryAll(store, conversations, uid, { query: 'recent' })) {
        await this.#moveWords(uid, talk, from, into);
      }
      await this.#moveVoice(uid, from, into);
      await samples.copyAll(uid, from, into);
      await blobs.deletePrefix(personFolder(uid, from));
      await store.transact((tx) => tx.delete(people, uid, from));
    }
    await store.transact((tx) => run.finish(tx));
  }

  async #moveWords(uid: string, talk: Conversation, from: string, into: string): Promise<void> {
    const { store, clock } = this.#o;
    const segments = await loadTranscript(store, uid, talk);
    const corrections = await findSpeakerCorrections(store, uid, talk.id);
    const isNamed = Object.values(corrections?.speakers ?? {}).includes(from);
    if (!isNamed && !segments.some(({ personId }) => personId === from)) return;
    await store.transact(async (tx) => {
      if (!(await tx.find(conversations, uid, talk.id))) return;
      const known = await findSpeakerCorrections(tx, uid, talk.id);
      await updateSegments(tx, uid, talk.id, clock.now(), (segment) =>
        segment.personId === from ? { ...segment, personId: into } : undefined,
      );
      if (!known) return;
      const speakers = Object.entries(known.speakers).map(([speaker, person]) => [
        speaker,
        person === from ? into : person,
      ]);
      putSpeakerCorrections(tx, uid, talk.id, Object.fromEntries(speakers), clock.now());
    });
  }

  /** Vectors and what was recognised by them. */
  async #moveVoice(uid: string, from: string, into: string): Promise<void> {
    const { store, clock } = this.#o;
    for (const { id } of await findPrints(store, uid, ({ owner }) => owner === from)) {
      await store.transact(async (tx) => {
        if (await tx.find(voicePrints, uid, id)) tx.patch(voicePrints, uid, id, { owner: into });
      });
    }
    for await (const voice of queryAll(store, conversationVoices, uid, { query: 'recent' })) {
      if (voice.recognised !== from && !voice.rejected.includes(from)) continue;
      await store.transact(async (tx) => {
        const now = await tx.find(conversationVoices, uid, voice.id);
        if (!now) return;
        tx.patch(conversationVoices, uid, voice.id, {
          recognised: now.recognised === from ? into : now.recognised,
          rejected: now.rejected.filter((id) => id !== from),
          updatedAt: clock.now(),
        });
      });
    }
  }
}
