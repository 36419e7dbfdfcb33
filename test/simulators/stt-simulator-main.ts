/**
 * Runs the simulator of a speech-to-text vendor by itself and prints its address, for manual runs:
 * `npx tsx test/simulators/stt-simulator-main.ts --vendor soniox --port 4100 --api-key test-key`
 */
import { parseArgs } from 'node:util';
import { CustomSttSimulator } from './custom-stt-simulator.ts';
import { SonioxSimulator } from './soniox-simulator.ts';
import { loadSpeechClips } from './speech-clips.ts';
import { SpeechmaticsSimulator } from './speechmatics-simulator.ts';

const { values } = parseArgs({
  options: {
    vendor: { type: 'string', default: 'soniox' },
    port: { type: 'string', default: '0' },
    'api-key': { type: 'string', default: 'test-key' },
  },
});

const options = {
  port: Number(values.port),
  apiKey: values['api-key'],
  clips: loadSpeechClips(),
};

async function start() {
  if (values.vendor === 'soniox') return SonioxSimulator.start(options);
  if (values.vendor === 'speechmatics') return SpeechmaticsSimulator.start(options);
  if (values.vendor === 'websocket') return CustomSttSimulator.start(options);
  throw new Error('The vendor must be soniox, speechmatics or websocket.');
}

const simulator = await start();
console.log(simulator instanceof CustomSttSimulator ? simulator.address : simulator.url);

process.once('SIGTERM', () => {
  simulator.close().then(
    () => process.exit(0),
    () => process.exit(1),
  );
});
