import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GLOBAL } from '../../src/model/collection.ts';
import { queryAll } from '../../src/store/collection.ts';
import type { DocumentStore, Transaction } from '../../src/store/document-store.ts';
import { makeNote, type Note, notes, settings, tags } from './suite-collections.ts';

export interface SuiteStore {
  /** The store under test. */
  store: DocumentStore;
  /** A second handle on the same documents, as another process would have one. */
  other: DocumentStore;
  dispose(): Promise<void>;
}

/** What every document store has to do; run once for each engine, and with forced reruns. */
export function documentStoreSuite(name: string, open: () => Promise<SuiteStore>): void {
  describe(`document store: ${name}`, () => {
    let opened: SuiteStore;
    let store: DocumentStore;

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.dispose());

    const write = (fn: (tx: Transaction) => void): Promise<void> => store.transact((tx) => fn(tx));
    /** In commits that every engine takes. */
    const put = async (owner: string, ...documents: Note[]): Promise<void> => {
      for (let from = 0; from < documents.length; from += 400) {
        await write((tx) => {
          for (const document of documents.slice(from, from + 400)) tx.put(notes, owner, document);
        });
      }
    };

    describe('documents', () => {
      it('are found as they were created, and not where there are none', async () => {
        const note = makeNote({ id: 'n', text: 'Grüße 🌍', tags: ['a', 'b'], rank: 1.5 });
        await write((tx) => tx.create(notes, 'ann', note));
        expect(await store.find(notes, 'ann', 'n')).toEqual(note);
        expect(await store.find(notes, 'ann', 'm')).toBeUndefined();
      });

      it('have no empty id', async () => {
        expect(await store.find(notes, 'ann', '')).toBeUndefined();
        expect(await store.findMany(notes, 'ann', ['', ''])).toEqual([]);
        await store.transact(async (tx) => {
          expect(await tx.find(notes, 'ann', '')).toBeUndefined();
        });
        const nameless = write((tx) => tx.put(notes, 'ann', makeNote({ id: '' })));
        await expect(nameless).rejects.toMatchObject({ code: 'internal' });
      });

      it('keep text that is no valid Unicode, as such or mended', async () => {
        const half = 'half \ud83d of a pair';
        const note = makeNote({ id: 'n', text: half, name: half, tags: ['\udc00'] });
        await put('ann', note);
        const found = await store.find(notes, 'ann', 'n');
        expect(found?.text.toWellFormed()).toBe(half.toWellFormed());
        expect(found?.tags.map((tag) => tag.toWellFormed())).toEqual(['\ufffd']);
        const request = { query: 'byRankDown', filters: { name: half }, limit: 2 } as const;
        expect((await store.query(notes, 'ann', request)).items).toHaveLength(1);
        await write((tx) => tx.patch(notes, 'ann', 'n', { text: '\ud800' }));
        expect((await store.find(notes, 'ann', 'n'))?.text.toWellFormed()).toBe('\ufffd');
      });

      it('cannot be created twice', async () => {
        await put('ann', makeNote({ id: 'n', text: 'first' }));
        const again = write((tx) => tx.create(notes, 'ann', makeNote({ id: 'n', text: 'second' })));
        await expect(again).rejects.toMatchObject({ code: 'already-exists' });
        expect(await store.find(notes, 'ann', 'n')).toMatchObject({ text: 'first' });
      });

      it('are added or replaced whole by put', async () => {
        await put('ann', makeNote({ id: 'n', text: 'first', tags: ['a'] }));
        await put('ann', makeNote({ id: 'n', text: 'second' }));
        expect(await store.find(notes, 'ann', 'n')).toEqual(makeNote({ id: 'n', text: 'second' }));
      });

      it('keep by patch what is not given, and lose what is given whole', async () => {
        await put('ann', makeNote({ id: 'n', text: 'kept', rank: 7, tags: ['a', 'b'] }));
        await write((tx) => tx.patch(notes, 'ann', 'n', { tags: ['c'], rank: null }));
        const expected = makeNote({ id: 'n', text: 'kept', rank: null, tags: ['c'] });
        expect(await store.find(notes, 'ann', 'n')).toEqual(expected);
      });

      it('cannot be patched where they are absent', async () => {
        const patched = write((tx) => tx.patch(notes, 'ann', 'n', { text: 'x' }));
        await expect(patched).rejects.toMatchObject({ code: 'not-found' });
        expect(await store.find(notes, 'ann', 'n')).toBeUndefined();
      });

      it('are gone once deleted; deleting what is absent is no error', async () => {
        await put('ann', makeNote({ id: 'n' }));
        await write((tx) => {
          tx.delete(notes, 'ann', 'n');
          tx.delete(notes, 'ann', 'never');
        });
        expect(await store.find(notes, 'ann', 'n')).toBeUndefined();
      });

      it('are found many at a time, in the order asked for', async () => {
        await put('ann', makeNote({ id: 'a' }), makeNote({ id: 'b' }), makeNote({ id: 'c' }));
        const found = await store.findMany(notes, 'ann', ['c', 'missing', 'a']);
        expect(found.map((note) => note.id)).toEqual(['c', 'a']);
        expect(await store.findMany(notes, 'ann', [])).toEqual([]);
      });

      it('that do not fit their schema are not written, by create, put or patch', async () => {
        await put('ann', makeNote({ id: 'good' }));
        const bad = { ...makeNote({ id: 'bad' }), rank: 'high' } as unknown as Note;
        await expect(write((tx) => tx.create(notes, 'ann', bad))).rejects.toThrow(/rank/);
        const half = write((tx) => {
          tx.put(notes, 'ann', makeNote({ id: 'other' }));
          tx.put(notes, 'ann', bad);
        });
        await expect(half).rejects.toThrow(/rank/);
        const fields = { rank: 'secret words' } as unknown as Partial<Note>;
        const patched = write((tx) => tx.patch(notes, 'ann', 'good', fields));
        await expect(patched).rejects.toThrow(/rank/);
        await expect(patched).rejects.not.toThrow(/secret words/);
        expect(await store.findMany(notes, 'ann', ['bad', 'other'])).toEqual([]);
        expect(await store.find(notes, 'ann', 'good')).toEqual(makeNote({ id: 'good' }));
      });
    });

    describe('owners', () => {
      it('never see each other', async () => {
        await put('ann', makeNote({ id: 'n', text: 'of ann' }), makeNote({ id: 'only' }));
        await put('bob', makeNote({ id: 'n', text: 'of bob' }));
        expect(await store.find(notes, 'ann', 'n')).toMatchObject({ text: 'of ann' });
        expect(await store.find(notes, 'bob', 'n')).toMatchObject({ text: 'of bob' });
        expect(await store.find(notes, 'bob', 'only')).toBeUndefined();
        expect(await store.findMany(notes, 'bob', ['only'])).toEqual([]);
        const page = await store.query(notes, 'bob', { query: 'byRank', limit: 10 });
        expect(page.items.map((note) => note.text)).toEqual(['of bob']);
        await write((tx) => tx.delete(notes, 'bob', 'n'));
        expect(await store.find(notes, 'ann', 'n')).toMatchObject({ text: 'of ann' });
      });

      it('are needed by collections of users and refused by global ones', async () => {
        const tag = { id: 't', count: 1 };
        await write((tx) => tx.put(settings, GLOBAL, tag));
        expect(await store.find(settings, GLOBAL, 't')).toEqual(tag);
        await expect(store.find(notes, GLOBAL, 'n')).rejects.toMatchObject({ code: 'internal' });
        const wrong = write((tx) => tx.put(settings, 'ann', tag));
        await expect(wrong).rejects.toMatchObject({ code: 'internal' });
      });

      it('are listed where they own something', async () => {
        expect(await store.listOwners()).toEqual([]);
        await put('bob', makeNote({ id: 'n' }));
        await put('ann', makeNote({ id: 'n' }), makeNote({ id: 'm' }));
        await write((tx) => tx.put(tags, 'cid', { id: 't', count: 1 }));
        await write((tx) => tx.put(settings, GLOBAL, { id: 's', count: 1 }));
        expect((await store.listOwners()).sort()).toEqual(['ann', 'bob', 'cid']);
      });

      it('are exported with every document and nobody else’s', async () => {
        const many = Array.from({ length: 620 }, (_, i) => makeNote({ id: `n${i}`, rank: i }));
        await put('ann', ...many);
        await write((tx) => tx.put(tags, 'ann', { id: 't', count: 3 }));
        await put('bob', makeNote({ id: 'secret' }));
        const exported = new Map<string, unknown>();
        for await (const { collection, document } of store.exportOwner('ann')) {
          exported.set(`${collection}/${document.id}`, document);
        }
        expect(exported.size).toBe(621);
        expect(exported.get('contract_notes/n619')).toEqual(many[619]);
        const ids = [...exported.keys()].filter((key) => key.startsWith('contract_notes/'));
        expect(ids).toEqual([...ids].sort());
        expect(exported.get('contract_tags/t')).toEqual({ id: 't', count: 3 });
      });

      it('stand apart from the global documents, which are exported as a whole', async () => {
        await put('ann', makeNote({ id: 'n' }));
        const many = Array.from({ length: 620 }, (_, i) => ({ id: `s${i}`, count: i }));
        for (const part of [many.slice(0, 400), many.slice(400)]) {
          await write((tx) => {
            for (const setting of part) tx.put(settings, GLOBAL, setting);
          });
        }
        const exported = new Map<string, unknown>();
        for await (const { collection, document } of store.exportOwner(GLOBAL)) {
          exported.set(`${collection}/${document.id}`, document);
        }
        expect(exported.size).toBe(620);
        expect(exported.get('contract_settings/s619')).toEqual(many[619]);
      });

      it('are deleted with every document and nobody else’s', async () => {
        await put('ann', ...Array.from({ length: 620 }, (_, i) => makeNote({ id: `n${i}` })));
        await write((tx) => tx.put(tags, 'ann', { id: 't', count: 3 }));
        await put('bob', makeNote({ id: 'n' }));
        await write((tx) => tx.put(settings, GLOBAL, { id: 's', count: 1 }));
        await store.deleteOwner('ann');
        expect(await store.listOwners()).toEqual(['bob']);
        for await (const left of store.exportOwner('ann')) expect(left).toBeUndefined();
        expect(await store.find(notes, 'bob', 'n')).toBeDefined();
        expect(await store.find(settings, GLOBAL, 's')).toBeDefined();
      });
    });

    describe('transactions', () => {
      it('commit all of their writes, in order, and answer what the function returns', async () => {
        const result = await store.transact(async (tx) => {
          tx.create(notes, 'ann', makeNote({ id: 'a', text: 'one' }));
          tx.patch(notes, 'ann', 'a', { text: 'two' });
          tx.create(notes, 'ann', makeNote({ id: 'b' }));
          tx.delete(notes, 'ann', 'b');
          tx.put(tags, 'ann', { id: 't', count: 1 });
          return 'done';
        });
        expect(result).toBe('done');
        expect(await store.find(notes, 'ann', 'a')).toMatchObject({ text: 'two' });
        expect(await store.find(notes, 'ann', 'b')).toBeUndefined();
        expect(await store.find(tags, 'ann', 't')).toBeDefined();
      });

      it('commit nothing where the function throws', async () => {
        const failed = store.transact((tx) => {
          tx.put(notes, 'ann', makeNote({ id: 'n' }));
          throw new Error('changed my mind');
        });
        await expect(failed).rejects.toThrow('changed my mind');
        expect(await store.find(notes, 'ann', 'n')).toBeUndefined();
      });

      it('commit nothing where one of the writes fails', async () => {
        await put('ann', makeNote({ id: 'taken' }));
        const failed = write((tx) => {
          tx.put(notes, 'ann', makeNote({ id: 'before' }));
          tx.create(notes, 'ann', makeNote({ id: 'taken' }));
          tx.put(notes, 'ann', makeNote({ id: 'after' }));
        });
        await expect(failed).rejects.toMatchObject({ code: 'already-exists' });
        expect(await store.findMany(notes, 'ann', ['before', 'after'])).toEqual([]);
      });

      it('buffer writes until the function has returned', async () => {
        await store.transact(async (tx) => {
          tx.put(notes, 'ann', makeNote({ id: 'n' }));
          expect(await store.find(notes, 'ann', 'n')).toBeUndefined();
        });
        expect(await store.find(notes, 'ann', 'n')).toBeDefined();
      });

      it('take a copy of what they are to write', async () => {
        await put('ann', makeNote({ id: 'm' }));
        await store.transact((tx) => {
          const note = makeNote({ id: 'n', tags: ['a'] });
          const fields = { tags: ['p'] };
          tx.put(notes, 'ann', note);
          tx.patch(notes, 'ann', 'm', fields);
          note.tags.push('later');
          fields.tags.push('later');
        });
        expect(await store.find(notes, 'ann', 'n')).toMatchObject({ tags: ['a'] });
        expect(await store.find(notes, 'ann', 'm')).toMatchObject({ tags: ['p'] });
      });

      it('refuse to read after the first write', async () => {
        const reads: ((tx: Transaction) => Promise<unknown>)[] = [
          (tx) => tx.find(notes, 'ann', 'n'),
          (tx) => tx.findMany(notes, 'ann', ['n']),
          (tx) => tx.query(notes, 'ann', { query: 'byRank', limit: 1 }),
        ];
        for (const read of reads) {
          const failed = store.transact(async (tx) => {
            tx.put(notes, 'ann', makeNote({ id: 'n' }));
            await read(tx);
          });
          await expect(failed).rejects.toMatchObject({ code: 'internal' });
        }
        expect(await store.find(notes, 'ann', 'n')).toBeUndefined();
      });

      it('read what is committed, by id, by ids and by query', async () => {
        await put('ann', makeNote({ id: 'a', rank: 2 }), makeNote({ id: 'b', rank: 1 }));
        const read = await store.transact(async (tx) => ({
          one: await tx.find(notes, 'ann', 'a'),
          none: await tx.find(notes, 'ann', 'z'),
          many: await tx.findMany(notes, 'ann', ['b', 'a']),
          page: await tx.query(notes, 'ann', { query: 'byRank', limit: 1 }),
        }));
        expect(read.one?.rank).toBe(2);
        expect(read.none).toBeUndefined();
        expect(read.many.map((note) => note.id)).toEqual(['b', 'a']);
        expect(read.page.items.map((note) => note.id)).toEqual(['b']);
        expect(read.page.nextCursor).toBeDefined();
      });

      /** Runs a transaction that reads, lets `interfere` commit, then writes; answers its runs. */
      const runsWhen = async (
        read: (tx: Transaction) => Promise<unknown>,
        interfere: (by: DocumentStore) => Promise<unknown>,
        by: DocumentStore,
      ): Promise<number> => {
        let runs = 0;
        let interfered = false;
        await store.transact(async (tx) => {
          runs += 1;
          await read(tx);
          if (!interfered) {
            interfered = true;
            await interfere(by);
          }
          tx.put(tags, 'ann', { id: 'result', count: runs });
        });
        expect(await store.find(tags, 'ann', 'result')).toEqual({ id: 'result', count: runs });
        return runs;
      };

      let changes = 0;
      /** To another text each time: writing what is there already changes nothing. */
      const change = (by: DocumentStore): Promise<void> =>
        by.transact((tx) => tx.patch(notes, 'ann', 'n', { text: `changed ${++changes}` }));
      const readings: [string, (tx: Transaction) => Promise<unknown>][] = [
        ['find', (tx) => tx.find(notes, 'ann', 'n')],
        ['findMany', (tx) => tx.findMany(notes, 'ann', ['x', 'n'])],
        ['query', (tx) => tx.query(notes, 'ann', { query: 'byRank', limit: 5 })],
      ];
      for (const [how, read] of readings) {
        it(`run again where what ${how} returned has changed, here or elsewhere`, async () => {
          await put('ann', makeNote({ id: 'n' }));
          const undisturbed = await runsWhen(read, async () => undefined, store);
          expect(await runsWhen(read, change, store)).toBeGreaterThan(1);
          expect(await runsWhen(read, change, opened.other)).toBeGreaterThan(1);
          expect(undisturbed).toBeLessThanOrEqual(2);
        });
      }

      it('run again where what was found absent has been created', async () => {
        const create = (id: string) => (by: DocumentStore) =>
          by.transact((tx) => tx.create(notes, 'ann', makeNote({ id })));
        const find = (id: string) => (tx: Transaction) => tx.find(notes, 'ann', id);
        expect(await runsWhen(find('a'), create('a'), store)).toBeGreaterThan(1);
        expect(await runsWhen(find('b'), create('b'), opened.other)).toBeGreaterThan(1);
      });

      it('run again where what was read has been deleted and created anew', async () => {
        const note = makeNote({ id: 'n' });
        await put('ann', note);
        const seen: (string | undefined)[] = [];
        let interfered = false;
        await store.transact(async (tx) => {
          seen.push((await tx.find(notes, 'ann', 'n'))?.text);
          if (interfered) return tx.put(tags, 'ann', { id: 't', count: 1 });
          interfered = true;
          await opened.other.transact((other) => other.delete(notes, 'ann', 'n'));
          await opened.other.transact((other) =>
            other.create(notes, 'ann', { ...note, text: 'anew' }),
          );
          tx.put(tags, 'ann', { id: 't', count: 1 });
        });
        expect(seen[0]).toBe('');
        expect(seen.at(-1)).toBe('anew');
      });

      it('do not run again for what they have not read', async () => {
        await put('ann', makeNote({ id: 'n' }), makeNote({ id: 'other' }));
        const undisturbed = await runsWhen(
          (tx) => tx.find(notes, 'ann', 'other'),
          async () => undefined,
          store,
        );
        const disturbed = await runsWhen((tx) => tx.find(notes, 'ann', 'other'), change, store);
        expect(disturbed).toBe(undisturbed);
      });

      it('give up with `conflict` where others never stop', async () => {
        await put('ann', makeNote({ id: 'n', rank: 0 }));
        let runs = 0;
        const endless = store.transact(async (tx) => {
          runs += 1;
          await tx.find(notes, 'ann', 'n');
          await opened.other.transact((other) =>
            other.patch(notes, 'ann', 'n', { rank: Math.random() }),
          );
          tx.patch(notes, 'ann', 'n', { text: 'mine' });
        });
        await expect(endless).rejects.toMatchObject({ code: 'conflict', retryable: true });
        expect(runs).toBe(6);
        expect(await store.find(notes, 'ann', 'n')).toMatchObject({ text: '' });
      });

      it('lose no update, however many run at once on one document', async () => {
        await write((tx) => tx.put(tags, 'ann', { id: 't', count: 0 }));
        const increment = (by: DocumentStore): Promise<void> =>
          by.transact(async (tx) => {
            const tag = await tx.find(tags, 'ann', 't');
            tx.patch(tags, 'ann', 't', { count: (tag?.count ?? 0) + 1 });
          });
        await Promise.all(Array.from({ length: 40 }, () => increment(store)));
        expect(await store.find(tags, 'ann', 't')).toEqual({ id: 't', count: 40 });
      });

      it('that run at once do not harm each other', async () => {
        await put('ann', makeNote({ id: 'taken' }));
        const outcomes = await Promise.allSettled(
          Array.from({ length: 120 }, (_, i) =>
            store.transact((tx) => {
              tx.create(notes, 'ann', makeNote({ id: `n${i}` }));
              if (i % 3 === 1) tx.create(notes, 'ann', makeNote({ id: 'taken' }));
              if (i % 3 === 2) tx.patch(notes, 'ann', 'missing', { text: 'x' });
            }),
          ),
        );
        const codes = outcomes.map((outcome) =>
          outcome.status === 'fulfilled' ? 'ok' : (outcome.reason as { code: string }).code,
        );
        expect(codes).toEqual(
          Array.from({ length: 120 }, (_, i) => ['ok', 'already-exists', 'not-found'][i % 3]),
        );
        const ids = Array.from({ length: 120 }, (_, i) => `n${i}`);
        const found = await store.findMany(notes, 'ann', ids);
        expect(found.map((note) => note.id)).toEqual(ids.filter((_, i) => i % 3 === 0));
      });

      it('call effects once, after the commit, and never for runs that are void', async () => {
        await put('ann', makeNote({ id: 'n' }));
        const effects: unknown[] = [];
        let runs = 0;
        await store.transact(async (tx) => {
          runs += 1;
          const run = runs;
          await tx.find(notes, 'ann', 'n');
          if (run === 1) await change(opened.other);
          tx.put(tags, 'ann', { id: 't', count: run });
          tx.onCommit(() => effects.push(run));
        });
        expect(runs).toBeGreaterThan(1);
        expect(effects).toEqual([runs]);

        const failed = write((tx) => {
          tx.create(notes, 'ann', makeNote({ id: 'n' }));
          tx.onCommit(() => effects.push('failed'));
        });
        await expect(failed).rejects.toMatchObject({ code: 'already-exists' });
        await write((tx) => tx.onCommit(() => effects.push('without writes')));
        expect(effects).toEqual([runs, 'without writes']);
      });

      it('emit their events once, after a commit that has succeeded', async () => {
        await put('ann', makeNote({ id: 'n' }));
        const heard: string[] = [];
        const stop = store.events.on('search-changed', ({ uid }) => heard.push(uid));
        let runs = 0;
        await store.transact(async (tx) => {
          runs += 1;
          const run = runs;
          await tx.find(notes, 'ann', 'n');
          if (run === 1) await change(opened.other);
          tx.put(tags, 'ann', { id: 't', count: run });
          tx.emit('search-changed', { uid: `run ${run}` });
          expect(heard).toEqual([]);
        });
        expect(heard).toEqual([`run ${runs}`]);

        const failed = write((tx) => {
          tx.create(tags, 'ann', { id: 't', count: 0 });
          tx.emit('search-changed', { uid: 'failed' });
        });
        await expect(failed).rejects.toMatchObject({ code: 'already-exists' });
        stop();
        await write((tx) => tx.emit('search-changed', { uid: 'stopped' }));
        expect(heard).toEqual([`run ${runs}`]);
      });

      it('stand though an effect throws', async () => {
        await write((tx) => {
          tx.put(notes, 'ann', makeNote({ id: 'n' }));
          tx.onCommit(() => {
            throw new Error('effect');
          });
        });
        expect(await store.find(notes, 'ann', 'n')).toBeDefined();
      });

      it('are of no use once they have ended', async () => {
        const leaked = await store.transact((tx) => ({ tx }));
        expect(() => leaked.tx.put(notes, 'ann', makeNote({ id: 'n' }))).toThrow(/ended/);
        await expect(leaked.tx.find(notes, 'ann', 'n')).rejects.toThrow(/ended/);
      });
    });

    describe('queries', () => {
      const list = async (
        request: Omit<Parameters<typeof store.query<Note, keyof typeof notes.queries>>[2], 'limit'>,
      ): Promise<string[]> => {
        const page = await store.query(notes, 'ann', { limit: 100, ...request });
        return page.items.map((note) => note.id);
      };

      it('order as declared, ties by id ascending, null last in both directions', async () => {
        await put(
          'ann',
          makeNote({ id: 'd', rank: 2 }),
          makeNote({ id: 'a', rank: 2 }),
          makeNote({ id: 'z', rank: null }),
          makeNote({ id: 'y', rank: null }),
          makeNote({ id: 'b', rank: -1 }),
          makeNote({ id: 'c', rank: 10 }),
        );
        expect(await list({ query: 'byRank' })).toEqual(['b', 'a', 'd', 'c', 'y', 'z']);
        expect(await list({ query: 'byRankDown' })).toEqual(['c', 'a', 'd', 'b', 'y', 'z']);
      });

      it('take inclusive bounds, which null is never within', async () => {
        await put(
          'ann',
          ...[1, 2, 3, 4].map((rank) => makeNote({ id: `n${rank}`, rank })),
          makeNote({ id: 'null', rank: null }),
        );
        expect(await list({ query: 'byRank', from: 2, to: 3 })).toEqual(['n2', 'n3']);
        expect(await list({ query: 'byRank', from: 3 })).toEqual(['n3', 'n4']);
        expect(await list({ query: 'byRankDown', to: 2 })).toEqual(['n2', 'n1']);
        expect(await list({ query: 'byRank', from: 9 })).toEqual([]);
      });

      it('order text and bound it, too', async () => {
        await put('ann', ...['b', 'a', 'c'].map((name) => makeNote({ id: `of-${name}`, name })));
        expect(await list({ query: 'byName', from: 'b' })).toEqual(['of-b', 'of-c']);
        expect(await list({ query: 'byName', to: 'b' })).toEqual(['of-a', 'of-b']);
      });

      it('filter by one value, by null, by any of a few, and by several fields', async () => {
        await put(
          'ann',
          makeNote({ id: 'a', color: 'red', done: true, name: 'x' }),
          makeNote({ id: 'b', color: 'green', done: false, name: 'x' }),
          makeNote({ id: 'c', color: 'blue', done: true, name: null }),
        );
        const query = 'byRank';
        expect(await list({ query, filters: { done: true } })).toEqual(['a', 'c']);
        expect(await list({ query, filters: { done: false } })).toEqual(['b']);
        expect(await list({ query, filters: { name: null } })).toEqual(['c']);
        expect(await list({ query, filters: { name: 'x' } })).toEqual(['a', 'b']);
        expect(await list({ query, filters: { color: 'green' } })).toEqual(['b']);
        expect(await list({ query, filters: { color: ['blue', 'red'] } })).toEqual(['a', 'c']);
        expect(await list({ query, filters: { color: [] } })).toEqual([]);
        expect(await list({ query, filters: { color: ['red', 'green'], done: true } })).toEqual([
          'a',
        ]);
        expect(await list({ query, filters: { name: 'x', done: false } })).toEqual(['b']);
        expect(await list({ query, filters: {} })).toEqual(['a', 'b', 'c']);
      });

      it('find what has been written a moment ago, and not what it was before', async () => {
        await put('ann', makeNote({ id: 'n', color: 'red', rank: 1 }));
        await write((tx) => tx.patch(notes, 'ann', 'n', { color: 'blue', rank: 5 }));
        expect(await list({ query: 'byRank', filters: { color: 'red' } })).toEqual([]);
        expect(await list({ query: 'byRank', from: 5, filters: { color: 'blue' } })).toEqual(['n']);
        await write((tx) => tx.delete(notes, 'ann', 'n'));
        expect(await list({ query: 'byRank' })).toEqual([]);
      });

      it('see at once what another handle has written', async () => {
        await opened.other.transact((tx) => tx.put(notes, 'ann', makeNote({ id: 'n' })));
        expect(await list({ query: 'byRank' })).toEqual(['n']);
        expect(await store.find(notes, 'ann', 'n')).toBeDefined();
      });

      it('refuse what is not declared', async () => {
        const undeclared: [Record<string, unknown>, RegExp][] = [
          [{ query: 'byText', limit: 1 }, /no query "byText"/],
          [{ query: 'toString', limit: 1 }, /no query "toString"/],
          [{ query: 'byRank', filters: { text: 'x' }, limit: 1 }, /no filter "text"/],
          [{ query: 'byRank', filters: { done: [true] }, limit: 1 }, /"done".*one value/],
          [
            {
              query: 'byRank',
              filters: { color: Array.from({ length: 31 }, () => 'red') },
              limit: 1,
            },
            /at most 30/,
          ],
        ];
        for (const [request, message] of undeclared) {
          const asked = store.query(notes, 'ann', request as { query: 'byRank'; limit: number });
          await expect(asked).rejects.toMatchObject({ code: 'internal' });
          await expect(asked).rejects.toThrow(message);
        }
      });

      it('refuse limits beyond 1 to 1000 and cursors that are none', async () => {
        for (const limit of [0, -1, 1001, 1.5, Number.NaN]) {
          const asked = store.query(notes, 'ann', { query: 'byRank', limit });
          await expect(asked).rejects.toMatchObject({ code: 'bad-request' });
        }
        for (const cursor of ['', 'nonsense', 'W10']) {
          const asked = store.query(notes, 'ann', { query: 'byRank', limit: 1, cursor });
          await expect(asked).rejects.toMatchObject({ code: 'bad-request' });
        }
      });

      it('page through every document exactly once and in order', async () => {
        const arbitraryNote = fc.record({
          rank: fc.oneof(fc.constantFrom(0, 1, 2, null), fc.integer({ min: -3, max: 3 })),
          color: fc.constantFrom('red', 'green', 'blue'),
          name: fc.constantFrom('x', 'y', null),
        });
        let round = 0;
        await fc.assert(
          fc.asyncProperty(
            fc.array(arbitraryNote, { maxLength: 25 }),
            fc.integer({ min: 1, max: 7 }),
            fc.constantFrom('byRank', 'byRankDown'),
            fc.option(fc.constantFrom('x', null), { nil: undefined }),
            fc.option(fc.subarray(['red', 'green', 'blue'] as const), { nil: undefined }),
            async (parts, pageSize, query, name, color) => {
              round += 1;
              const owner = `owner${round}`;
              const documents = parts.map((part, i) =>
                makeNote({ id: `n${String((i * 7) % 25).padStart(2, '0')}`, ...part }),
              );
              await put(owner, ...documents);
              const expected = documents
                .filter((note) => name === undefined || note.name === name)
                .filter((note) => color === undefined || color.includes(note.color))
                .sort((a, b) => {
                  if (a.rank === null || b.rank === null) {
                    if (a.rank !== b.rank) return a.rank === null ? 1 : -1;
                  } else if (a.rank !== b.rank) {
                    return query === 'byRank' ? a.rank - b.rank : b.rank - a.rank;
                  }
                  return a.id < b.id ? -1 : 1;
                });
              const filters = {
                ...(name === undefined ? {} : { name }),
                ...(color === undefined ? {} : { color }),
              };
              const seen: string[] = [];
              const request = { query, filters } as const;
              for await (const note of queryAll(store, notes, owner, request, pageSize)) {
                seen.push(note.id);
              }
              expect(seen).toEqual(expected.map((note) => note.id));
            },
          ),
          { numRuns: 60 },
        );
      });

      it('end with a page that has no cursor, even where it is full', async () => {
        await put('ann', ...['a', 'b', 'c', 'd'].map((id) => makeNote({ id })));
        const first = await store.query(notes, 'ann', { query: 'byRank', limit: 2 });
        const { nextCursor: cursor } = first;
        const second = await store.query(notes, 'ann', { query: 'byRank', limit: 2, cursor });
        expect(first.nextCursor).toBeDefined();
        expect(second.items.map((note) => note.id)).toEqual(['c', 'd']);
        expect(second.nextCursor).toBeUndefined();
      });

      it('go on from a cursor whose document is gone', async () => {
        await put('ann', ...['a', 'b', 'c', 'd'].map((id) => makeNote({ id })));
        const first = await store.query(notes, 'ann', { query: 'byRank', limit: 2 });
        await write((tx) => tx.delete(notes, 'ann', 'b'));
        const { nextCursor: cursor } = first;
        const second = await store.query(notes, 'ann', { query: 'byRank', limit: 5, cursor });
        expect(second.items.map((note) => note.id)).toEqual(['c', 'd']);
      });

      it('work on global collections', async () => {
        await write((tx) => {
          for (const count of [1, 3, 2]) tx.put(settings, GLOBAL, { id: `s${count}`, count });
        });
        const page = await store.query(settings, GLOBAL, { query: 'byCount', limit: 2 });
        expect(page.items.map((setting) => setting.id)).toEqual(['s3', 's2']);
      });
    });

    describe('life', () => {
      it('answers a check while it is open, and an error once it is closed', async () => {
        await expect(store.check()).resolves.toBeUndefined();
        const pending = put('ann', makeNote({ id: 'last' }));
        await Promise.all([pending, store.close()]);
        await store.close();
        expect(await opened.other.find(notes, 'ann', 'last')).toBeDefined();
        await expect(store.check()).rejects.toMatchObject({ code: 'aborted' });
        await expect(store.find(notes, 'ann', 'last')).rejects.toMatchObject({ code: 'aborted' });
        const late = put('ann', makeNote({ id: 'late' }));
        await expect(late).rejects.toMatchObject({ code: 'aborted' });
      });
    });
  });
}
