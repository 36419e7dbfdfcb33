import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDiskBlobStore } from '../../src/blob/adapters/disk/disk-blob-store.ts';
import type { BlobStore } from '../../src/blob/blob-store.ts';
import { readConfig } from '../../src/config/config.ts';
import { readSecrets } from '../../src/config/secrets.ts';
import { openStore } from '../../src/context/open-engines.ts';
import { exportAccount } from '../../src/http/account-export.ts';
import { createLogger } from '../../src/kernel/logger.ts';
import { GLOBAL } from '../../src/model/collection.ts';
import { COLLECTIONS } from '../../src/model/collections.ts';
import { conversations } from '../../src/model/conversation.ts';
import { makeSegment } from '../../src/model/transcript-segment.ts';
import { openFirestoreStore } from '../../src/store/adapters/firestore/firestore-store.ts';
import { openSqliteStore } from '../../src/store/adapters/sqlite/sqlite-store.ts';
import type { DocumentStore } from '../../src/store/document-store.ts';
import { AccountExport } from '../../src/transfer/account-export.ts';
import { migrate } from '../../src/transfer/migration.ts';
import { writeUserArchive } from '../../src/transfer/user-archive.ts';
import { hasFirestoreEmulator } from '../fixtures/firestore-emulator.ts';
import { loadMeetings } from '../fixtures/meetings.ts';
import { storeConversation } from '../fixtures/stored-conversations.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const logger = createLogger({ level: 'silent', revealPii: false });
const meetings = loadMeetings();
const MEETING = `meeting-${meetings[0]?.name}`;
const nothing = () => undefined;

describe.skipIf(!hasFirestoreEmulator() || meetings.length === 0)(
  'the real meetings moved to Firestore and back',
  () => {
    let folder: string;
    let server: TestServer;
    const opened: { close(): Promise<void> }[] = [];

    beforeAll(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'omi-there-and-back-'));
      server = await startTestServer();
      const { store, blobs } = server.context;
      for (const { name, input } of meetings) {
        const segments = input.segments.map(({ id, text, speaker, startMs, endMs }, i) =>
          makeSegment({
            id,
            text,
            speaker,
            startMs,
            endMs,
            originalText: i % 5 === 0 ? `as heard: ${text}` : null,
            words: [{ text: 'word', startMs, endMs, confidence: 0.75, language: 'en' }],
          }),
        );
        const parts = { id: `meeting-${name}`, startedAt: input.startedAt };
        await storeConversation(store, server.uid, parts, segments);
        await server.api('POST', `/v1/conversations/${parts.id}/reprocess`);
        await blobs.put(`recordings/${server.uid}/${name}.opus`, Buffer.alloc(50_000, name.length));
      }
      await server.api('POST', '/v3/memories', { content: 'I live in Porto.' });
      await server.api('POST', '/v1/users/people', { name: 'Anna' });
    }, 60_000);
    afterAll(async () => {
      await Promise.all(opened.map((store) => store.close()));
      await server?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    async function exported(store: DocumentStore, blobs: BlobStore, name: string): Promise<Buffer> {
      const target = path.join(folder, name);
      const { uid, context } = server;
      const { users, chat } = context;
      const apiExport = exportAccount(new AccountExport({ store, users, chat }), uid);
      await writeUserArchive({ store, blobs, uid, target, apiExport, onProgress: nothing });
      return readFile(target);
    }

    /** A store as the command line opens it, empty, with the secret or without. */
    async function openEmpty(engine: string, secret: string | null): Promise<DocumentStore> {
      const env = {
        STORE: engine,
        DATA_DIR: await mkdtemp(path.join(folder, 'data-')),
        LOG_LEVEL: 'silent',
        ...(engine === 'firestore' ? { FIREBASE_PROJECT_ID: `test-${randomUUID()}` } : {}),
        ...(secret === null ? {} : { ENCRYPTION_SECRET: secret }),
      };
      const secrets = readSecrets(env);
      const store = await openStore({ config: readConfig(env), secrets, logger });
      opened.push(store);
      return store;
    }

    it('give the same export with a secret, which encrypts them on every engine', async () => {
      const secret = 'a secret of thirty-two bytes, or more';
      const stores = [
        server.context.store,
        await openEmpty('sqlite', secret),
        await openEmpty('firestore', secret),
        await openEmpty('sqlite', secret),
        await openEmpty('sqlite', null),
      ] as const;
      const archives: Buffer[] = [];
      for (const [i, to] of stores.entries()) {
        const from = stores[i - 1];
        if (from) {
          await migrate({
            engines: { store: { from, to }, blobs: null, collections: COLLECTIONS },
            owners: [...(await from.listOwners()), GLOBAL],
            names: { from: `${i - 1}`, to: `${i}` },
            stateFile: path.join(folder, `state-encrypted-${i}`),
            overwrite: false,
            onProgress: nothing,
            onOwner: nothing,
          });
        }
        archives.push(await exported(to, server.context.blobs, `encrypted-${i}.tar`));
      }
      const [plain, first, cloud, second, plainAgain] = archives;
      expect(plain && plainAgain?.equals(plain)).toBe(true);
      expect(first && cloud?.equals(first)).toBe(true);
      expect(first && second?.equals(first)).toBe(true);
      // They differ in the level that documents are kept at.
      expect(plain && first?.equals(plain)).toBe(false);
      const [, encrypted] = stores;
      const level = { dataProtectionLevel: 'enhanced' };
      expect(await encrypted.find(conversations, server.uid, MEETING)).toMatchObject(level);
    }, 60_000);

    it('give the same export, byte for byte', async () => {
      const { store, blobs } = server.context;
      const cloud = await openFirestoreStore({
        projectId: `test-${randomUUID()}`,
        databaseId: null,
        serviceAccountJson: null,
        collections: COLLECTIONS,
        cipher: null,
        logger,
      });
      opened.push(cloud);
      const back = await openSqliteStore({
        path: path.join(folder, 'back.sqlite'),
        collections: COLLECTIONS,
        durability: 'process',
        logger,
      });
      opened.push(back);
      const disk = (name: string) =>
        openDiskBlobStore({ directory: path.join(folder, name), fsync: false });
      const [there, here] = await Promise.all([disk('there'), disk('here')]);
      const before = await exported(store, blobs, 'before.tar');
      const steps = [
        { store: { from: store, to: cloud }, blobs: { from: blobs, to: there } },
        { store: { from: cloud, to: back }, blobs: { from: there, to: here } },
      ];
      for (const [i, engines] of steps.entries()) {
        const counted: (object | string)[] = [];
        await migrate({
          engines: { ...engines, collections: COLLECTIONS },
          owners: [...(await engines.store.from.listOwners()), GLOBAL],
          names: { from: `${i}`, to: `${i + 1}` },
          stateFile: path.join(folder, `state-${i}`),
          overwrite: false,
          onProgress: nothing,
          onOwner: (_owner, copied) => counted.push(copied),
        });
        expect(counted[0]).toMatchObject({ files: meetings.length });
      }
      expect((await exported(cloud, there, 'there.tar')).equals(before)).toBe(true);
      expect((await exported(back, here, 'after.tar')).equals(before)).toBe(true);
    }, 60_000);
  },
);
