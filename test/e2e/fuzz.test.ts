import { afterAll, beforeAll, expect, it } from 'vitest';
import { fuzzApi } from './fuzz/fuzz-api.ts';
import { fuzzSocket } from './fuzz/fuzz-socket.ts';
import { startTestServer, type TestServer } from './test-server.ts';

// A sample of what `npm run soak:fuzz` sends.
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

it('no request that is malformed is a fault of the server', async () => {
  const { problems, sent } = await fuzzApi(server, { count: 400, seed: 1 });
  expect(problems).toEqual([]);
  expect(sent).toBe(400);
});

it('no malformed message on the live socket costs a sentence that was sent after it', async () => {
  const { problems, sent } = await fuzzSocket(server, { count: 96, seed: 1 });
  expect(problems).toEqual([]);
  expect(sent).toBeGreaterThan(60);
});
