import type { Config } from '../config/config.ts';
import type { Secrets } from '../config/secrets.ts';
import type { Logger } from '../kernel/logger.ts';
import {
  loadChatModel,
  loadEmbeddingModel,
  loadLanguageModel,
  loadVisionModel,
} from '../llm/registry.ts';
import { loadSttProvider } from '../stt/registry.ts';
import type { SttProvider } from '../stt/stt-provider.ts';

export interface VendorOptions {
  config: Config;
  secrets: Secrets;
  logger: Logger;
}

/** The models of the configured server, each null where it is not there. */
export async function loadModels({ config, secrets, logger }: VendorOptions) {
  const { openai } = config;
  if (!openai) {
    return { languageModel: null, embeddingModel: null, visionModel: null, chatModel: null };
  }
  const server = {
    apiKey: secrets.openaiApiKey?.reveal() ?? null,
    baseUrl: openai.baseUrl,
    timeoutMs: openai.timeoutMs,
    logger: logger.child({ subsystem: 'llm' }),
  };
  return {
    languageModel: await loadLanguageModel({ ...server, model: openai.model }),
    chatModel: await loadChatModel({ ...server, model: openai.model }),
    embeddingModel: openai.embeddingModel
      ? await loadEmbeddingModel({ ...server, model: openai.embeddingModel })
      : null,
    visionModel: openai.visionModel
      ? await loadVisionModel({ ...server, model: openai.visionModel })
      : null,
  };
}

/** The configured speech-to-text providers by name. */
export async function loadSttProviders({ config, secrets, logger }: VendorOptions) {
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
