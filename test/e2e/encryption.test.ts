import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBlob } from '../../src/blob/blob-store.ts';
import { exportAccount } from '../../src/http/account-export.ts';
import { writeUserArchive } from '../../src/transfer/user-archive.ts';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { ListenClient } from './listen-client.ts';
import { pcmFrames, play } from './play-audio.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const SECRET = 'a secret of more than thirty-two bytes';
const OTHER = 'another secret of thirty-two bytes or more';
const SPEECH = synthesise([
  { speaker: 0, text: 'The lighthouse keeper wants a new boat engine before summer.' },
  { speaker: 1, text: 'I will call the shipyard tomorrow and ask for a price.' },
]);
const SPOKEN = SPEECH.words.map((word) => word.text);
/** What the user notes, in words that nothing else says. */
const NOTED = 'Plays the glockenspiel on Thursdays';

let simulator: DeepgramSimulator;
beforeAll(async () => {
  simulator = await DeepgramSimulator.start();
});
afterAll(() => simulator.close());

function start(dataDir?: string, env: Record<string, string> = { ENCRYPTION_SECRET: SECRET }) {
  const keys = { DEEPGRAM_API_KEY: 'test-key', DEEPGRAM_BASE_URL: simulator.url };
  return startTestServer({ ...keys, ...env }, dataDir);
}

/** Everything that lies in files whose path below the data directory begins so, byte for byte. */
async function bytesOf(server: TestServer, prefix: string): Promise<string> {
  const entries = await readdir(server.dataDir, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => path.relative(server.dataDir, file).startsWith(prefix));
  expect(files.length, prefix).toBeGreaterThan(0);
  return (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n');
}

function expectNone(bytes: string, words: readonly string[]): void {
  expect(words.filter((word) => bytes.includes(word))).toEqual([]);
}

interface WireConversation {
  id: string;
  data_protection_level: string;
  transcript_segments: { text: string }[];
}

async function readBack(server: TestServer): Promise<void> {
  const { body } = await server.api('GET', '/v1/conversations');
  const [conversation] = body as WireConversation[];
  expect(conversation?.transcript_segments.flatMap(({ text }) => text.split(' '))).toEqual(SPOKEN);
  expect(conversation?.data_protection_level).toBe('enhanced');
  const memories = await server.api('GET', '/v3/memories');
  expect(memories.body).toMatchObject([{ content: NOTED, data_protection_level: 'enhanced' }]);
}

describe('a server with ENCRYPTION_SECRET', () => {
  it('keeps chats from the disk: messages, titles, previews and files', async () => {
    const server = await start();
    const words = ['wombat', 'quokka', 'numbat', 'bilby', 'dunnart', 'potoroo'];
    const [title, asked, metadata, note, named, other] = words;
    const { body } = await server.api('POST', '/v2/chat-sessions', { title: `My ${title}` });
    const { id } = body as { id: string };
    const message = {
      text: `Where is the ${asked}?`,
      sender: 'human',
      metadata: `{"${metadata}":1}`,
    };
    await server.api('POST', '/v2/desktop/messages', { ...message, session_id: id });
    await server.api('POST', '/v2/messages', { text: `What about the ${other}?` });
    await server.api('PATCH', `/v2/chat-sessions/${id}`, { title: `Our ${named}` });
    const form = new FormData();
    form.append('files', new Blob([`The ${note} sleeps.`]), 'notes.txt');
    const uploaded = await fetch(`${server.url}/v2/files`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}` },
      body: form,
    });
    expect(uploaded.status).toBe(200);
    const read = await server.api('GET', `/v2/chat-sessions/${id}`);
    expect(read.body).toMatchObject({
      title: `Our ${named}`,
      preview: expect.stringContaining(asked ?? ''),
    });
    expectNone(await bytesOf(server, ''), words);
    await server.stop();
  });

  it('keeps what users said from the disk, and serves it as ever', async () => {
    const server = await start();
    await server.api('POST', '/v1/users/store-recording-permission?value=true');
    const noted = { content: NOTED, visibility: 'private' };
    expect((await server.api('POST', '/v3/memories', noted)).status).toBe(200);
    const client = await ListenClient.connect(server.wsUrl, server.token, {
      codec: 'pcm16',
      sample_rate: '16000',
    });
    await client.ready();
    await play(client.socket, pcmFrames(SPEECH.pcm, 16_000), 8);

    // While it is live: words in the store, sound in the audio log.
    const { store, blobs } = server.context;
    const live = async () => {
      const texts: string[] = [];
      for await (const { collection, document } of store.exportOwner(server.uid)) {
        if (collection !== 'live_segments') continue;
        texts.push(JSON.stringify(document));
      }
      return texts.join(' ');
    };
    await expect.poll(live, { timeout: 15_000 }).toContain('lighthouse');
    const stored = await bytesOf(server, 'store.sqlite');
    expect(stored).toContain('live_segments');
    expectNone(stored, ['lighthouse', 'keeper', 'shipyard', 'glockenspiel']);
    const loud = pcmFrames(SPEECH.pcm, 16_000).find((frame) => new Set(frame).size > 100);
    const sound = Buffer.from(loud ?? []).subarray(0, 64);
    expect(sound.length).toBe(64);
    expectNone(await bytesOf(server, 'audio-log'), [sound.toString('latin1')]);

    expect((await server.api('POST', '/v1/conversations', {})).status).toBe(200);
    await client.close();
    await readBack(server);
    const found = await server.api('POST', '/v1/conversations/search', { query: 'lighthouse' });
    expect(found.body).toMatchObject({ items: [{ data_protection_level: 'enhanced' }] });

    const recordings: { key: string; size: number }[] = [];
    const listRecordings = async () => {
      recordings.length = 0;
      const folder = `recordings/${encodeURIComponent(server.uid)}/`;
      for await (const info of blobs.list(folder)) recordings.push(info);
      return recordings.length;
    };
    await expect.poll(listRecordings, { timeout: 15_000 }).toBeGreaterThan(0);
    const recording = Buffer.from((await readBlob(blobs, recordings[0]?.key ?? '')) ?? '');
    expect(recording.length).toBe(recordings[0]?.size);
    const sample = recording.subarray(recording.length >> 1).subarray(0, 24);
    expectNone(await bytesOf(server, 'blobs/recordings'), ['OggS', sample.toString('latin1')]);

    const target = path.join(server.dataDir, 'archive.tar');
    await writeUserArchive({
      store,
      blobs,
      uid: server.uid,
      target,
      apiExport: exportAccount(server.context.accountExport, server.uid),
      onProgress: () => undefined,
    });
    expect(await readFile(target, 'latin1')).toContain('glockenspiel');
    await rm(target);
    await server.stop({ keepData: true });

    const again = await start(server.dataDir);
    await readBack(again);
    expectNone(await bytesOf(again, 'store.sqlite'), ['glockenspiel']);
    await again.stop({ keepData: true });

    await expect(start(server.dataDir, {})).rejects.toThrow(/The data here is encrypted/);
    await expect(start(server.dataDir, { ENCRYPTION_SECRET: OTHER })).rejects.toMatchObject({
      code: 'invalid-configuration',
    });
    const rotated = { ENCRYPTION_SECRET: OTHER, ENCRYPTION_SECRET_PREVIOUS: SECRET };
    const last = await start(server.dataDir, rotated);
    await readBack(last);
    await last.stop();
  }, 60_000);
});
