import { DeepgramClient } from '@deepgram/sdk';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';

/** Holds the simulator to the vendor's own client, which we did not write. */
let simulator: DeepgramSimulator;
beforeEach(async () => {
  simulator = await DeepgramSimulator.start();
});
afterEach(() => simulator.close());

const speech = synthesise([
  { speaker: 0, text: 'Does the vendor understand us?' },
  { speaker: 1, text: 'Every single word.' },
]);

it("the vendor's SDK hears from the simulator what it sent", async () => {
  const ws = simulator.url.replace('http', 'ws');
  const client = new DeepgramClient({
    apiKey: 'test-key',
    environment: { base: simulator.url, production: ws, agent: ws, agentRest: simulator.url },
  });
  const connection = await client.listen.v1.connect({
    Authorization: 'Token test-key',
    model: 'nova-3',
    language: 'multi',
    encoding: 'linear16',
    sample_rate: 16_000,
    diarize: 'true',
    punctuate: 'true',
    smart_format: 'true',
    endpointing: 300,
    keyterm: ['Omi'],
  });
  const heard: string[] = [];
  const types: string[] = [];
  const ended = new Promise<void>((resolve) => {
    connection.on('close', () => resolve());
    connection.on('message', (message) => {
      types.push(message.type);
      if (message.type !== 'Results' || !message.is_final) return;
      for (const word of message.channel.alternatives[0]?.words ?? []) {
        heard.push(`${word.speaker} ${word.punctuated_word}`);
      }
    });
  });
  connection.connect();
  await connection.waitForOpen();
  for (let at = 0; at < speech.pcm.length; at += 3200) {
    connection.sendMedia(speech.pcm.slice(at, at + 3200));
  }
  connection.sendFinalize({ type: 'Finalize' });
  connection.sendCloseStream({ type: 'CloseStream' });
  await ended;
  connection.close();
  expect(heard).toEqual(speech.words.map(({ speaker, text }) => `${speaker} ${text}`));
  expect(types.at(-1)).toBe('Metadata');
  expect(simulator.connections[0]).toMatchObject({ audioBytes: speech.pcm.length });
  expect(simulator.connections[0]?.control).toEqual(['Finalize', 'CloseStream']);
});
