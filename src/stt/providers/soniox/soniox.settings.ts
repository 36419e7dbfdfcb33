import { secret, url } from '../../../kernel/variable.ts';
import { describeSttProvider } from '../../provider-settings.ts';
import { languagesByPrimarySubtag, primarySubtag } from '../../service-languages.ts';
import { SONIOX_LANGUAGES, SONIOX_MODEL } from './soniox-languages.ts';

const SONIOX_URL = 'wss://stt-rt.soniox.com';

export const soniox = describeSttProvider({
  name: 'soniox',
  title: 'Soniox',
  variables: {
    SONIOX_API_KEY: secret({
      description: "Soniox' key. Not needed for an engine of your own.",
      absent: 'Soniox is not used',
    }),
    SONIOX_BASE_URL: url({
      description:
        "Origin, with an optional prefix, to which Soniox' own path is appended; the EU's is `wss://stt-rt.eu.soniox.com`.",
      fallback: SONIOX_URL,
      schemes: ['https', 'http', 'wss', 'ws'],
    }),
  },
  enabledBy: ['SONIOX_API_KEY', 'SONIOX_BASE_URL'],
  read: ({ SONIOX_API_KEY: apiKey, SONIOX_BASE_URL: baseUrl }) =>
    baseUrl === SONIOX_URL && apiKey === null ? null : { apiKey, baseUrl },
  address: { variable: 'SONIOX_BASE_URL', of: ({ baseUrl }) => baseUrl },
  services: {
    'soniox-stt-rt': {
      model: SONIOX_MODEL,
      languages: languagesByPrimarySubtag(SONIOX_LANGUAGES, (languages) =>
        languages.every((tag) => SONIOX_LANGUAGES.has(primarySubtag(tag))),
      ),
      // Soniox responds several times a second while somebody speaks.
      responseTimeoutMs: 1_500,
    },
  },
  load: async ({ apiKey, baseUrl }, logger) => {
    const { createSonioxProvider } = await import('./soniox-provider.ts');
    return createSonioxProvider({ apiKey: apiKey?.reveal() ?? '', baseUrl, logger });
  },
});
