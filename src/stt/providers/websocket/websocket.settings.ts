import { optionalUrl } from '../../../kernel/variable.ts';
import { describeSttProvider } from '../../provider-settings.ts';
import { ANY_LANGUAGE } from '../../service-languages.ts';

export const websocket = describeSttProvider({
  name: 'websocket',
  title: 'The service at STT_WEBSOCKET_URL',
  variables: {
    STT_WEBSOCKET_URL: optionalUrl({
      description:
        "Address of a speech-to-text service that speaks the protocol of Omi's external custom STT.",
      absent: 'no such service',
      schemes: ['wss', 'ws', 'https', 'http'],
    }),
  },
  enabledBy: ['STT_WEBSOCKET_URL'],
  read: ({ STT_WEBSOCKET_URL: address }) => (address === null ? null : { url: address }),
  address: { variable: 'STT_WEBSOCKET_URL', of: (settings) => settings.url },
  services: {
    websocket: {
      model: 'external',
      // The protocol cannot name languages that a service does not serve.
      languages: ANY_LANGUAGE,
      // A service may respond once a sentence.
      responseTimeoutMs: 20_000,
    },
  },
  load: async (settings, logger) => {
    const { createCustomSttProvider } = await import('./custom-stt-provider.ts');
    return createCustomSttProvider({ ...settings, logger });
  },
});
