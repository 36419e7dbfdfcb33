import { readMeta, type Sqlite, writeMeta } from './index-file.ts';
import { RemoteVectors } from './remote-vectors.ts';

/** What the file says where its vectors are in itself; so do files that never said anything. */
const HERE = 'file';

/**
 * Notes where the vectors of a file live. If that has changed none of them is there: those in
 * the file go, and every document waits for its vector. What a service has that is left stays there.
 */
export function moveVectors(db: Sqlite, home: string | null): void {
  const wanted = home ?? HERE;
  if (String(readMeta(db, 'vector_home') ?? HERE) === wanted) return;
  db.transaction(() => {
    if (Number(readMeta(db, 'vector_dimension') ?? 0) > 0) db.exec('DROP TABLE vectors');
    writeMeta(db, 'vector_dimension', 0);
    waitForAll(db);
    writeMeta(db, 'vector_home', wanted);
  })();
}

/** Vectors elsewhere; those of another model are written anew over the old ones. */
export function openRemote(db: Sqlite, model: string | null): RemoteVectors {
  if (model !== null && readMeta(db, 'vector_model') !== model) {
    db.transaction(() => {
      db.exec('UPDATE docs SET embedded = 0 WHERE embedded = 1');
      writeMeta(db, 'vector_model', model);
    })();
  }
  return new RemoteVectors(db);
}

function waitForAll(db: Sqlite): void {
  db.exec('UPDATE docs SET embedded = 0 WHERE embedded = 1');
  db.exec('DELETE FROM gone');
}
