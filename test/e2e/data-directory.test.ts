import { mkdir, mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { readSecrets } from '../../src/config/secrets.ts';
import { openContext } from '../../src/context.ts';
import { silentLogger } from '../../src/kernel/logger.ts';
import { startServer } from '../../src/server.ts';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { OpenAiSimulator } from '../simulators/openai-simulator.ts';
import { askChat, uploadFiles } from './chat-world.ts';
import { CliInstallation } from './cli-process.ts';
import { ListenClient } from './listen-client.ts';
import { pcmFrames, play } from './play-audio.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const SPEECH = synthesise([
  { speaker: 0, text: 'The lighthouse keeper wants a new boat engine before summer.' },
]);
const directories: string[] = [];

async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'omi-directory-'));
  directories.push(directory);
  return directory;
}
afterAll(async () => {
  for (const directory of directories) await rm(directory, { recursive: true, force: true });
});

/** Files and folders that others than their owner may do anything with, by path and mode. */
async function openToOthers(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const all = [directory, ...entries.map((entry) => path.join(entry.parentPath, entry.name))];
  const found: string[] = [];
  for (const file of all) {
    // The server goes on working: a file that was listed may be finished and renamed.
    const stats = await stat(file).catch(() => null);
    const mode = (stats?.mode ?? 0) & 0o777;
    if ((mode & 0o077) !== 0) found.push(`${path.relative(directory, file)} ${mode.toString(8)}`);
  }
  return found;
}

describe('the data directory', () => {
  let deepgram: DeepgramSimulator;
  let openai: OpenAiSimulator;
  const umask = process.umask();
  beforeAll(async () => {
    deepgram = await DeepgramSimulator.start();
    openai = await OpenAiSimulator.start();
    process.umask(0o022);
  });
  afterAll(async () => {
    process.umask(umask);
    await deepgram.close();
    await openai.close();
  });

  const start = (directory: string): Promise<TestServer> =>
    startTestServer(
      {
        DEEPGRAM_API_KEY: 'test-key',
        DEEPGRAM_BASE_URL: deepgram.url,
        OPENAI_BASE_URL: openai.baseUrl,
      },
      directory,
    );

  /** Everything that writes files: audio, recordings, files, chats, memories, search. */
  async function story(server: TestServer): Promise<void> {
    await server.api('POST', '/v1/users/store-recording-permission?value=true');
    const client = await ListenClient.connect(server.wsUrl, server.token, {
      codec: 'pcm16',
      sample_rate: '16000',
    });
    await client.ready();
    await play(client.socket, pcmFrames(SPEECH.pcm, 16_000), 8);
    await client.until(() => client.text().includes('summer'));
    await server.api('POST', '/v1/conversations', {});
    await client.close();
    await server.api('POST', '/v3/memories', { content: 'Lives in Porto.' });
    await uploadFiles(server, { 'notes.txt': 'The roof leaks.' });
    await askChat(server, 'What was said about the boat engine?');
    await server.api('POST', '/v1/conversations/search', { query: 'boat engine' });
  }

  it('is private after a story, if the umask is open and the directory was there before', async () => {
    const directory = await makeDirectory();
    await rm(directory, { recursive: true });
    await mkdir(directory, { mode: 0o755 });
    const server = await start(directory);
    await story(server);
    expect(await openToOthers(directory)).toEqual([]);
    await server.stop({ keepData: true });
    expect(await openToOthers(directory)).toEqual([]);
    const folders = (await readdir(directory)).sort();
    expect(folders).toEqual(expect.arrayContaining(['audio-log', 'blobs', 'search', 'instances']));
  });

  it('is made private if an earlier release or a copy has left it open', async () => {
    const directory = await makeDirectory();
    const first = await start(directory);
    await story(first);
    await first.stop({ keepData: true });
    const { chmod } = await import('node:fs/promises');
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      await chmod(path.join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
    }
    await chmod(directory, 0o755);
    const again = await start(directory);
    await again.stop({ keepData: true });
    expect(await openToOthers(directory)).toEqual([]);
  });

  it('leaves what is not of the server as it is', async () => {
    const directory = await makeDirectory();
    await writeFile(path.join(directory, 'readme.txt'), 'mine', { mode: 0o644 });
    const server = await start(directory);
    await server.stop({ keepData: true });
    expect(await openToOthers(directory)).toEqual(['readme.txt 644']);
  });
});

describe('a store that is gone', () => {
  const open = (directory: string) => {
    const env = { DATA_DIR: directory, LOG_LEVEL: 'silent' };
    const [config, secrets] = [readConfig(env), readSecrets(env)];
    return openContext({ config, secrets, env, logger: silentLogger });
  };

  it.each([
    ['audio-log/user/session/000.log', 'audio-log/'],
    ['blobs/recordings/user/x.ogg', 'blobs/'],
    ['store.sqlite-wal', 'store.sqlite-wal'],
  ])('beside %s is no new installation', async (left, named) => {
    const directory = await makeDirectory();
    await mkdir(path.dirname(path.join(directory, left)), { recursive: true });
    await writeFile(path.join(directory, left), 'x');
    const message = expect.stringMatching(
      `is empty or gone, but .* still holds ${named}.*omi-backend restore`,
    );
    await expect(open(directory)).rejects.toMatchObject({ code: 'invalid-configuration', message });
    await writeFile(path.join(directory, 'store.sqlite'), '');
    await expect(open(directory)).rejects.toMatchObject({ code: 'invalid-configuration' });
    expect((await stat(path.join(directory, 'store.sqlite'))).size).toBe(0);
  });

  it('beside nothing is a new installation', async () => {
    const directory = await makeDirectory();
    await mkdir(path.join(directory, 'audio-log', 'user'), { recursive: true });
    await writeFile(path.join(directory, 'store.sqlite'), '');
    await (await open(directory)).close();
  });

  it('is told by the command line in words, without making an owner', async () => {
    const installation = await CliInstallation.create();
    try {
      const served = await installation.run(['token', 'create', '--create', '--user', 'ada']);
      expect(served.code).toBe(0);
      await mkdir(path.join(installation.dataDir, 'audio-log', 'u', 's'), { recursive: true });
      await writeFile(path.join(installation.dataDir, 'audio-log', 'u', 's', '0.log'), 'x');
      await truncate(path.join(installation.dataDir, 'store.sqlite'), 0);
      const refused = await installation.run(['serve']);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain('omi-backend restore');
      expect(refused.stdout).toBe('');
    } finally {
      await installation.remove();
    }
  });
});

describe('a second server', () => {
  let server: TestServer;
  afterEach(() => server.stop());

  it('on the same directory is refused and told who is there', async () => {
    server = await startTestServer();
    const env = { DATA_DIR: server.dataDir, PORT: '0', LOG_LEVEL: 'silent' };
    const [config, secrets] = [readConfig(env), readSecrets(env)];
    const context = await openContext({ config, secrets, env, logger: silentLogger });
    const refused = {
      code: 'conflict',
      message: expect.stringContaining('Another server runs on'),
    };
    await expect(startServer(context)).rejects.toMatchObject(refused);
    expect((await server.api('GET', '/v1/users/profile')).status).toBe(200);
  });

  it('may follow the first, and stand beside it if several processes are configured', async () => {
    const first = await startTestServer();
    await first.stop({ keepData: true });
    const again = await startTestServer({}, first.dataDir);
    await again.stop();
    const shared = { SQLITE_PATH: path.join(await makeDirectory(), 'shared.sqlite') };
    server = await startTestServer(shared);
    const beside = await startTestServer(shared, server.dataDir);
    await beside.stop({ keepData: true });
  });
});

it('a server that was killed leaves no lock behind', async () => {
  const installation = await CliInstallation.create();
  try {
    const first = await installation.serve();
    const refused = await installation.run(['serve']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/Another server runs on .* \(process \d+, http:\/\/127/);
    await first.kill();
    const second = await installation.serve();
    await second.stop();
  } finally {
    await installation.remove();
  }
});
