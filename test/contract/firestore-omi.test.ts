import { randomBytes, randomUUID } from 'node:crypto';
import { Firestore, Timestamp } from '@google-cloud/firestore';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/kernel/logger.ts';
import { createUserCipher } from '../../src/kernel/user-cipher.ts';
import { users } from '../../src/model/accounts/user.ts';
import { messages } from '../../src/model/chat/message.ts';
import { GLOBAL } from '../../src/model/collection.ts';
import { COLLECTIONS } from '../../src/model/collections.ts';
import { conversations, transcriptChunks } from '../../src/model/conversations/conversation.ts';
import { conversationPhotos } from '../../src/model/conversations/conversation-photo.ts';
import { folders } from '../../src/model/conversations/folder.ts';
import { makeSegment } from '../../src/model/conversations/transcript-segment.ts';
import { makeMemory, memories } from '../../src/model/memory.ts';
import { people } from '../../src/model/people/person.ts';
import { actionItems, makeActionItem } from '../../src/model/tasks/action-item.ts';
import { openFirestoreStore } from '../../src/store/adapters/firestore/firestore-store.ts';
import type { DocumentStore } from '../../src/store/document-store.ts';
import {
  encodeTranscript,
  loadFinalisedSegments,
  writeTranscript,
} from '../../src/transcripts/transcript.ts';
import { hasFirestoreEmulator } from '../fixtures/firestore-emulator.ts';
import { omiDecrypt, omiTranscript, writeOmiDatabase } from '../fixtures/omi-database.ts';
import { storeConversation } from '../fixtures/stored-conversations.ts';

const UID = 'omi-user';
const SECRET = 'the secret of an Omi server, 32 bytes at least';
const FIRST_MS = 1_746_000_000_123;

describe.skipIf(!hasFirestoreEmulator())('a database of Omi in Firestore', () => {
  const projectId = `test-${randomUUID()}`;
  let raw: Firestore;
  let store: DocumentStore;
  let keyless: DocumentStore;

  beforeAll(async () => {
    await writeOmiDatabase(projectId, UID, SECRET);
    const open = (secret: string | null) =>
      openFirestoreStore({
        projectId,
        databaseId: null,
        serviceAccountJson: null,
        collections: COLLECTIONS,
        cipher: secret === null ? null : createUserCipher(secret),
        logger: silentLogger,
      });
    raw = new Firestore({ projectId });
    [store, keyless] = await Promise.all([open(SECRET), open(null)]);
  });
  afterAll(async () => {
    await Promise.all([store?.close(), keyless?.close(), raw?.terminate()]);
  });

  async function fieldsOf(path: string): Promise<Record<string, unknown>> {
    return (await raw.doc(`users/${UID}${path}`).get()).data() ?? {};
  }

  it('has a user with the settings that Omi keeps elsewhere', async () => {
    expect(await store.find(users, GLOBAL, UID)).toMatchObject({
      id: UID,
      language: 'en',
      singleLanguageMode: true,
      vocabulary: ['Omi', 'Zephyr'],
      dailySummary: { enabled: false, hourLocal: 7 },
      notifications: { enabled: true, frequency: 5 },
      dataProtectionLevel: 'enhanced',
      aiProfile: { profile_text: 'Plays the cello.' },
    });
  });

  it.each(['zipped', 'listed', 'encrypted'])('has the transcript of %s', async (id) => {
    const conversation = await store.find(conversations, UID, id);
    expect(conversation).toMatchObject({ id, status: 'completed', transcriptChunks: 1 });
    const segments = await loadFinalisedSegments(store, UID, { id, transcriptChunks: 1 });
    expect(segments.map(({ text }) => text)).toEqual(['Dig the bed.', 'Water it.', 'Then wait.']);
    expect(segments[1]).toEqual(
      makeSegment({
        id: `${id}-s1`,
        text: 'Water it.',
        speaker: 'SPEAKER_01',
        startMs: 2500,
        endMs: 4625,
        translations: [{ lang: 'es', text: 'es: Water it.' }],
        sttProvider: 'deepgram',
      }),
    );
  });

  it('has its conversations, those of other times and devices too', async () => {
    const page = await store.query(conversations, UID, { query: 'recent', limit: 2 });
    const rest = await store.query(conversations, UID, {
      query: 'recent',
      filters: { status: ['completed'], discarded: false },
      limit: 9,
      cursor: page.nextCursor,
    });
    const found = [...page.items, ...rest.items];
    expect(found.map(({ id }) => id)).toEqual(['bare', 'encrypted', 'listed', 'zipped']);
    expect(found[3]).toMatchObject({
      createdAt: FIRST_MS,
      geolocation: { latitude: 41.15, address: 'Porto', altitude: null },
      appsResults: [{ appId: 'summary', content: 'Short.' }],
      structured: {
        title: 'Talk zipped',
        category: 'work',
        actionItems: [{ id: 'zipped-0', description: 'Buy seeds', conversationId: 'zipped' }],
        events: [{ title: 'Planting', durationMinutes: 45 }],
      },
    });
    expect(found[2]).toMatchObject({
      source: 'unknown',
      structured: { category: 'other', actionItems: [{ description: 'Buy seeds' }], events: [] },
    });
    expect(found[0]).toMatchObject({ startedAt: null, source: 'omi', transcriptChunks: 0 });
  });

  it('has memories and messages, encrypted and not', async () => {
    const facts = await store.query(memories, UID, { query: 'byScoring', limit: 9 });
    expect(facts.items).toMatchObject([
      {
        id: 'encrypted',
        content: 'Plays the cello.',
        category: 'interesting',
        visibility: 'public',
      },
      { id: 'plain', content: 'Lives in Porto.', category: 'hobbies', conversationId: 'zipped' },
    ]);
    const main = { query: 'recent', filters: { appId: null }, limit: 9 } as const;
    expect((await store.query(messages, UID, main)).items).toMatchObject([
      { id: 'm1', text: 'What did I plant?', sender: 'human' },
    ]);
    expect(await store.find(messages, UID, 'm2')).toMatchObject({ text: 'Beans.' });
  });

  it('has people, folders and tasks, without those that Omi calls deleted', async () => {
    expect(await store.find(people, UID, 'anna')).toMatchObject({ name: 'Anna' });
    expect(await store.find(folders, UID, 'work')).toMatchObject({ isSystem: true, order: 0 });
    const tasks = await store.query(actionItems, UID, { query: 'recent', limit: 9 });
    expect(tasks.items).toMatchObject([
      { id: 'dated', dueAt: FIRST_MS + 86_400_000, completed: true, conversationId: 'zipped' },
      { id: 'undated', dueAt: null, description: 'Rake' },
    ]);
  });

  it('has the photos of a conversation, which are changed and moved where Omi has them', async () => {
    const ofListed = { conversationId: 'listed' };
    const photosOf = async (filters: { conversationId: string; state?: 'waiting' | 'settled' }) => {
      const request = { query: 'ofConversation', filters, limit: 1 } as const;
      const first = await store.query(conversationPhotos, UID, request);
      const { nextCursor: cursor } = first;
      const rest = cursor
        ? (await store.query(conversationPhotos, UID, { ...request, limit: 9, cursor })).items
        : [];
      return [...first.items, ...rest];
    };
    expect(await photosOf(ofListed)).toMatchObject([
      { id: 'bed', base64: 'BBBB', description: 'A flower bed.', state: 'settled', ...ofListed },
      { id: 'dark', base64: 'AAAA', description: null, state: 'settled', ...ofListed },
    ]);
    expect(await photosOf({ ...ofListed, state: 'waiting' })).toEqual([]);
    expect(await photosOf({ ...ofListed, state: 'settled' })).toHaveLength(2);
    // Somebody else's of the same id is not theirs.
    await raw.doc('users/other/conversations/listed/photos/theirs').set({ id: 'theirs' });
    expect(await store.find(conversationPhotos, UID, 'theirs')).toBeUndefined();
    await store.transact((tx) =>
      tx.patch(conversationPhotos, UID, 'dark', { description: 'The night.' }),
    );
    expect(await fieldsOf('/conversations/listed/photos/dark')).toMatchObject({
      base64: 'AAAA',
      description: 'The night.',
      data_protection_level: 'standard',
    });
    const ours = {
      id: 'ours',
      conversationId: 'zipped',
      base64: 'CCCC',
      description: null,
      createdAt: FIRST_MS,
      discarded: false,
      state: 'waiting',
      dataProtectionLevel: 'enhanced',
    } as const;
    await store.transact(async (tx) => {
      expect(await tx.find(conversationPhotos, UID, 'ours')).toBeUndefined();
      tx.put(conversationPhotos, UID, ours);
    });
    const stored = await fieldsOf('/conversations/zipped/photos/ours');
    expect(stored).toMatchObject({ id: 'ours', data_protection_level: 'enhanced' });
    expect(omiDecrypt(SECRET, UID, String(stored.base64))).toBe('CCCC');
    await store.transact(async (tx) => {
      const photo = await tx.find(conversationPhotos, UID, 'ours');
      tx.delete(conversationPhotos, UID, 'ours');
      if (photo) tx.create(conversationPhotos, UID, { ...photo, conversationId: 'listed' });
    });
    expect(await fieldsOf('/conversations/zipped/photos/ours')).toEqual({});
    expect(await photosOf({ ...ofListed, state: 'waiting' })).toEqual([
      { ...ours, conversationId: 'listed' },
    ]);
    const exported: string[] = [];
    for await (const { collection, document } of store.exportOwner(UID)) {
      if (collection === 'conversation_photos') exported.push(document.id);
    }
    expect(exported).toEqual(['bed', 'dark', 'ours']);
    await store.transact((tx) => tx.delete(conversationPhotos, UID, 'ours'));
    expect(await store.find(conversationPhotos, UID, 'ours')).toBeUndefined();
  });

  it('says what is missing where the secret is', async () => {
    const missing = expect.objectContaining({ code: 'not-configured' });
    await expect(keyless.find(memories, UID, 'encrypted')).rejects.toEqual(missing);
    const transcript = { id: 'encrypted', transcriptChunks: 1 };
    await expect(loadFinalisedSegments(keyless, UID, transcript)).rejects.toEqual(missing);
  });

  it('keeps what Omi wrote where the model cannot say it, and only changes what is changed', async () => {
    const before = await fieldsOf('/memories/encrypted');
    await store.transact(async (tx) => {
      const memory = await tx.find(memories, UID, 'encrypted');
      const user = await tx.find(users, GLOBAL, UID);
      const listed = await tx.find(conversations, UID, 'listed');
      if (!memory || !user || !listed) throw new Error('not there');
      tx.put(memories, UID, { ...memory, tags: ['music'] });
      tx.put(users, GLOBAL, { ...user, timeZone: 'Europe/Lisbon' });
      const structured = { ...listed.structured, title: 'New' };
      tx.put(conversations, UID, { ...listed, structured });
    });
    expect(await fieldsOf('/memories/encrypted')).toMatchObject({ ...before, tags: ['music'] });
    expect(await fieldsOf('')).toMatchObject({
      time_zone: 'Europe/Lisbon',
      subscription: { plan: 'unlimited' },
      speaker_embedding: [0.25, -0.5],
      notification_frequency: 5,
    });
    expect(await fieldsOf('/conversations/listed')).toMatchObject({
      source: 'a device of tomorrow',
      structured: { title: 'New', category: 'gardening' },
      created_at: new Timestamp(1_746_000_001, 123_457_000),
    });
  });

  it('encrypts what it writes as Omi does, and says so', async () => {
    await store.transact((tx) => tx.patch(messages, UID, 'm1', { text: 'Peas?' }));
    await store.transact(async (tx) => {
      const answer = await tx.find(messages, UID, 'm2');
      if (answer) tx.put(messages, UID, { ...answer, text: 'Peas.' });
    });
    for (const [place, text] of [
      ['/messages/random-document-1', 'Peas?'],
      ['/messages/random-document-2', 'Peas.'],
    ] as const) {
      const fields = await fieldsOf(place);
      expect(fields.data_protection_level).toBe('enhanced');
      expect(omiDecrypt(SECRET, UID, String(fields.text))).toBe(text);
    }
    expect(await store.find(messages, UID, 'm2')).toMatchObject({ text: 'Peas.' });
    const fact = makeMemory({ uid: UID, content: 'Grows peas.', createdAt: FIRST_MS });
    await store.transact((tx) => tx.put(memories, UID, fact));
    const stored = await fieldsOf(`/memories/${fact.id}`);
    expect(stored.data_protection_level).toBe('enhanced');
    expect(omiDecrypt(SECRET, UID, String(stored.content))).toBe('Grows peas.');
  });

  it('never leaves a plain text with the level of an encrypted one', async () => {
    const fact = makeMemory({ uid: UID, content: 'Grows beets.', createdAt: FIRST_MS });
    await keyless.transact((tx) => tx.put(memories, UID, fact));
    expect(await fieldsOf(`/memories/${fact.id}`)).toMatchObject({
      content: 'Grows beets.',
      data_protection_level: 'standard',
    });
    // A level that was changed without the text, by whatever tool.
    const place = raw.doc(`users/${UID}/messages/random-document-1`);
    await place.update({ text: 'Beets?', data_protection_level: 'enhanced' });
    expect(await store.find(messages, UID, 'm1')).toMatchObject({ text: 'Beets?' });
    await store.transact(async (tx) => {
      const message = await tx.find(messages, UID, 'm1');
      if (message) tx.put(messages, UID, message);
    });
    const healed = await fieldsOf('/messages/random-document-1');
    expect(omiDecrypt(SECRET, UID, String(healed.text))).toBe('Beets?');
  });

  it('removes a message wherever it stands', async () => {
    await store.transact((tx) => tx.delete(messages, UID, 'm2'));
    expect(await store.find(messages, UID, 'm2')).toBeUndefined();
    expect(await fieldsOf('/messages/random-document-2')).toEqual({});
  });

  it.each([
    ['plain', () => keyless],
    ['encrypted', () => store],
  ])('gets a conversation from here that Omi understands, %s', async (form, using) => {
    const id = `ours-${form}`;
    const segments = Array.from({ length: 700 }, (_, i) =>
      makeSegment({
        id: `${id}-${i}`,
        text: `Sentence number ${i} of a long talk.`,
        isUser: i % 2 === 0,
        speaker: `SPEAKER_0${i % 3}`,
        startMs: i * 3000 + 125,
        endMs: i * 3000 + 2000,
        words: [{ text: 'Sentence', startMs: 1, endMs: 2, confidence: 0.5, language: 'en' }],
      }),
    );
    expect(await encodeTranscript(id, segments)).toHaveLength(1);
    await storeConversation(using(), UID, { id, startedAt: FIRST_MS }, segments);
    const fields = await fieldsOf(`/conversations/${id}`);
    expect(fields).toMatchObject({
      id,
      created_at: Timestamp.fromMillis(FIRST_MS),
      started_at: Timestamp.fromMillis(FIRST_MS),
      finished_at: Timestamp.fromMillis(FIRST_MS + 699 * 3000 + 2000),
      source: 'omi',
      status: 'completed',
      discarded: false,
      visibility: 'private',
      structured: { title: '', overview: '', emoji: '🧠', category: 'other', events: [] },
      transcript_segments_compressed: true,
      data_protection_level: form === 'encrypted' ? 'enhanced' : 'standard',
    });
    expect(typeof fields.transcript_segments === 'string').toBe(form === 'encrypted');
    const read = omiTranscript(fields, SECRET, UID);
    expect(read).toHaveLength(700);
    expect(read[1]).toMatchObject({
      id: `${id}-1`,
      text: 'Sentence number 1 of a long talk.',
      speaker: 'SPEAKER_01',
      speaker_id: 1,
      is_user: false,
      person_id: null,
      start: 3.125,
      end: 5,
      translations: [],
      speech_profile_processed: true,
      stt_provider: null,
    });
  });

  it('goes on in further documents where a transcript is too long for one', async () => {
    const segments = Array.from({ length: 700 }, (_, i) =>
      makeSegment({ id: `${i}`, text: randomBytes(700).toString('base64'), startMs: i, endMs: i }),
    );
    const id = 'ours-long';
    const { transcriptChunks: count } = await storeConversation(
      store,
      UID,
      { id, startedAt: FIRST_MS },
      segments,
    );
    expect(count).toBeGreaterThan(1);
    const transcript = { id, transcriptChunks: count };
    expect(await loadFinalisedSegments(store, UID, transcript)).toEqual(segments);
    const chunks = await store.query(transcriptChunks, UID, {
      query: 'ofConversation',
      filters: { conversationId: id },
      limit: 9,
    });
    expect(chunks.items.map(({ index }) => index)).toEqual(chunks.items.map((_, i) => i));
    expect(chunks.items).toHaveLength(count);
    await store.transact((tx) => {
      writeTranscript(tx, UID, transcript, chunks.items.slice(0, 1));
    });
    expect(await loadFinalisedSegments(store, UID, transcript)).not.toEqual(segments);
    expect(await fieldsOf(`/conversations/${id}/transcript_chunks/1`)).toEqual({});
  });

  it('lists tasks of ours without a date among those by date', async () => {
    const task = makeActionItem({ id: 'ours', description: 'Weed', createdAt: FIRST_MS });
    await store.transact((tx) => tx.create(actionItems, UID, task));
    expect(await fieldsOf('/action_items/ours')).toMatchObject({ due_at: null });
    const page = await store.query(actionItems, UID, { query: 'byDueDate', limit: 9 });
    // Of Omi's, one without the field is in no order by it.
    expect(page.items.map(({ id }) => id)).toEqual(['dated', 'ours']);
  });
});
