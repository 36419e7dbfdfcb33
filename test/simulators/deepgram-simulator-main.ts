/**
 * Runs the Deepgram simulator by itself and prints its address, for manual runs and for tests in
 * which the server is a child process:
 * `npx tsx test/simulators/deepgram-simulator-main.ts --port 4100 --api-key test-key`
 */
import { parseArgs } from 'node:util';
import { DeepgramSimulator } from './deepgram-simulator.ts';
import { loadSpeechClips } from './speech-clips.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    'api-key': { type: 'string', default: 'test-key' },
    'idle-timeout-ms': { type: 'string', default: '12000' },
  },
});

const simulator = await DeepgramSimulator.start({
  port: Number(values.port),
  apiKey: values['api-key'],
  idleTimeoutMs: Number(values['idle-timeout-ms']),
  clips: loadSpeechClips(),
});
console.log(simulator.url);

process.once('SIGTERM', () => {
  simulator.close().then(
    () => process.exit(0),
    () => process.exit(1),
  );
});
