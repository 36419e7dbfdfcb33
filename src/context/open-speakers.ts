import { PeopleService } from '../speakers/people-service.ts';
import { ProfileVoices } from '../speakers/profile-voices.ts';
import { SpeechProfiles } from '../speakers/speech-profiles.ts';
import { SpeechSamples } from '../speakers/speech-samples.ts';
import type { ServicesFrom } from './module.ts';
import type { Core } from './open-core.ts';
import type { openFiles } from './open-files.ts';
import type { openUsers } from './open-users.ts';

type Deps = Core & ServicesFrom<typeof openFiles> & ServicesFrom<typeof openUsers>;

/** Opens what is known of people and of voices. */
export function openSpeakers({ store, clock, logger, blobs }: Deps) {
  const speechProfiles = new SpeechProfiles({ store, clock, blobs });
  return {
    services: {
      people: new PeopleService({ store, clock, blobs }),
      speechProfiles,
      speechSamples: new SpeechSamples({ store, clock, blobs }),
      profileVoices: new ProfileVoices({ store, blobs, profiles: speechProfiles, logger }),
    },
    erasers: { data: [(uid: string) => speechProfiles.eraseUser(uid)] },
  };
}
