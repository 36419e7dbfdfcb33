import { startTestServer, type TestServer } from '../e2e/test-server.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { OpenAiSimulator } from '../simulators/openai-simulator.ts';

/** A server as the clients meet it: a secret, a speech service and a language model, both simulated. */
export async function startClientServer(): Promise<{ server: TestServer; stop(): Promise<void> }> {
  const speech = await DeepgramSimulator.start({});
  const model = await OpenAiSimulator.start();
  const server = await startTestServer({
    DEEPGRAM_API_KEY: 'test-key',
    DEEPGRAM_BASE_URL: speech.url,
    OPENAI_BASE_URL: model.baseUrl,
    OPENAI_API_KEY: 'test-key',
    TTS_MODEL: 'tts',
    ENCRYPTION_SECRET: 'a secret of at least thirty-two bytes, for tests',
    RATE_LIMIT_BOOST: '100',
  });
  return {
    server,
    stop: async () => {
      await server.stop();
      await speech.close();
      await model.close();
    },
  };
}
