import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { IssuerAccounts } from '../../../src/auth/issuer-accounts.ts';
import { LocalAccounts } from '../../../src/auth/local-accounts.ts';
import { makeUser, type User, users } from '../../../src/model/accounts/user.ts';
import { GLOBAL } from '../../../src/model/collection.ts';
import { NOW } from '../../harness/held-clock.ts';
import { openTestStore } from '../../harness/test-store.ts';

const ISSUER = 'https://login.example';
const OTHER = 'https://other.example';
const MADE = /^oidc-[0-9a-f]{40}$/;
let opened: Awaited<ReturnType<typeof openTestStore>>;
let local: LocalAccounts;
let now = NOW;
const clock = { now: () => now };

beforeEach(async () => {
  now = NOW;
  opened = await openTestStore();
  local = new LocalAccounts({ store: opened.store, clock });
});
afterEach(() => opened.close());

/** The accounts of an issuer, as a server opens them. */
async function open(
  issuer = ISSUER,
  uids: 'subject' | 'issuer-and-subject' = 'issuer-and-subject',
): Promise<IssuerAccounts> {
  const accounts = new IssuerAccounts({ store: opened.store, clock, issuer, uids });
  await accounts.prepare();
  return accounts;
}

/** A user as an earlier release has stored one, without `identity`. */
async function addFormer(id: string, name: string | null = null): Promise<void> {
  const { identity, ...former } = makeUser({ id, createdAt: now, name });
  await opened.store.transact((tx) => tx.create(users, GLOBAL, former as User));
}
const uidOf = async (accounts: IssuerAccounts, subject: string) =>
  await accounts.ensure(subject, null);

describe('accounts of an OpenID Connect issuer', () => {
  it('get a uid of issuer and subject, the same each time and in each process', async () => {
    const uid = await uidOf(await open(), 'ann');
    expect(uid).toMatch(MADE);
    const accounts = await open();
    expect(await uidOf(accounts, 'ann')).toBe(uid);
    expect(await uidOf(accounts, 'ann')).toBe(uid);
    expect(await uidOf(accounts, 'bob')).not.toBe(uid);
    expect(await accounts.find('ann')).toEqual({ uid, formerUids: [uid, 'ann'], exists: true });
  });

  it('differ from those of another issuer with the same subjects', async () => {
    const ann = await uidOf(await open(), 'ann');
    expect(await uidOf(await open(OTHER), 'ann')).not.toBe(ann);
  });

  it('are never a local account, nor another user, whatever the subject is', async () => {
    const accounts = await open();
    const owner = await local.ensureOwner();
    const anna = await local.createUser('anna');
    const ann = await uidOf(accounts, 'ann');
    for (const id of [owner?.user.id ?? '', anna.id]) {
      expect(await uidOf(accounts, id)).toMatch(MADE);
    }
    // A subject that is another user's id, in any form in which ids are made.
    for (const id of [ann ?? '', `sub-${'a'.repeat(40)}`, `oidc-${'a'.repeat(40)}`, 'local', '']) {
      expect(await uidOf(accounts, id)).toBeNull();
      expect(await accounts.find(id)).toBeNull();
    }
  });

  it('keep their data if an earlier release has made them', async () => {
    await addFormer('ann');
    const strange = 'auth0|ann';
    await addFormer('sub-cd7f1a10f10b7f7ee8a7b3bd0d3ab2f86e3b2e07');
    const accounts = await open();
    expect(await uidOf(accounts, 'ann')).toBe('ann');
    expect((await opened.store.find(users, GLOBAL, 'ann'))?.identity).not.toBeNull();
    expect(await uidOf(await open(), 'ann')).toBe('ann');
    const { formerUids } = (await accounts.find(strange)) ?? { formerUids: [] };
    await addFormer(formerUids[1] ?? '');
    expect(await uidOf(await open(), strange)).toBe(formerUids[1]);
  });

  it('of earlier releases belong to the issuer that was configured then', async () => {
    await addFormer('ann');
    await addFormer('bob');
    const first = await open();
    const other = await open(OTHER);
    expect(await uidOf(other, 'ann')).toMatch(MADE);
    expect(await uidOf(first, 'ann')).toBe('ann');
    expect(await uidOf(other, 'bob')).toMatch(MADE);
  });

  it('of earlier releases are not taken for local accounts, nor the other way round', async () => {
    await addFormer('6b0f7a3e-1111-4222-8333-944445555666', 'local');
    await local.createToken('6b0f7a3e-1111-4222-8333-944445555666', 'first');
    await addFormer('ann');
    now += 3_600_000;
    await local.createToken('ann', 'by hand, later');
    const accounts = await open();
    expect(await uidOf(accounts, '6b0f7a3e-1111-4222-8333-944445555666')).toMatch(MADE);
    expect(await uidOf(accounts, 'ann')).toBe('ann');
  });

  it('are looked up again after they were deleted', async () => {
    const accounts = await open();
    const uid = await uidOf(accounts, 'ann');
    await opened.store.transact((tx) => tx.delete(users, GLOBAL, uid ?? ''));
    accounts.forget(uid ?? '');
    expect(await accounts.find('ann')).toMatchObject({ uid, exists: false });
    expect(await uidOf(accounts, 'ann')).toBe(uid);
  });
});

describe('accounts of Firebase', () => {
  const firebase = 'https://securetoken.google.com/demo';

  it('have the uid of Firebase, also if Omi or an earlier release has made them', async () => {
    const accounts = await open(firebase, 'subject');
    expect(await uidOf(accounts, 'kX2fire')).toBe('kX2fire');
    await addFormer('byOmi');
    expect(await uidOf(accounts, 'byOmi')).toBe('byOmi');
    expect(await uidOf(await open(firebase, 'subject'), 'byOmi')).toBe('byOmi');
  });

  it('are refused if the uid is a local account or of another issuer', async () => {
    const owner = await local.ensureOwner();
    const accounts = await open(firebase, 'subject');
    expect(await uidOf(accounts, owner?.user.id ?? '')).toBeNull();
    const ann = await uidOf(await open(OTHER), 'ann');
    expect(await uidOf(accounts, ann ?? '')).toBeNull();
    await addFormer('former-local');
    await local.createToken('former-local', 'first');
    expect(await uidOf(accounts, 'former-local')).toBeNull();
    await uidOf(accounts, 'kX2fire');
    expect(await uidOf(await open(OTHER, 'subject'), 'kX2fire')).toBeNull();
    expect(await uidOf(await open(OTHER), 'kX2fire')).toMatch(MADE);
  });
});

describe('names that an issuer tells', () => {
  it('never stand for a local account', async () => {
    const accounts = await open();
    await accounts.ensure('mallory', 'owner');
    await accounts.ensure('eve', 'anna');
    expect(await local.findUserByName('owner')).toBeUndefined();
    const eve = await local.findUserByName('anna');
    expect(eve?.id).toMatch(MADE);
    now += 1_000;
    const { store } = opened;
    const anna = makeUser({ id: 'anna-id', createdAt: now, name: 'anna', identity: 'local' });
    await store.transact((tx) => tx.create(users, GLOBAL, anna));
    expect((await local.findUserByName('anna'))?.id).toBe('anna-id');
  });
});
