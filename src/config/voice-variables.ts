import { decimal, optionalText } from '../kernel/variable.ts';

/** How people are recognised by their voices. */
export const VOICE_GROUP = {
  title: 'Voices',
  variables: {
    VOICE_MODEL: optionalText({
      description:
        'Model that people are recognised by and told apart with on this machine: a name of `omi-backend models list`, or a folder. `none` switches it off; the profile is then played to the speech service.',
      absent: 'a voice model that was downloaded with `omi-backend models pull`',
    }),
    VOICE_MAX_DISTANCE: decimal({
      description:
        'Cosine distance up to which a voice is taken for that of a known person. Higher: fewer are missed, more strangers are mistaken; `omi-backend voices check` prints both for your own samples.',
      fallback: 0.6,
      min: 0,
      max: 2,
    }),
    VOICE_MARGIN: decimal({
      description: 'The next person must be further away by so much, else the voice is unknown.',
      fallback: 0.1,
      min: 0,
      max: 2,
    }),
    VOICE_MIN_SPEECH_SECONDS: decimal({
      description: 'Speech of one speaker that is heard before it is said who that is.',
      fallback: 6,
      min: 1,
      max: 120,
    }),
    VOICE_NEW_SPEAKER_DISTANCE: decimal({
      description:
        'Cosine distance from all speakers of a conversation above which a voice is a further speaker, for recognition that does not tell speakers apart itself.',
      fallback: 0.55,
      min: 0,
      max: 2,
    }),
  },
};
