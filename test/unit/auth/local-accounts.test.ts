import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalAccounts } from '../../../src/auth/local-accounts.ts';
import { accessTokens } from '../../../src/model/accounts/access-token.ts';
import { GLOBAL } from '../../../src/model/collection.ts';
import { NOW } from '../../harness/held-clock.ts';
import { openTestStore } from '../../harness/test-store.ts';

let opened: Awaited<ReturnType<typeof openTestStore>>;
let accounts: LocalAccounts;

beforeEach(async () => {
  opened = await openTestStore();
  accounts = new LocalAccounts({ store: opened.store, clock: { now: () => NOW } });
});
afterEach(() => opened.close());

describe('LocalAccounts', () => {
  it('makes an owner on an empty installation, once', async () => {
    const owner = await accounts.ensureOwner();
    expect(owner?.token).toMatch(/^omi_[A-Za-z0-9_-]{43}$/);
    expect(owner?.user.name).toBe('owner');
    expect(await accounts.verify(owner?.token ?? '')).toEqual({ uid: owner?.user.id });
    expect(await accounts.ensureOwner()).toBeUndefined();
    expect(await accounts.listUsers()).toHaveLength(1);
  });

  it('keeps the hash of a token and never the token', async () => {
    const user = await accounts.createUser('Ada');
    const { token, record } = await accounts.createToken(user.id, 'phone');
    expect(record.id).toBe(createHash('sha256').update(token).digest('hex'));
    expect(record.hint).toBe(`${token.slice(0, 8)}...${token.slice(-4)}`);
    const stored = await opened.store.find(accessTokens, GLOBAL, record.id);
    expect(stored).toEqual(record);
    expect(JSON.stringify(stored)).not.toContain(token);
  });

  it('finds users by name and refuses a second one of the same name', async () => {
    const user = await accounts.createUser(' Ada ');
    expect(await accounts.findUserByName('Ada')).toEqual(user);
    expect(await accounts.findUserByName('Bob')).toBeUndefined();
    await expect(accounts.createUser('Ada')).rejects.toMatchObject({ code: 'already-exists' });
    await expect(accounts.createUser(' ')).rejects.toMatchObject({ code: 'bad-request' });
  });

  it('makes no token for nobody', async () => {
    await expect(accounts.createToken('nobody', 'x')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('revokes by id, hint or name, and only what is meant', async () => {
    const ada = await accounts.createUser('Ada');
    const bob = await accounts.createUser('Bob');
    const phone = await accounts.createToken(ada.id, 'phone');
    const laptop = await accounts.createToken(ada.id, 'laptop');
    const other = await accounts.createToken(bob.id, 'phone');
    await expect(accounts.revokeToken('phone')).rejects.toMatchObject({ code: 'bad-request' });
    await accounts.revokeToken(phone.record.id);
    expect(await accounts.verify(phone.token)).toBeNull();
    await accounts.revokeToken('phone');
    expect(await accounts.verify(other.token)).toBeNull();
    expect(await accounts.verify(laptop.token)).toEqual({ uid: ada.id });
    await accounts.revokeToken(laptop.record.hint);
    expect(await accounts.verify(laptop.token)).toBeNull();
    await expect(accounts.revokeToken('laptop')).rejects.toMatchObject({ code: 'not-found' });
    const listed = await accounts.listTokens(ada.id);
    expect(listed.map(({ name, revokedAt }) => [name, revokedAt]).sort()).toEqual([
      ['laptop', NOW],
      ['phone', NOW],
    ]);
    expect(await accounts.listTokens('all')).toHaveLength(3);
  });

  it('knows no token that it has not made', async () => {
    for (const token of ['', 'omi_', 'admin', `omi_${'a'.repeat(43)}`, `omi_${'a'.repeat(44)}`]) {
      expect(await accounts.verify(token)).toBeNull();
    }
  });
});
