import { SonioxNodeClient } from '@soniox/node';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { SonioxSimulator } from '../simulators/soniox-simulator.ts';

/** Holds the simulator to the vendor's own client, which we did not write. */
const globals = globalThis as { WebSocket?: unknown };
const native = globals.WebSocket;
let simulator: SonioxSimulator;
beforeEach(async () => {
  simulator = await SonioxSimulator.start();
  // The client takes the global one, which Node 20 does not have.
  globals.WebSocket = WebSocket;
});
afterEach(async () => {
  globals.WebSocket = native;
  await simulator.close();
});

const speech = synthesise([
  { speaker: 0, text: 'Does the vendor understand us?' },
  { speaker: 1, text: 'Every single word.' },
]);

function client(apiKey: string): SonioxNodeClient {
  const wsBaseUrl = `${simulator.url.replace('http', 'ws')}/transcribe-websocket`;
  return new SonioxNodeClient({
    api_key: apiKey,
    base_url: simulator.url,
    realtime: { ws_base_url: wsBaseUrl },
  });
}

it("the vendor's SDK hears from the simulator what it sent", async () => {
  const session = client('test-key').realtime.stt({
    model: 'stt-rt-v5',
    audio_format: 'pcm_s16le',
    sample_rate: 16_000,
    num_channels: 1,
    enable_speaker_diarization: true,
    enable_language_identification: true,
    enable_endpoint_detection: true,
    language_hints: ['en'],
  });
  let heard = '';
  let endpoints = 0;
  const speakers = new Set<string | undefined>();
  session.on('endpoint', () => {
    endpoints += 1;
  });
  session.on('result', (result) => {
    for (const token of result.tokens) {
      if (!token.is_final) continue;
      heard += token.text;
      speakers.add(token.speaker);
    }
  });
  await session.connect();
  for (let at = 0; at < speech.pcm.length; at += 3200) {
    session.sendAudio(speech.pcm.slice(at, at + 3200));
  }
  // A silence that ends the utterance.
  session.sendAudio(new Uint8Array(96_000));
  session.finalize();
  await session.finish();
  expect(heard).toBe(speech.words.map(({ text }) => ` ${text}`).join(''));
  expect([...speakers]).toEqual(['1', '2']);
  expect(endpoints).toBe(1);
  expect(session.state).toBe('finished');
});

it("the vendor's SDK sees the simulator's errors as the service's", async () => {
  const session = client('wrong').realtime.stt({
    model: 'stt-rt-v5',
    audio_format: 'pcm_s16le',
    sample_rate: 16_000,
    num_channels: 1,
  });
  const failed = new Promise<Error>((resolve) => session.on('error', resolve));
  await session.connect();
  expect(await failed).toMatchObject({ name: 'AuthError' });
});
