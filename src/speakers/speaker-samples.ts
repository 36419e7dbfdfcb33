import type { JobRun } from '../jobs/job-run.ts';
import type { JobWorker } from '../jobs/job-worker.ts';
import type { Logger } from '../kernel/logger.ts';
import { type Conversation, conversations } from '../model/conversations/conversation.ts';
import { speakerIdOf, type TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import { learnVoicesJob } from '../model/jobs.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { loadTranscript } from '../transcripts/transcript.ts';
import type { UserService } from '../users/user-service.ts';
import type { ConversationVoices } from './conversation-voices.ts';
import type { ReadSegmentAudio } from './speaker-audio.ts';
import type { SpeechSamples } from './speech-samples.ts';
import { trimSilence } from './trim-silence.ts';

/** A shorter segment is too little to know a voice by, milliseconds of speech. */
const MIN_SPEECH_MS = 1_500;
const MAX_SAMPLE_MS = 10_000;

export interface VoiceLearningOptions {
  store: DocumentStore;
  jobWorker: JobWorker;
  users: UserService;
  samples: SpeechSamples;
  conversationVoices: ConversationVoices;
  readAudio: ReadSegmentAudio;
  logger: Logger;
}

/**
 * Does the jobs that follow when the user says who speaks in segments: whoever was believed to
 * speak there loses the samples that were cut from them, and whoever does speak gets some, if their
 * audio is still there and the user keeps audio at all (`private_cloud_sync`). The same holds for the vectors
 * of voices, which need no audio. Running twice changes nothing.
 */
export function registerVoiceLearning(options: VoiceLearningOptions): void {
  options.jobWorker.register(learnVoicesJob, (run) => learnVoices(run, options));
}

async function learnVoices(
  run: JobRun<typeof learnVoicesJob.payload>,
  options: VoiceLearningOptions,
): Promise<void> {
  const { store, users, samples, logger } = options;
  const { uid, subject } = run.job;
  const { segmentIds, learn } = run.job.payload;
  const conversation = await store.find(conversations, uid, subject.split(':')[0] ?? '');
  if (conversation) {
    const mayKeep = learn && (await users.getUser(uid)).privateCloudSyncEnabled;
    const counts = { learned: 0, unlearned: 0, withoutAudio: 0 };
    const segments = await namedSegments(options, uid, conversation, segmentIds);
    const speakers = new Set(segments.map(({ speaker }) => speakerIdOf(speaker)));
    await options.conversationVoices.follow(uid, conversation.id, speakers, learn);
    for (const segment of segments) {
      run.signal.throwIfAborted();
      const keeper = segment.isUser ? null : (segment.personId ?? undefined);
      const origin = { conversationId: conversation.id, segmentId: segment.id };
      counts.unlearned += await samples.unlearn(uid, origin, keeper);
      if (keeper === undefined || !mayKeep) continue;
      const outcome = await learnFrom(options, uid, conversation, segment, keeper);
      if (outcome === 'learned') counts.learned += 1;
      if (outcome === 'without audio') counts.withoutAudio += 1;
    }
    // Without audio nothing can be learned, and that is no failure: most conversations keep none.
    logger.info({ conversationId: conversation.id, ...counts }, 'voices learned');
  }
  await store.transact((tx) => run.finish(tx));
}

/** The segments as they are now, the longest first: they make the best samples. */
async function namedSegments(
  { store }: VoiceLearningOptions,
  uid: string,
  conversation: Conversation,
  ids: readonly string[],
): Promise<TranscriptSegment[]> {
  const wanted = new Set(ids);
  const segments = await loadTranscript(store, uid, conversation);
  const lengthOf = (segment: TranscriptSegment) => segment.endMs - segment.startMs;
  return segments
    .filter((segment) => wanted.has(segment.id))
    .sort((a, b) => lengthOf(b) - lengthOf(a));
}

async function learnFrom(
  { samples, readAudio }: VoiceLearningOptions,
  uid: string,
  conversation: Conversation,
  segment: TranscriptSegment,
  keeper: string | null,
): Promise<'learned' | 'without audio' | 'not needed'> {
  if (segment.endMs - segment.startMs < MIN_SPEECH_MS) return 'not needed';
  const audio = await readAudio(uid, conversation, segment, MAX_SAMPLE_MS);
  if (!audio) return 'without audio';
  const { samples: speech, speechMs } = trimSilence(audio.samples, audio.sampleRate);
  if (speechMs < MIN_SPEECH_MS) return 'not needed';
  const added = await samples.add(uid, keeper, {
    origin: { conversationId: conversation.id, segmentId: segment.id },
    samples: speech,
    sampleRate: audio.sampleRate,
    transcript: segment.text,
  });
  return added ? 'learned' : 'not needed';
}
