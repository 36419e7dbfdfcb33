import { startTestServer, type TestServer } from '../e2e/test-server.ts';
import { McpSimulator } from '../simulators/apps/mcp-simulator.ts';
import { WebhookReceiver } from '../simulators/apps/webhook-receiver.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { OpenAiSimulator } from '../simulators/openai-simulator.ts';

/** Addresses of servers that apps can be made of. */
export interface AppServers {
  mcpServer: string;
  /** Of the tools of an app. */
  manifest: string;
}

const MANIFEST = {
  tools: [{ name: 'add', description: 'Adds', endpoint: '/add', parameters: { properties: {} } }],
};

/** A server as the clients meet it: with a secret, and a speech service and models, which are simulated. */
export async function startClientServer(): Promise<{
  server: TestServer;
  appServers: AppServers;
  stop(): Promise<void>;
}> {
  const speech = await DeepgramSimulator.start({});
  const model = await OpenAiSimulator.start();
  const tools = await McpSimulator.start();
  const pages = await WebhookReceiver.start();
  const headers = { 'content-type': 'application/json' };
  pages.answer = () => ({ status: 200, headers, body: JSON.stringify(MANIFEST) });
  const server = await startTestServer({
    DEEPGRAM_API_KEY: 'test-key',
    DEEPGRAM_BASE_URL: speech.url,
    OPENAI_BASE_URL: model.baseUrl,
    OPENAI_API_KEY: 'test-key',
    TTS_MODEL: 'tts',
    ENCRYPTION_SECRET: 'a secret of at least thirty-two bytes, for tests',
    RATE_LIMIT_BOOST: '100',
    ALLOW_LOOPBACK_URLS: 'true',
  });
  return {
    server,
    appServers: { mcpServer: tools.url, manifest: `${pages.url}/tools.json` },
    stop: async () => {
      await server.stop();
      await speech.close();
      await model.close();
      await tools.close();
      await pages.close();
    },
  };
}
