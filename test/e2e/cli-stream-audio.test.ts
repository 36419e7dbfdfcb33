import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { OggOpusWriter } from '../../src/audio/ogg-opus.ts';
import { encodeWav } from '../../src/audio/wav.ts';
import { opusPackets } from '../fixtures/speech-audio.ts';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { CliInstallation, type CliServer } from './cli-process.ts';

// Each command is a process of its own, a few of them a test.
vi.setConfig({ testTimeout: 120_000 });

const SPOKEN = [
  { text: 'Please remind me to call the dentist tomorrow.', speaker: 0 },
  { text: 'Certainly, I will.', speaker: 1 },
];

describe('stream plays a recording', () => {
  let deepgram: DeepgramSimulator;
  let installation: CliInstallation;
  let server: CliServer;
  const speech = synthesise(SPOKEN, { sampleRate: 16_000 });

  beforeAll(async () => {
    deepgram = await DeepgramSimulator.start();
    installation = await CliInstallation.create({
      DEEPGRAM_API_KEY: deepgram.apiKey,
      DEEPGRAM_BASE_URL: deepgram.url,
    });
    server = await installation.serve();
  });
  afterAll(async () => {
    await installation?.remove();
    await deepgram?.close();
  });

  const stream = async (name: string, bytes: Uint8Array, ...args: string[]) => {
    const file = path.join(installation.directory, name);
    await writeFile(file, bytes);
    const token = server.token ?? '';
    return installation.run(['stream', file, '--token', token, ...args]);
  };

  const writer = new OggOpusWriter({ serial: 7, channels: 1, inputSampleRate: 16_000, preSkip: 0 });
  const ogg = Buffer.concat([
    writer.headers(),
    writer.pages(opusPackets(speech.samples, 16_000, 20)),
    writer.end(),
  ]);
  const wav = encodeWav(speech.samples, 16_000);
  /** The same speech, made into MP3 by another program. */
  const mp3 = readFileSync(path.join(import.meta.dirname, '../fixtures/audio/speech.mp3'));

  it.each<[string, string, Uint8Array, string[]]>([
    ['WAV as fast as it goes', 'a.wav', wav, ['--speed', 'max']],
    ['Ogg/Opus four times as fast as it was spoken', 'b.ogg', ogg, ['--speed', '4']],
    ['Ogg/Opus as PCM', 'c.ogg', ogg, ['--speed', 'max', '--codec', 'pcm16']],
    ['MP3', 'd.mp3', mp3, ['--speed', 'max']],
  ])('%s: every word, then the conversation', async (_what, name, bytes, args) => {
    const before = deepgram.connections.length;
    const result = await stream(name, bytes, '--language', 'en', ...args);
    expect(result.code).toBe(0);
    // The end of the conversation opens no second one, which would carry no audio.
    expect(deepgram.connections.length - before).toBe(1);
    const [transcript = '', understood = ''] = result.stdout.split('\n\n', 2);
    const said = transcript.replace(/^\S+ Speaker \d+: /gmu, '').replace(/\s+/gu, ' ');
    expect(said).toBe(SPOKEN.map(({ text }) => text).join(' '));
    expect(understood).toMatch(/\[\w+\]/u);
    expect(result.stdout).toMatch(/☐ .*dentist.*\(due /u);
    // The same task would not be noted again while it is open.
    const id = /^Conversation (\S+),/mu.exec(result.stdout)?.[1] ?? '';
    await fetch(`${server.url}/v1/conversations/${id}?cascade=true`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${server.token}` },
    });
  });

  it('import makes a conversation of it, once', async () => {
    const file = path.join(installation.directory, 'meeting.mp3');
    await writeFile(file, mp3);
    const first = await installation.run(['import', file, '--language', 'en']);
    expect(first).toMatchObject({ code: 0 });
    expect(first.stdout).toMatch(/meeting\.mp3\n {2}\S+ .*\n {2}2 segments, 1 action item/u);
    const second = await installation.run(['import', file, '--language', 'en']);
    expect(second.stdout).toContain('meeting.mp3 (imported before, nothing added)');
    const silent = path.join(installation.directory, 'silent.wav');
    await writeFile(silent, encodeWav(new Int16Array(16_000), 16_000));
    const nothing = await installation.run(['import', silent, file]);
    expect(nothing.code).toBe(3);
    expect(nothing.stderr).toContain('silent.wav: No words were recognised in it.');
  });

  it('ends with 1 where nothing was said', async () => {
    const silence = encodeWav(new Int16Array(8000), 16_000);
    const result = await stream('silence.wav', silence, '--speed', 'max');
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/No words were recognised/u);
  });
});
