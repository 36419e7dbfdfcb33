import { Command } from 'commander';
import { parseCount } from '../src/cli/parse-option.ts';
import { fuzzApi } from '../test/e2e/fuzz/fuzz-api.ts';
import { fuzzSocket } from '../test/e2e/fuzz/fuzz-socket.ts';
import { startTestServer } from '../test/e2e/test-server.ts';

const values = new Command('npm run soak:fuzz --')
  .description(
    'Sends malformed requests to every route and malformed messages to the live socket of a server of its own. Prints what was answered and what went wrong.',
  )
  .option('--requests <number>', 'requests to all routes', parseCount(0, 10_000_000), 7_000)
  .option('--messages <number>', 'messages on the live socket', parseCount(0, 10_000_000), 1_600)
  .option('--seed <number>', 'the same seed gives the same inputs', parseCount(0, 999_999), 1)
  .parse()
  .opts<Record<'requests' | 'messages' | 'seed', number>>();
const { seed } = values;
const onProgress = (done: number) => process.stderr.write(`${done} sent\n`);
const server = await startTestServer();
try {
  const requests = await fuzzApi(server, { count: values.requests, seed, onProgress });
  const messages = await fuzzSocket(server, { count: values.messages, seed });
  console.log(JSON.stringify({ requests, messages }, null, 2));
  if (requests.problems.length + messages.problems.length > 0) process.exitCode = 1;
} finally {
  await server.stop();
}
