import { Retranscription } from '../recordings/recording-retranscription.ts';
import { RecordingService } from '../recordings/recording-service.ts';
import { FileTranscription } from '../recordings/recording-upload.ts';
import { TranscriptVersions } from '../recordings/recording-versions.ts';
import { eraseSessionAudio } from '../sessions/erase-session-audio.ts';
import { loggedFormat } from '../sessions/open-stt.ts';
import type { ServicesFrom } from './module.ts';
import type { Core } from './open-core.ts';
import type { openFiles } from './open-files.ts';
import type { openSessions } from './open-sessions.ts';
import type { openSpeakers } from './open-speakers.ts';
import type { openUsers } from './open-users.ts';

type Deps = Core &
  ServicesFrom<typeof openFiles> &
  ServicesFrom<typeof openSessions> &
  ServicesFrom<typeof openSpeakers> &
  ServicesFrom<typeof openUsers>;

/** Opens recordings, and the transcription of complete audio. */
export function openRecordings(deps: Deps) {
  const { store, audioLog, blobs, clock, jobWorker, users, openRecordedStt, knownVoices } = deps;
  const recordings = new RecordingService({
    store,
    audioLog,
    blobs,
    clock,
    jobWorker,
    formatOf: loggedFormat,
    logs: deps.sessionLogs,
  });
  const transcriptVersions = new TranscriptVersions({ store });
  return {
    services: {
      recordings,
      transcriptVersions,
      retranscription: new Retranscription({
        store,
        blobs,
        clock,
        users,
        jobWorker,
        recordings,
        openStt: openRecordedStt,
        loadVoices: (uid) => knownVoices.load(uid),
        planVoices: (tx, uid, id, heard) =>
          deps.conversationVoices.planReplacement(tx, uid, id, heard),
        newSpeakerDistance: deps.config.voices.thresholds.newSpeakerDistance,
      }),
      fileTranscription: new FileTranscription({
        users,
        openStt: openRecordedStt,
        // A profile is not played to a service because of one file.
        loadVoices: async (uid) => (deps.voiceModel === null ? null : await knownVoices.load(uid)),
      }),
      /** Deletes what is known of the audio of a conversation and leaves the files. */
      forgetRecordings: async (uid: string, conversationId: string) => {
        await eraseSessionAudio(store, audioLog, uid, conversationId);
        await recordings.forgetConversation(uid, conversationId);
        await transcriptVersions.eraseConversation(uid, conversationId);
      },
      /** Deletes the audio of a conversation and earlier versions of its transcript. */
      eraseRecordings: async (uid: string, conversationId: string) => {
        await eraseSessionAudio(store, audioLog, uid, conversationId);
        await recordings.eraseConversation(uid, conversationId);
        await transcriptVersions.eraseConversation(uid, conversationId);
      },
    },
    erasers: { data: [(uid: string) => recordings.eraseUser(uid)] },
  };
}
