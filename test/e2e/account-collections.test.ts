import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signInCutoffs } from '../../src/model/accounts/sign-in-cutoff.ts';
import { type CollectionDefinition, GLOBAL } from '../../src/model/collection.ts';
import { COLLECTIONS } from '../../src/model/collections.ts';
import { NOT_EXPORTED, SHOWN_ELSEWHERE } from '../../src/transfer/account-export.ts';
import { OWNED_GLOBALS } from '../../src/transfer/archive-collections.ts';
import { arbitraryOf } from '../fixtures/schema-arbitrary.ts';
import { startTestServer, type TestServer } from './test-server.ts';

/** Global collections whose documents outlive the account of a user that they name, and why. */
const STAYS: Readonly<Record<string, string>> = {
  [signInCutoffs.name]: 'keeps sign-ins of before the deletion refused',
};

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** A document of a collection, with values that its schema takes, of the given user. */
function documentOf(collection: CollectionDefinition, uid: string, id: string): { id: string } {
  const [made] = fc.sample(arbitraryOf(collection.schema), { numRuns: 1, seed: 7 });
  const document = { ...(made as { id: string } & Record<string, unknown>) };
  if ('uid' in document) document.uid = uid;
  // Some collections have one document, with an id that the schema gives.
  return collection.schema.safeParse({ ...document, id }).success ? { ...document, id } : document;
}

async function newUser(name: string) {
  const { id } = await server.context.accounts.createUser(name);
  const { token } = await server.context.accounts.createToken(id, 'test');
  return { uid: id, token };
}

async function put(collection: CollectionDefinition, owner: string, document: { id: string }) {
  await server.context.store.transact((tx) => tx.put(collection, owner, document));
}

const own = COLLECTIONS.filter(({ scope }) => scope === 'user');
const globals = COLLECTIONS.filter(({ scope }) => scope === 'global');

describe('the export of an account', () => {
  it('holds a document of each collection that has no reason to be left out', async () => {
    const { uid, token } = await newUser('exported');
    const others = own.filter(({ name }) => !(name in SHOWN_ELSEWHERE));
    for (const collection of others) {
      await put(collection, uid, documentOf(collection, uid, `of-${collection.name}`));
    }
    for (const collection of OWNED_GLOBALS as unknown as readonly CollectionDefinition[]) {
      await put(collection, GLOBAL, documentOf(collection, uid, `of-${collection.name}`));
    }
    const { status, body } = await server.api('GET', '/v1/users/export', undefined, token);
    expect(status).toBe(200);
    const file = body as { other: Record<string, { id: string }[]> };
    const shown = Object.entries(file.other).flatMap(([name, documents]) =>
      documents.length > 0 ? [name] : [],
    );
    const wanted = [...others, ...OWNED_GLOBALS].flatMap(({ name }) =>
      name in NOT_EXPORTED ? [] : [name],
    );
    expect(shown.sort()).toEqual(wanted.sort());
  });

  it('has each list that stands for collections, and names none that there is not', async () => {
    const { body } = await server.api('GET', '/v1/users/export');
    const lists = Object.keys(body as object);
    for (const [name, list] of Object.entries(SHOWN_ELSEWHERE)) expect(lists, name).toContain(list);
    const names = new Set(own.map(({ name }) => name));
    for (const name of [...Object.keys(SHOWN_ELSEWHERE), ...Object.keys(NOT_EXPORTED)]) {
      expect(names).toContain(name);
    }
  });
});

describe('the deletion of an account', () => {
  it('leaves no document of any collection, and none anywhere that names the user', async () => {
    const { uid, token } = await newUser('erased');
    for (const collection of own) {
      await put(collection, uid, documentOf(collection, uid, `of-${collection.name}`));
    }
    for (const collection of globals) {
      if (collection.name === 'users') continue;
      const document = documentOf(collection, uid, `${collection.name}-of-${uid}`);
      if (JSON.stringify({ ...document, id: '' }).includes(uid)) {
        await put(collection, GLOBAL, document);
      }
    }
    await put(signInCutoffs as unknown as CollectionDefinition, GLOBAL, {
      id: uid,
      validAfter: 0,
    } as { id: string });
    const { status } = await server.api('DELETE', '/v1/users/delete-account', {}, token);
    expect(status).toBe(200);
    const left: string[] = [];
    const { store } = server.context;
    for await (const { collection } of store.exportOwner(uid)) left.push(collection);
    for await (const { collection, document } of store.exportOwner(GLOBAL)) {
      const names = JSON.stringify(document).includes(uid);
      if (names && !(collection in STAYS)) left.push(collection);
    }
    expect(left).toEqual([]);
  });
});
