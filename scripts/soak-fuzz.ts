/**
 * Sends malformed requests to every route and malformed messages to the live socket of a server of its
 * own. Prints what was answered and what went wrong: `npm run soak:fuzz -- --requests 7000`.
 */
import { program } from 'commander';
import { fuzzApi } from '../test/e2e/fuzz/fuzz-api.ts';
import { fuzzSocket } from '../test/e2e/fuzz/fuzz-socket.ts';
import { startTestServer } from '../test/e2e/test-server.ts';

const values = program
  .name('fuzz')
  .description('Sends malformed requests and messages to a server and reports what went wrong.')
  .option('--requests <number>', 'requests to all routes', '7000')
  .option('--messages <number>', 'messages on the live socket', '1600')
  .option('--seed <number>', 'the same seed gives the same inputs', '1')
  .parse()
  .opts<Record<'requests' | 'messages' | 'seed', string>>();
const seed = Number(values.seed);
const onProgress = (done: number) => process.stderr.write(`${done} sent\n`);
const server = await startTestServer();
try {
  const requests = await fuzzApi(server, { count: Number(values.requests), seed, onProgress });
  const messages = await fuzzSocket(server, { count: Number(values.messages), seed });
  console.log(JSON.stringify({ requests, messages }, null, 2));
  if (requests.problems.length + messages.problems.length > 0) process.exitCode = 1;
} finally {
  await server.stop();
}
