import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Memory, makeMemory, memories } from '../../src/model/memory.ts';
import { searchChanges } from '../../src/model/search-change.ts';
import type { MemoryWire } from '../../src/wire/memory-wire.ts';
import { NOW } from '../harness/held-clock.ts';
import { type RestApp, startRestApp } from './rest-app.ts';

let app: RestApp;

beforeEach(async () => {
  app = await startRestApp();
});
afterEach(() => app.close());

const list = (query = '', uid = 'ada') =>
  app.call<MemoryWire[]>(uid, 'GET', `/v3/memories${query}`);
const contents = async (query = '') => (await list(query)).body.map(({ content }) => content);
const create = (body: object, uid = 'ada') =>
  app.call<MemoryWire>(uid, 'POST', '/v3/memories', body);

async function add(content: string, parts: Partial<Memory> = {}): Promise<string> {
  const memory = makeMemory({ uid: 'ada', content, createdAt: NOW, ...parts });
  await app.store.transact((tx) => tx.put(memories, 'ada', memory));
  return memory.id;
}

describe('memories over HTTP', () => {
  it('are added as manual, and once however often they are sent', async () => {
    const answer = await create({ content: 'Likes tea', category: 'work', headline: 'Tea' });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      uid: 'ada',
      content: 'Likes tea',
      category: 'manual',
      visibility: 'private',
      manually_added: true,
      reviewed: true,
      user_review: true,
      headline: 'Tea',
    });
    const again = await create({ content: 'Likes tea', visibility: 'public', tags: ['drinks'] });
    expect(again.body).toMatchObject({ id: answer.body.id, visibility: 'public' });
    expect((await list()).body).toHaveLength(1);
    expect((await list('', 'bob')).body).toEqual([]);
    expect((await create({})).status).toBe(422);
    const change = await app.store.find(searchChanges, 'ada', `memory:${answer.body.id}`);
    expect(change).toBeDefined();
  });

  it('that wait for a review are listed by themselves, and are known once confirmed', async () => {
    const id = await add('Is into pottery', { reviewed: false });
    await add('Has two cats');
    expect(await contents('?awaits_review=true')).toEqual(['Is into pottery']);
    expect(await contents('?awaits_review=false')).toEqual(['Has two cats']);
    await app.call('ada', 'POST', `/v3/memories/${id}/review?value=true`);
    expect(await contents('?awaits_review=true')).toEqual([]);
    expect(await contents()).toHaveLength(2);
  });

  it('come in pages of one length, of one kind, with words in them, or of one conversation', async () => {
    for (let n = 0; n < 7; n += 1) {
      await add(`Fact ${n} about ${n % 2 === 0 ? 'TEA' : 'coffee'}`, {
        createdAt: NOW - n,
        scoring: `00_999_${9 - n}`,
        category: n < 4 ? 'system' : 'interesting',
        reviewed: n !== 6,
        userReview: n === 1 ? false : null,
        conversationId: n === 2 ? 'talk' : null,
      });
    }
    const facts = async (query: string) =>
      (await contents(query)).map((content) => Number(content.split(' ')[1]));
    expect(await facts('?exact_pages=true&limit=2')).toEqual([0, 2]);
    expect(await facts('?exact_pages=true&limit=2&offset=2')).toEqual([3, 4]);
    expect(await facts('?exact_pages=true&limit=9&offset=4')).toEqual([5, 6]);
    expect(await facts('?exact_pages=true&categories=system')).toEqual([0, 2, 3]);
    expect(await facts('?exact_pages=true&awaits_review=true')).toEqual([6]);
    expect(await facts('?text=%20tea&limit=2')).toEqual([0, 2]);
    expect(await facts('?text=tea&limit=2&offset=2')).toEqual([4, 6]);
    expect(await facts('?text=lemonade')).toEqual([]);
    expect(await facts('?conversation_id=talk')).toEqual([2]);
    expect(await facts('?conversation_id=other')).toEqual([]);
    // Omi's first page has everything, whatever the limit.
    expect(await facts('?limit=2')).toEqual([0, 2, 3, 4, 5, 6]);
    expect((await list(`?text=${'x'.repeat(201)}`)).status).toBe(422);
  });

  it('are added in batches of up to 100', async () => {
    const batch = (n: number) =>
      app.call<{ memories: MemoryWire[] }>('ada', 'POST', '/v3/memories/batch', {
        memories: Array.from({ length: n }, (_, i) => ({ content: `Fact ${i}` })),
      });
    const answer = await batch(100);
    expect(answer.body).toMatchObject({ created_count: 100 });
    expect(answer.body.memories[99]).toMatchObject({ content: 'Fact 99', category: 'manual' });
    expect((await batch(101)).status).toBe(422);
    expect((await list()).body).toHaveLength(100);
  });

  it('are listed by scoring: manual, then system, then interesting; newest first', async () => {
    await add('interesting', { category: 'interesting' });
    await add('system old', { category: 'system', createdAt: NOW - 5000 });
    await add('system', { category: 'system' });
    await add('manual', { category: 'manual', manuallyAdded: true, createdAt: NOW - 9000 });
    expect(await contents()).toEqual(['manual', 'system', 'system old', 'interesting']);
    expect(await contents('?limit=1')).toHaveLength(4);
    expect(await contents('?limit=2&offset=1')).toEqual(['system', 'system old']);
    expect(await contents('?categories=manual,interesting')).toEqual(['manual', 'interesting']);
  });

  it('are left out after paging where the user has rejected them', async () => {
    await add('a', { createdAt: NOW - 1000 });
    const rejected = await add('b', { createdAt: NOW - 2000 });
    await add('c', { createdAt: NOW - 3000 });
    const answer = await app.call('ada', 'POST', `/v3/memories/${rejected}/review?value=false`);
    expect(answer).toEqual({ status: 200, body: { status: 'ok' } });
    expect(await contents()).toEqual(['a', 'c']);
    expect(await contents('?limit=1&offset=1')).toEqual([]);
    expect((await app.call('ada', 'POST', `/v3/memories/${rejected}/review`)).status).toBe(422);
  });

  it('are edited under their id', async () => {
    const id = await add('Has two cats');
    app.clock.advance(1000);
    const path = `/v3/memories/${id}?value=${encodeURIComponent('Has three cats')}`;
    expect((await app.call('ada', 'PATCH', path)).body).toEqual({ status: 'ok' });
    expect((await list()).body).toMatchObject([
      {
        id,
        content: 'Has three cats',
        edited: true,
        updated_at: new Date(NOW + 1000).toISOString(),
      },
    ]);
    const visibility = (value: string, uid = 'ada') =>
      app.call(uid, 'PATCH', `/v3/memories/${id}/visibility?value=${value}`);
    expect((await visibility('public')).status).toBe(200);
    expect(await visibility('shared')).toEqual({
      status: 400,
      body: { detail: 'Invalid visibility value', code: 'bad-request' },
    });
    expect((await visibility('public', 'bob')).status).toBe(404);
    expect((await list()).body).toMatchObject([{ visibility: 'public' }]);
  });

  it('are deleted one by one, or all', async () => {
    const id = await add('a');
    const locked = await add('l', { isLocked: true });
    const remove = (which: string, uid = 'ada') => app.call(uid, 'DELETE', `/v3/memories/${which}`);
    const missing = { status: 404, body: { detail: 'Memory not found', code: 'not-found' } };
    expect(await remove(id, 'bob')).toEqual(missing);
    expect(await remove(id)).toEqual({ status: 200, body: { status: 'ok' } });
    expect(await remove(id)).toEqual(missing);
    expect(await remove(locked)).toEqual({
      status: 402,
      body: { detail: 'A paid plan is required to access this memory.', code: 'payment-required' },
    });
    for (let i = 0; i < 210; i += 1) await add(`fact ${i}`);
    const { body } = await app.call('ada', 'DELETE', '/v3/memories');
    expect(body).toEqual({ status: 'ok', deletion_id: expect.any(String) });
    expect((await list()).body).toEqual([]);
  });
});
