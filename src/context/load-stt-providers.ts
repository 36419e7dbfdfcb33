import type { Config } from '../config/config.ts';
import type { Secrets } from '../config/secrets.ts';
import type { Logger } from '../kernel/logger.ts';
import { loadSttProvider } from '../stt/registry.ts';
import type { SttProvider } from '../stt/stt-provider.ts';

/** The speech-to-text services that are configured, by vendor. */
export async function loadSttProviders({
  config,
  secrets,
  logger,
}: {
  config: Config;
  secrets: Secrets;
  logger: Logger;
}) {
  const providers = new Map<string, SttProvider>();
  if (config.deepgram) {
    const createDeepgramProvider = await loadSttProvider('deepgram');
    providers.set(
      'deepgram',
      createDeepgramProvider({
        apiKey: secrets.deepgramApiKey?.reveal() ?? '',
        baseUrl: config.deepgram.baseUrl,
        opusMode: config.deepgram.opusMode,
        logger: logger.child({ subsystem: 'deepgram' }),
      }),
    );
  }
  if (config.soniox) {
    const createSonioxProvider = await loadSttProvider('soniox');
    providers.set(
      'soniox',
      createSonioxProvider({
        apiKey: secrets.sonioxApiKey?.reveal() ?? '',
        baseUrl: config.soniox.baseUrl,
        logger: logger.child({ subsystem: 'soniox' }),
      }),
    );
  }
  if (config.speechmatics) {
    const createSpeechmaticsProvider = await loadSttProvider('speechmatics');
    providers.set(
      'speechmatics',
      createSpeechmaticsProvider({
        apiKey: secrets.speechmaticsApiKey?.reveal() ?? '',
        baseUrl: config.speechmatics.baseUrl,
        logger: logger.child({ subsystem: 'speechmatics' }),
      }),
    );
  }
  if (config.sttWebsocket) {
    const createCustomSttProvider = await loadSttProvider('websocket');
    const subsystem = logger.child({ subsystem: 'stt-websocket' });
    providers.set(
      'websocket',
      createCustomSttProvider({ url: config.sttWebsocket.url, logger: subsystem }),
    );
  }
  return providers;
}
