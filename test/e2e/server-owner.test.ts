import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restoreBackup } from '../../src/transfer/data-backup.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { startTestServer, type TestServer } from './test-server.ts';

interface User {
  id: string;
  name: string | null;
  is_owner: boolean;
  sign_ins: number;
}

const KEY = 'deepgram-key-that-nobody-may-read';

describe('the server as its owner sees it', () => {
  let stt: DeepgramSimulator;
  let server: TestServer;
  let owner: string;
  let other: string;

  beforeAll(async () => {
    stt = await DeepgramSimulator.start({ clips: [] });
    server = await startTestServer({ DEEPGRAM_API_KEY: KEY, DEEPGRAM_BASE_URL: stt.url });
    // The tests' own user comes first; the owner is the account that is called so.
    const { accounts } = server.context;
    const made = await accounts.findUserByName('owner');
    const ownerId = made?.id ?? (await accounts.createUser('owner')).id;
    owner = (await accounts.createToken(ownerId, 'test')).token;
    const stranger = await accounts.createUser('Stranger');
    other = (await accounts.createToken(stranger.id, 'test')).token;
  });
  afterAll(async () => {
    await server?.stop();
    await stt?.close();
  });

  const call = async <T>(method: string, route: string, body?: unknown, token = owner) => {
    const answer = await server.api(method, route, body, token);
    return { status: answer.status, body: answer.body as T };
  };
  const users = async () => (await call<{ users: User[] }>('GET', '/v1/server/users')).body.users;

  it('says to everybody what it hears and understands with, and who owns it', async () => {
    const uses = { hears: ['deepgram'], understands: null };
    expect((await call('GET', '/v1/server')).body).toMatchObject({ ...uses, is_owner: true });
    expect((await call('GET', '/v1/server', undefined, other)).body).toMatchObject({
      ...uses,
      is_owner: false,
    });
  });

  it('refuses everybody else, and changes nothing', async () => {
    const [first] = await users();
    for (const [method, route, body] of [
      ['GET', '/v1/server/checks'],
      ['GET', '/v1/server/users'],
      ['POST', '/v1/server/users', { name: 'Eve' }],
      ['POST', `/v1/server/users/${first?.id}/sign-in-link`],
      ['POST', `/v1/server/users/${first?.id}/revoke`],
      ['GET', '/v1/server/backup'],
      ['POST', '/v1/server/backup'],
      ['DELETE', '/v1/server/backup'],
      ['GET', '/v1/server/backup/file'],
    ] as const) {
      expect((await call(method, route, body, other)).status, `${method} ${route}`).toBe(403);
    }
    expect((await users()).map(({ name }) => name)).not.toContain('Eve');
    expect(server.context.backupTask.state.state).toBe('none');
  });

  it('finds what doctor finds, without a secret', async () => {
    const { status, body } = await call<{ findings: { subject: string; verdict: string }[] }>(
      'GET',
      '/v1/server/checks',
    );
    expect(status).toBe(200);
    const verdicts = Object.fromEntries(body.findings.map((each) => [each.subject, each.verdict]));
    expect(verdicts).toMatchObject({
      'Node.js': 'ok',
      'Data directory': 'ok',
      'Document store': 'ok',
      'Search index': 'ok',
      'Language model': 'note',
      Jobs: 'ok',
    });
    expect(verdicts['Speech-to-text: deepgram']).toBeDefined();
    expect(JSON.stringify(body)).not.toContain(KEY);
  });

  it('adds a user who signs in once by a link, and signs the user out everywhere', async () => {
    const added = await call<User>('POST', '/v1/server/users', { name: ' Lea ' });
    expect(added.body).toMatchObject({ name: 'Lea', is_owner: false, sign_ins: 0 });
    expect((await call('POST', '/v1/server/users', { name: 'Lea' })).status).toBe(409);
    expect((await call('POST', '/v1/server/users', { name: ' ' })).status).toBe(422);
    const linkFor = async () => {
      const route = `/v1/server/users/${added.body.id}/sign-in-link`;
      return new URL((await call<{ url: string }>('POST', route)).body.url).hash.slice(
        '#code='.length,
      );
    };
    const signIn = (code: string) =>
      fetch(`${server.url}/v1/auth/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ code }),
      });
    const first = await linkFor();
    const session = await signIn(first);
    expect(session.status).toBe(200);
    expect((await signIn(first)).status).toBe(403);
    const cookie = session.headers.get('set-cookie')?.split(';')[0] ?? '';
    const asLea = () => fetch(`${server.url}/v1/users/profile`, { headers: { cookie } });
    expect((await asLea()).status).toBe(200);
    expect(await users()).toContainEqual(expect.objectContaining({ name: 'Lea', sign_ins: 1 }));

    const unused = await linkFor();
    const revoke = `/v1/server/users/${added.body.id}/revoke`;
    expect((await call('POST', revoke)).body).toEqual({ revoked: 1 });
    expect((await asLea()).status).toBe(401);
    expect((await signIn(unused)).status).toBe(403);
    expect((await call('POST', revoke)).body).toEqual({ revoked: 0 });
    expect((await signIn(await linkFor())).status).toBe(200);
  });

  it('shows users in pages, and does not sign the owner out', async () => {
    const names: (string | null)[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { body }: { body: { users: User[]; next_cursor: string | null } } = await call(
        'GET',
        `/v1/server/users?limit=1${query}`,
      );
      names.push(...body.users.map(({ name }) => name));
      cursor = body.next_cursor;
    }
    expect(names).toEqual((await users()).map(({ name }) => name));
    expect((await call('GET', '/v1/server/users?limit=101')).status).toBe(422);
    const self = (await users()).find((user) => user.is_owner);
    expect((await call('POST', `/v1/server/users/${self?.id}/revoke`)).status).toBe(400);
    expect((await call('POST', '/v1/server/users/nobody/revoke')).status).toBe(404);
    expect((await call('POST', '/v1/server/users/nobody/sign-in-link')).status).toBe(404);
  });

  it('makes a backup that can be restored, and removes it', async () => {
    expect((await call('GET', '/v1/server/backup')).body).toMatchObject({
      supported: true,
      state: 'none',
    });
    expect((await call('GET', '/v1/server/backup/file')).status).toBe(404);
    expect((await call('POST', '/v1/server/backup')).status).toBe(202);
    await expect
      .poll(async () => (await call<{ state: string }>('GET', '/v1/server/backup')).body.state)
      .toBe('done');
    const file = await fetch(`${server.url}/v1/server/backup/file`, {
      headers: { authorization: `Bearer ${owner}` },
    });
    expect(file.headers.get('content-disposition')).toMatch(
      /^attachment; filename="omi-backup-.*\.tar\.gz"$/,
    );
    const bytes = Buffer.from(await file.arrayBuffer());
    expect(bytes.length).toBe(Number(file.headers.get('content-length')));
    const folder = await mkdtemp(path.join(tmpdir(), 'omi-restored-'));
    try {
      const source = path.join(folder, 'backup.tar.gz');
      await writeFile(source, bytes);
      const dataDir = path.join(folder, 'data');
      await restoreBackup({ source, dataDir, onProgress: () => undefined });
      expect(await readdir(dataDir)).toContain('store.sqlite');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    expect((await call('DELETE', '/v1/server/backup')).status).toBe(200);
    expect((await call('GET', '/v1/server/backup/file')).status).toBe(404);
    expect(await readdir(server.context.config.dataDir)).not.toContain('backups');
  });
});
