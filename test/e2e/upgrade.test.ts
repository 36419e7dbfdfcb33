import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { openSqlite } from '../../src/kernel/sqlite/open-sqlite.ts';
import { SCHEMA_VERSION } from '../../src/store/adapters/sqlite/migrations.ts';
import { restoreBackup } from '../../src/transfer/data-backup.ts';
import { CliInstallation } from './cli-process.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const RELEASED = fileURLToPath(new URL('../fixtures/data-directories/', import.meta.url));
const folders: string[] = [];

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

/** Lays out the data directory of a release, as its backup has it. */
async function dataOf(fixture: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'omi-upgrade-'));
  folders.push(folder);
  const dataDir = path.join(folder, 'data');
  const source = path.join(RELEASED, fixture);
  await restoreBackup({ source, dataDir, onProgress: () => undefined });
  return dataDir;
}

function schemaOf(file: string): unknown {
  const db = openSqlite(file, { readonly: true });
  try {
    return db.pragma('user_version', { simple: true });
  } finally {
    db.close();
  }
}

async function found(server: TestServer, method: string, route: string, body?: unknown) {
  const answer = await server.api(method, route, body);
  expect(answer.status, route).toBe(200);
  return JSON.stringify(answer.body);
}

describe.each(readdirSync(RELEASED))('the data directory of %s', (fixture) => {
  it('is migrated at the start and holds everything that it held', async () => {
    const dataDir = await dataOf(fixture);
    const store = path.join(dataDir, 'store.sqlite');
    const before = Number(schemaOf(store));
    const server = await startTestServer({ STORE: 'sqlite' }, dataDir);
    try {
      expect(await found(server, 'GET', '/v1/conversations')).toContain('Spring Market');
      expect(await found(server, 'GET', '/v1/action-items')).toMatch(/Order a queen excluder/);
      expect(await found(server, 'GET', '/v3/memories')).toContain('Keeps two bees in the garden');
      expect(await found(server, 'GET', '/v1/users/people')).toContain('Ben');
      const query = { query: 'stall holders' };
      const hits = await found(server, 'POST', '/v1/conversations/search', query);
      expect(hits).toContain('Spring Market');
      const made = await server.api('POST', '/v1/action-items', { description: 'Buy sugar' });
      expect(made.status).toBe(200);
    } finally {
      await server.stop({ keepData: true });
    }
    expect(schemaOf(store)).toBe(SCHEMA_VERSION);
    const copy = `${store}.schema-${before}`;
    expect(existsSync(copy)).toBe(before < SCHEMA_VERSION);
    if (before === SCHEMA_VERSION) return;
    expect(schemaOf(copy)).toBe(before);
    expect((await stat(copy)).mode & 0o777).toBe(0o600);
  });

  it('is restored and migrated by the command line, which an older program then refuses', async () => {
    const installation = await CliInstallation.create();
    const store = path.join(installation.dataDir, 'store.sqlite');
    const archive = path.join(installation.directory, 'owner.tar');
    const backup = path.join(installation.directory, 'newer.tar.gz');
    try {
      expect(await installation.run(['restore', path.join(RELEASED, fixture)])).toMatchObject({
        code: 0,
      });
      // The first command that opens the store migrates it.
      expect(await installation.run(['export', '--out', archive])).toMatchObject({ code: 0 });
      expect(schemaOf(store)).toBe(SCHEMA_VERSION);
      const db = openSqlite(store);
      db.pragma(`user_version = ${SCHEMA_VERSION + 1}`);
      db.close();
      for (const args of [['serve'], ['token', 'list'], ['backup', backup]]) {
        const refused = await installation.run(args);
        expect(refused.code, args.join(' ')).toBe(2);
        expect(refused.stderr).toContain('Nothing was changed. Install that release');
      }
      expect(existsSync(backup)).toBe(false);
      expect(schemaOf(store)).toBe(SCHEMA_VERSION + 1);
    } finally {
      await installation.remove();
    }
  });
});
