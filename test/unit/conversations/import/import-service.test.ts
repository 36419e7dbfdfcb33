import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImportedTurn } from '../../../../src/conversations/import/imported-transcript.ts';
import { timeTurns } from '../../../../src/conversations/import/imported-transcript.ts';
import { ImportService, importKeyOf } from '../../../../src/conversations/import-service.ts';
import { GLOBAL } from '../../../../src/model/collection.ts';
import { conversations } from '../../../../src/model/conversation.ts';
import { jobs } from '../../../../src/model/jobs.ts';
import { searchChanges } from '../../../../src/model/search-change.ts';
import { loadTranscript } from '../../../../src/transcripts/transcript.ts';
import { openTestStore } from '../../../e2e/rest-app.ts';

const STARTED_AT = Date.parse('2026-03-11T09:00:00Z');
const NOW = Date.parse('2026-05-01T00:00:00Z');
const UID = 'u1';

const turns: ImportedTurn[] = timeTurns([
  { speaker: 'Anna', text: 'Good morning Tom.' },
  { speaker: 'Tom', text: 'Good morning.' },
  { speaker: null, text: 'Hm.' },
  { speaker: 'SPEAKER_07', text: 'Who is this?' },
  { speaker: 'Anna', text: 'Bye.' },
]);

describe('ImportService', () => {
  let open: Awaited<ReturnType<typeof openTestStore>>;
  let named: string[];
  let service: ImportService;

  beforeEach(async () => {
    open = await openTestStore();
    named = [];
    service = new ImportService({
      store: open.store,
      clock: { now: () => NOW },
      ensurePerson: async (uid, name) => {
        named.push(`${uid}/${name}`);
        return `person-of-${name}`;
      },
    });
  });
  afterEach(() => open.close());

  const request = { turns, me: null, startedAt: STARTED_AT, language: 'en', title: null };
  const load = async (id: string) => {
    const conversation = await open.store.find(conversations, UID, id);
    if (!conversation) throw new Error('not stored');
    return { conversation, segments: await loadTranscript(open.store, UID, conversation) };
  };
  const count = async () =>
    (await open.store.query(conversations, UID, { query: 'recent', limit: 100 })).items.length;

  it('stores a finished transcript where it was spoken and asks for its processing', async () => {
    const outcome = await service.importTranscript(UID, request);
    expect(outcome).toMatchObject({ status: 'added', userSpeaks: false });
    const { conversation, segments } = await load(outcome.conversationId);
    expect(conversation).toMatchObject({
      status: 'processing',
      source: 'external_integration',
      language: 'en',
      forced: true,
      createdAt: STARTED_AT,
      startedAt: STARTED_AT,
      finishedAt: STARTED_AT + 3000,
      transcriptChunks: 1,
      importKey: importKeyOf(turns, null),
    });
    expect(segments.map((s) => [s.speaker, s.personId, s.isUser, s.startMs, s.text])).toEqual([
      ['SPEAKER_00', 'person-of-Anna', false, 0, 'Good morning Tom.'],
      ['SPEAKER_01', 'person-of-Tom', false, 900, 'Good morning.'],
      ['SPEAKER_02', null, false, 1500, 'Hm.'],
      ['SPEAKER_03', null, false, 1800, 'Who is this?'],
      ['SPEAKER_00', 'person-of-Anna', false, 2700, 'Bye.'],
    ]);
    expect(named).toEqual(['u1/Anna', 'u1/Tom']);
    const job = await open.store.find(jobs, GLOBAL, `process:${UID}:${outcome.conversationId}`);
    expect(job).toMatchObject({ state: 'waiting', dueAt: NOW });
    const change = `conversation:${outcome.conversationId}`;
    expect(await open.store.find(searchChanges, UID, change)).toBeDefined();
  });

  it('knows the user by name, whatever its case, and makes no person of the user', async () => {
    const outcome = await service.importTranscript(UID, { ...request, me: ' tom' });
    expect(outcome.userSpeaks).toBe(true);
    const { segments } = await load(outcome.conversationId);
    expect(segments.filter((s) => s.isUser).map((s) => s.text)).toEqual(['Good morning.']);
    expect(named).toEqual(['u1/Anna']);
  });

  it('adds nothing the second time', async () => {
    const first = await service.importTranscript(UID, request);
    const second = await service.importTranscript(UID, {
      ...request,
      startedAt: 5,
      language: null,
    });
    expect(second).toEqual({ ...first, status: 'known' });
    expect(await count()).toBe(1);
  });

  it('adds once where two imports run at a time', async () => {
    const outcomes = await Promise.all([1, 2].map(() => service.importTranscript(UID, request)));
    expect(outcomes.map((o) => o.status).sort()).toEqual(['added', 'known']);
    expect(await count()).toBe(1);
  });

  it('adds again for another user, or for another role of the user', async () => {
    await service.importTranscript(UID, request);
    expect(await service.importTranscript('u2', request)).toMatchObject({ status: 'added' });
    const asTom = { ...request, me: 'Tom' };
    expect(await service.importTranscript(UID, asTom)).toMatchObject({ status: 'added' });
  });
});

describe('importKeyOf', () => {
  it('does not depend on how a format cuts and times the words', () => {
    const whole: ImportedTurn[] = [{ speaker: 'A', text: 'one two', startMs: 0, endMs: 600 }];
    const cut: ImportedTurn[] = [
      { speaker: 'A', text: 'one', startMs: 5, endMs: 6 },
      { speaker: 'A', text: 'two', startMs: 7, endMs: 8 },
    ];
    expect(importKeyOf(cut, 'A')).toBe(importKeyOf(whole, ' a '));
  });

  it('depends on the words, on who says them and on who the user is', () => {
    const one: ImportedTurn[] = [{ speaker: 'A', text: 'one', startMs: 0, endMs: 1 }];
    const keys = [
      importKeyOf(one, null),
      importKeyOf(one, 'A'),
      importKeyOf([{ speaker: 'B', text: 'one', startMs: 0, endMs: 1 }], null),
      importKeyOf([{ speaker: 'A', text: 'two', startMs: 0, endMs: 1 }], null),
      importKeyOf([{ speaker: null, text: 'one', startMs: 0, endMs: 1 }], null),
    ];
    expect(new Set(keys).size).toBe(5);
  });
});
