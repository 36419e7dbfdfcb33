import { ListenClient } from '../listen-client.ts';
import type { TestServer } from '../test-server.ts';

/** Makes a conversation of one sentence, as another device of the user would. Returns its id. */
export async function recordElsewhere(server: TestServer, text: string): Promise<string> {
  const client = await ListenClient.connect(server.wsUrl, server.token, { custom_stt: 'enabled' });
  await client.ready();
  client.suggest([{ text, start: 0, end: 4 }]);
  await client.until(() => client.segments.size > 0);
  const { body } = await server.api('POST', '/v1/conversations', {});
  await client.close();
  return (body as { conversation: { id: string } }).conversation.id;
}
