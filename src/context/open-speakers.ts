import { availableParallelism } from 'node:os';
import { ModelLibrary } from '../local-models/model-library.ts';
import { loggedFormat } from '../sessions/open-stt.ts';
import { ConversationVoices } from '../speakers/conversation-voices.ts';
import { KnownVoices } from '../speakers/known-voices.ts';
import { MergePeople } from '../speakers/merge-people.ts';
import { PeopleService } from '../speakers/people-service.ts';
import { ProfileVoices } from '../speakers/profile-voices.ts';
import { segmentAudio } from '../speakers/speaker-audio.ts';
import { SpeakerGuesses } from '../speakers/speaker-guesses.ts';
import { SpeakerLabels } from '../speakers/speaker-labels.ts';
import { SpeakerTagPrompts } from '../speakers/speaker-tag-prompts.ts';
import { SpeechProfiles } from '../speakers/speech-profiles.ts';
import { SpeechSamples } from '../speakers/speech-samples.ts';
import { UnknownVoices } from '../speakers/unknown-voices.ts';
import { VoiceChoices } from '../speakers/voice-choices.ts';
import { VoicePrints } from '../speakers/voice-prints.ts';
import { LocalVoiceModel, type VoiceModel } from '../voices/voice-model.ts';
import type { ServicesFrom } from './module.ts';
import type { Core } from './open-core.ts';
import type { openFiles } from './open-files.ts';
import type { openUsers } from './open-users.ts';

type Deps = Core & ServicesFrom<typeof openFiles> & ServicesFrom<typeof openUsers>;

/** A voice model that nobody uses leaves memory after so long. */
const IDLE_MS = 10 * 60_000;

/** Returns the voice model of the configuration, or a downloaded one; null for none. Loads nothing. */
export function openVoiceModel({
  config,
  logger,
}: Pick<Core, 'config' | 'logger'>): VoiceModel | null {
  const library = new ModelLibrary(config.modelsDir);
  const downloaded = library.pulled().find(({ model }) => model.task === 'speaker-embedding');
  const id = config.voices.model ?? downloaded?.model.id ?? 'none';
  if (id === 'none') return null;
  return new LocalVoiceModel({
    id,
    folder: library.folderOf(id),
    threads: Math.max(1, Math.min(2, availableParallelism() >> 1)),
    idleMs: IDLE_MS,
    logger: logger.child({ subsystem: 'voices' }),
  });
}

/** Opens what says and guesses who the speakers of conversations are. */
function openLabels({ store, clock, users, audioLog, blobs, config }: Deps, prints: VoicePrints) {
  const { maxDistance } = config.voices.thresholds;
  const readAudio = segmentAudio({ store, audioLog, blobs, formatOf: loggedFormat });
  return {
    speakerLabels: new SpeakerLabels({ store, clock, users, prints, readAudio, maxDistance }),
    speakerGuesses: new SpeakerGuesses({ store, prints, maxDistance }),
  };
}

/** Opens what is known of people and of voices. */
export function openSpeakers(deps: Deps) {
  const { store, clock, logger, blobs, config, stack, deletions } = deps;
  const speechProfiles = new SpeechProfiles({ store, clock, blobs });
  const speechSamples = new SpeechSamples({ store, clock, blobs });
  const voiceModel = openVoiceModel(deps);
  stack.defer('voice model', async () => voiceModel?.close());
  const voicePrints = new VoicePrints({
    store,
    blobs,
    clock,
    model: voiceModel,
    minSpeechMs: config.voices.thresholds.minSpeechMs,
    profiles: speechProfiles,
    samples: speechSamples,
    logger,
  });
  const people = new PeopleService({ store, clock, blobs, deletions });
  const conversationVoices = new ConversationVoices({
    store,
    clock,
    modelId: voiceModel?.id ?? null,
    thresholds: config.voices.thresholds,
  });
  const voiceChoices = new VoiceChoices({ store });
  const { speakerLabels, speakerGuesses } = openLabels(deps, voicePrints);
  return {
    services: {
      people,
      voiceChoices,
      mergePeople: new MergePeople({ ...deps, samples: speechSamples }),
      speakerLabels,
      speakerGuesses,
      unknownVoices: new UnknownVoices({ store, clock, people, labels: speakerLabels }),
      speakerTagPrompts: new SpeakerTagPrompts({
        store,
        clock,
        people,
        choices: voiceChoices,
        labels: speakerLabels,
        prints: voicePrints,
      }),
      speechProfiles,
      speechSamples,
      voiceModel,
      voicePrints,
      knownVoices: new KnownVoices({
        prints: voicePrints,
        profiles: new ProfileVoices({ store, blobs, profiles: speechProfiles, logger }),
        conversationVoices,
      }),
      conversationVoices,
    },
    erasers: { data: [(uid: string) => speechProfiles.eraseUser(uid)] },
  };
}
