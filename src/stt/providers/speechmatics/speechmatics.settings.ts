import { secret, url } from '../../../kernel/variable.ts';
import { describeSttProvider } from '../../provider-settings.ts';
import { languagesByPrimarySubtag } from '../../service-languages.ts';
import {
  isBilingual,
  SPEECHMATICS_LANGUAGES,
  SPEECHMATICS_MODEL,
} from './speechmatics-languages.ts';

const SPEECHMATICS_URL = 'wss://eu.rt.speechmatics.com';

export const speechmatics = describeSttProvider({
  name: 'speechmatics',
  title: 'Speechmatics',
  variables: {
    SPEECHMATICS_API_KEY: secret({
      description: "Speechmatics' key. Not needed for an engine of your own.",
      absent: 'Speechmatics is not used',
    }),
    SPEECHMATICS_BASE_URL: url({
      description:
        "Origin, with an optional prefix, to which Speechmatics' own path is appended; the US' is `wss://us.rt.speechmatics.com`.",
      fallback: SPEECHMATICS_URL,
      schemes: ['https', 'http', 'wss', 'ws'],
    }),
  },
  enabledBy: ['SPEECHMATICS_API_KEY', 'SPEECHMATICS_BASE_URL'],
  read: ({ SPEECHMATICS_API_KEY: apiKey, SPEECHMATICS_BASE_URL: baseUrl }) =>
    baseUrl === SPEECHMATICS_URL && apiKey === null ? null : { apiKey, baseUrl },
  address: { variable: 'SPEECHMATICS_BASE_URL', of: ({ baseUrl }) => baseUrl },
  services: {
    speechmatics: {
      model: SPEECHMATICS_MODEL,
      languages: languagesByPrimarySubtag(SPEECHMATICS_LANGUAGES, isBilingual),
      // Speechmatics responds several times a second while somebody speaks.
      responseTimeoutMs: 1_500,
    },
  },
  load: async ({ apiKey, baseUrl }, logger) => {
    const { createSpeechmaticsProvider } = await import('./speechmatics-provider.ts');
    return createSpeechmaticsProvider({ apiKey: apiKey?.reveal() ?? '', baseUrl, logger });
  },
});
