import { choice, flag, optionalUrl, secret, url } from '../../../kernel/variable.ts';
import { describeSttProvider } from '../../provider-settings.ts';
import { languagesByTag } from '../../service-languages.ts';
import {
  NOVA2_LANGUAGES,
  NOVA2_MULTI_LANGUAGES,
  NOVA3_LANGUAGES,
  NOVA3_MULTI_LANGUAGES,
} from './deepgram-languages.ts';

const DEEPGRAM_URL = 'https://api.deepgram.com';
/** Deepgram responds about once a second, to silence too. */
const RESPONSE_TIMEOUT_MS = 2_000;

export const deepgram = describeSttProvider({
  name: 'deepgram',
  title: 'Deepgram',
  variables: {
    DEEPGRAM_API_KEY: secret({
      description: "Deepgram's key. Not needed for an engine of your own.",
      absent: 'Deepgram is not used',
    }),
    DEEPGRAM_BASE_URL: url({
      description: "Origin, with an optional prefix, to which Deepgram's own paths are appended.",
      fallback: DEEPGRAM_URL,
      schemes: ['https', 'http', 'wss', 'ws'],
    }),
    DEEPGRAM_SELF_HOSTED_ENABLED: flag({
      description: 'Use the Deepgram engine at DEEPGRAM_SELF_HOSTED_URL.',
      fallback: false,
    }),
    DEEPGRAM_SELF_HOSTED_URL: optionalUrl({
      description: 'Address of a Deepgram engine of your own.',
      absent: 'none',
      schemes: ['https', 'http', 'wss', 'ws'],
    }),
    DEEPGRAM_OPUS_MODE: choice({
      description:
        'How Opus goes to Deepgram: `ogg`, as an Ogg stream; `packets`, packet by packet; `decode`, as PCM.',
      fallback: 'ogg',
      allowed: ['ogg', 'packets', 'decode'],
    }),
  },
  enabledBy: ['DEEPGRAM_API_KEY', 'DEEPGRAM_BASE_URL'],
  tuning: ['DEEPGRAM_OPUS_MODE'],
  read: (values) => {
    const { DEEPGRAM_API_KEY: apiKey } = values;
    const ownUrl = values.DEEPGRAM_SELF_HOSTED_ENABLED ? values.DEEPGRAM_SELF_HOSTED_URL : null;
    const baseUrl = ownUrl ?? values.DEEPGRAM_BASE_URL;
    if (baseUrl === DEEPGRAM_URL && apiKey === null) return null;
    return { apiKey, baseUrl, opusMode: values.DEEPGRAM_OPUS_MODE };
  },
  problems: (values, isSet) => {
    const both = 'DEEPGRAM_SELF_HOSTED_ENABLED and DEEPGRAM_SELF_HOSTED_URL';
    if (values.DEEPGRAM_SELF_HOSTED_ENABLED && values.DEEPGRAM_SELF_HOSTED_URL === null) {
      return [`${both} belong together: the URL is missing.`];
    }
    if (!isSet('DEEPGRAM_SELF_HOSTED_ENABLED') && values.DEEPGRAM_SELF_HOSTED_URL !== null) {
      return [
        `${both} belong together: set the first to true, or to false to keep the URL unused.`,
      ];
    }
    if (values.DEEPGRAM_SELF_HOSTED_ENABLED && values.DEEPGRAM_BASE_URL !== DEEPGRAM_URL) {
      return [
        'DEEPGRAM_BASE_URL and DEEPGRAM_SELF_HOSTED_URL both name an engine; set one of them.',
      ];
    }
    return [];
  },
  address: { variable: 'DEEPGRAM_BASE_URL', of: ({ baseUrl }) => baseUrl },
  services: {
    'dg-nova-3': {
      model: 'nova-3',
      languages: languagesByTag(NOVA3_MULTI_LANGUAGES, NOVA3_LANGUAGES),
      responseTimeoutMs: RESPONSE_TIMEOUT_MS,
    },
    'dg-nova-2': {
      model: 'nova-2-general',
      languages: languagesByTag(NOVA2_MULTI_LANGUAGES, NOVA2_LANGUAGES),
      responseTimeoutMs: RESPONSE_TIMEOUT_MS,
      isDefault: false,
    },
  },
  load: async ({ apiKey, ...settings }, logger) => {
    const { createDeepgramProvider } = await import('./deepgram-provider.ts');
    return createDeepgramProvider({ ...settings, apiKey: apiKey?.reveal() ?? '', logger });
  },
});
