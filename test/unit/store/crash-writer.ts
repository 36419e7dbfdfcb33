import { silentLogger } from '../../../src/kernel/logger.ts';
import { openSqliteStore } from '../../../src/store/adapters/sqlite/sqlite-store.ts';
import { makeNote, notes, suiteCollections } from '../../contract/suite-collections.ts';

/** Writes numbered notes for ever, two a transaction, and prints each number once it is committed. */
const [path = ''] = process.argv.slice(2);
const store = await openSqliteStore({
  path,
  collections: suiteCollections,
  durability: 'process',
  logger: silentLogger,
});
for (let i = 0; ; i += 1) {
  await store.transact((tx) => {
    tx.create(notes, 'ann', makeNote({ id: `a${i}`, rank: i }));
    tx.create(notes, 'ann', makeNote({ id: `b${i}`, rank: i }));
  });
  process.stdout.write(`${i}\n`);
}
