import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deleteConversation } from '../../../../src/conversations/delete-conversation.ts';
import { importKeyOf } from '../../../../src/conversations/import/import-key.ts';
import type { ImportedTurn } from '../../../../src/conversations/import/imported-transcript.ts';
import { timeTurns } from '../../../../src/conversations/import/imported-transcript.ts';
import { ImportService } from '../../../../src/conversations/import-service.ts';
import { GLOBAL } from '../../../../src/model/collection.ts';
import { conversations } from '../../../../src/model/conversations/conversation.ts';
import { importPrints } from '../../../../src/model/conversations/import-print.ts';
import { jobs } from '../../../../src/model/jobs.ts';
import { searchChanges } from '../../../../src/model/search-change.ts';
import { loadTranscript, updateSegments } from '../../../../src/transcripts/transcript.ts';
import { openTestStore } from '../../../harness/test-store.ts';

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

  const request = {
    turns,
    me: null,
    startedAt: STARTED_AT,
    language: 'en',
    title: null,
    isDated: false,
  };
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

describe('a transcript that has grown', () => {
  let open: Awaited<ReturnType<typeof openTestStore>>;
  let service: ImportService;
  beforeEach(async () => {
    open = await openTestStore();
    service = new ImportService({
      store: open.store,
      clock: { now: () => NOW },
      ensurePerson: async (_uid, name) => `person-of-${name}`,
    });
  });
  afterEach(() => open.close());

  const LINES = [
    'Anna: We should plan the harvest festival in the village.',
    'Tom: I will book the brass band for Saturday evening.',
    'Anna: The town lends us forty tables and eighty benches.',
    'Tom: Then we only need somebody who sells the tickets.',
  ];
  const load = (lines: readonly string[], me: string | null = 'Tom', given = {}) =>
    service.importTranscript(UID, {
      turns: timeTurns(
        lines.map((line) => {
          const [speaker = '', text = ''] = line.split(': ');
          return { speaker, text };
        }),
      ),
      me,
      startedAt: STARTED_AT,
      language: 'en',
      title: null,
      isDated: false,
      ...given,
    });
  const all = async () => {
    const { items } = await open.store.query(conversations, UID, { query: 'recent', limit: 100 });
    return Promise.all(
      items.map(async (conversation) => ({
        conversation,
        segments: await loadTranscript(open.store, UID, conversation),
      })),
    );
  };

  it.each<[string, string[]]>([
    ['at the end', [...LINES, 'Anna: I know somebody who likes to do that.']],
    ['at the beginning', ['Anna: Good morning to everybody in this call.', ...LINES]],
    ['in between', [...LINES.slice(0, 2), 'Tom: They play until midnight.', ...LINES.slice(2)]],
  ])('by a line %s updates its conversation and keeps its segments', async (_where, lines) => {
    const first = await load(LINES);
    const before = (await all())[0]?.segments ?? [];
    await open.store.transact((tx) => {
      tx.patch(conversations, UID, first.conversationId, { status: 'completed' });
    });
    expect(await load(lines)).toEqual({ ...first, status: 'updated' });
    const [found, ...others] = await all();
    expect(others).toEqual([]);
    expect(found?.conversation.status).toBe('processing');
    expect(found?.segments.map(({ text }) => text)).toEqual(
      lines.map((line) => line.split(': ')[1]),
    );
    const kept = found?.segments.filter(({ id }) => before.some((segment) => segment.id === id));
    expect(kept?.map(({ text }) => text)).toEqual(before.map(({ text }) => text));
    expect(await load(lines)).toEqual({ ...first, status: 'known' });
  });

  it('keeps what the user has corrected', async () => {
    const { conversationId } = await load(LINES);
    await open.store.transact((tx) =>
      updateSegments(tx, UID, conversationId, NOW, (segment) =>
        segment.text.includes('brass band')
          ? { ...segment, text: 'I will book the jazz band.', originalText: segment.text }
          : undefined,
      ),
    );
    await load([...LINES, 'Anna: I know somebody who likes to do that.']);
    const [found] = await all();
    expect(found?.segments[1]?.text).toBe('I will book the jazz band.');
    expect(found?.segments).toHaveLength(5);
  });

  it('adds nothing if an earlier version of it comes again', async () => {
    const { conversationId } = await load(LINES);
    expect(await load(LINES.slice(0, 3))).toMatchObject({ conversationId, status: 'known' });
    expect(await all()).toHaveLength(1);
  });

  it.each<[string, string[], string | null]>([
    ['with another user in it', [...LINES, 'Anna: One more.'], 'Anna'],
    [
      'that only begins alike',
      [
        LINES[0] ?? '',
        'Tom: Let us talk about the accounts of last year.',
        'Anna: They are all in the blue folder here.',
      ],
      'Tom',
    ],
    [
      'that quotes it in a much longer one',
      [
        ...LINES,
        ...Array.from({ length: 60 }, (_, i) => `Anna: Item ${i} of the long list is settled now.`),
      ],
      'Tom',
    ],
  ])('adds a transcript %s', async (_what, lines, me) => {
    await load(LINES);
    expect(await load(lines, me)).toMatchObject({ status: 'added' });
    expect(await all()).toHaveLength(2);
  });

  it('adds a transcript that says nearly the same on another day', async () => {
    await load(LINES);
    const dated = { startedAt: STARTED_AT + 7 * 86_400_000, isDated: true };
    const later = await load([...LINES, 'Anna: One more.'], 'Tom', dated);
    expect(later.status).toBe('added');
  });

  it('is forgotten with its conversation', async () => {
    const { conversationId } = await load(LINES);
    await deleteConversation(open.store, UID, conversationId, { cascade: true, now: NOW });
    const prints = await open.store.query(importPrints, UID, {
      query: 'ofConversation',
      limit: 10,
    });
    expect(prints.items).toEqual([]);
    expect(await load([...LINES, 'Anna: One more.'])).toMatchObject({ status: 'added' });
  });
});
