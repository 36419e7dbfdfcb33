import path from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { eventually } from '../fixtures/eventually.ts';
import { ListenClient } from './listen-client.ts';
import { startTestServer } from './test-server.ts';

const SECRET = { ENCRYPTION_SECRET: 'a secret of at least thirty-two bytes, for tests' };
const WORD = 'zanzibarquartz';
const MEMORIES = 60;

/** Rows of the store that hold the word in plain, by table. */
function plainRows(dataDir: string): string[] {
  const db = new Database(path.join(dataDir, 'store.sqlite'), { readonly: true });
  try {
    const tables = db
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .all() as { name: string }[];
    return tables.flatMap(({ name }) => {
      const columns = db.pragma(`table_info("${name}")`) as { name: string }[];
      const held = columns.some(({ name: column }) => {
        const sql = `SELECT count(*) AS n FROM "${name}" WHERE instr(CAST("${column}" AS TEXT), ?) > 0`;
        return (db.prepare(sql).get(WORD) as { n: number }).n > 0;
      });
      return held ? [name] : [];
    });
  } finally {
    db.close();
  }
}

it('what was stored before there was a secret is encrypted in place, over a restart', async () => {
  const first = await startTestServer();
  const { dataDir, token } = first;
  const client = await ListenClient.connect(first.wsUrl, token, { custom_stt: 'enabled' });
  await client.ready();
  client.suggest([{ text: `The ${WORD} was found below the old bridge.`, start: 0, end: 5 }]);
  await client.until(() => client.segments.size === 1);
  const ended = await first.api('POST', '/v1/conversations', {});
  const { id } = (ended.body as { conversation: { id: string } }).conversation;
  await client.close();
  for (let index = 0; index < MEMORIES; index += 20) {
    const memories = Array.from({ length: 20 }, (_, each) => ({
      content: `Fact ${index + each} about ${WORD}.`,
    }));
    await first.api('POST', '/v3/memories/batch', { memories });
  }
  const refused = await first.api('POST', '/v1/users/migration/requests', {
    target_level: 'enhanced',
  });
  expect(refused.status).toBe(503);
  await first.stop({ keepData: true });
  expect(plainRows(dataDir)).toContain('memories');

  const second = await startTestServer(SECRET, dataDir);
  const wrong = await second.api('POST', '/v1/users/migration/requests', {
    target_level: 'standard',
  });
  expect(wrong.status).toBe(400);
  const started = await second.api('POST', '/v1/users/migration/requests', {
    target_level: 'enhanced',
  });
  expect(started.body).toEqual({ status: 'ok' });
  // Whatever it has done by now, the next server goes on there.
  await second.stop({ keepData: true });

  const third = await startTestServer(SECRET, dataDir);
  await eventually(async () => {
    const { body } = await third.api('GET', '/v1/users/encryption');
    expect(body).toMatchObject({ status: 'done' });
  });
  const list = await third.api('GET', '/v3/memories');
  expect(
    (list.body as { content: string }[]).filter(({ content }) => content.includes(WORD)),
  ).toHaveLength(MEMORIES);
  const read = await third.api('GET', `/v1/conversations/${id}`);
  expect(JSON.stringify(read.body)).toContain(`The ${WORD} was found`);
  const profile = await third.api('GET', '/v1/users/profile');
  expect(profile.body).toMatchObject({ data_protection_level: 'enhanced' });
  await third.stop({ keepData: true });
  expect(plainRows(dataDir).filter((table) => table !== 'conversations')).toEqual([]);
});
