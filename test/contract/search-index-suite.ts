import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  makeSearchDocument,
  type SearchDocument,
  type SearchIndex,
  type SearchKind,
  type SearchRequest,
  type SearchUpdate,
  USER_SPEAKER,
} from '../../src/search/search-index.ts';

const DAY = 86_400_000;

/** A subject for the suite: how to open an index, and how to wait for its background work. */
export interface SearchIndexSubject {
  /** Whether it answers by meaning; `SYNONYMS` then mean the same to it. */
  meaning: boolean;
  open(): Promise<SearchIndex>;
  /** Resolves once everything applied so far is searchable in every way. */
  settle(index: SearchIndex): Promise<void>;
  dispose(): Promise<void>;
}

export const SYNONYMS = [['car', 'automobile', 'vehicle']] as const;

export function makeDocument(parts: Partial<SearchDocument> & { id: string }): SearchDocument {
  return makeSearchDocument({
    kind: 'window',
    conversationId: parts.id.split(':')[0] ?? null,
    happenedAt: 10 * DAY,
    segmentIds: [`${parts.id}-segment`],
    ...parts,
  });
}

export function makeRequest(query: string, parts: Partial<SearchRequest> = {}): SearchRequest {
  return {
    query,
    kinds: ['conversation', 'window', 'memory', 'action_item'],
    from: null,
    to: null,
    people: [],
    includeDiscarded: false,
    limit: 20,
    ...parts,
  };
}

export function makeUpdate(
  subjectId: string,
  documents: SearchDocument[],
  kind: SearchUpdate['kind'] = 'conversation',
): SearchUpdate {
  return { kind, subjectId, documents };
}

/** What every search index does. */
export function searchIndexSuite(name: string, makeSubject: () => SearchIndexSubject): void {
  describe(`search index: ${name}`, () => {
    let subject: SearchIndexSubject;
    let index: SearchIndex;

    /** A user of its own for each test, whose id looks like a path. */
    let UID: string;
    let users = 0;

    beforeAll(async () => {
      subject = makeSubject();
      index = await subject.open();
    });
    beforeEach(() => {
      users += 1;
      UID = `../user/${users}`;
    });
    afterAll(async () => {
      await index.close();
      await subject.dispose();
    });

    /** Ids found by their words; an index that also answers by meaning may add others after them. */
    async function byWords(query: string, parts: Partial<SearchRequest> = {}) {
      const hits = await index.search(UID, makeRequest(query, parts));
      return hits.filter((hit) => hit.matched.includes('words')).map((hit) => hit.id);
    }

    async function found(query: string, parts: Partial<SearchRequest> = {}, uid = UID) {
      return (await index.search(uid, makeRequest(query, parts))).map((hit) => hit.id);
    }

    async function give(...documents: SearchDocument[]): Promise<void> {
      const updates = documents.map((document) => makeUpdate(document.id, [document]));
      await index.apply(UID, updates, 1);
      await subject.settle(index);
    }

    describe('what a hit says', () => {
      it('carries the document with its segments and time', async () => {
        const document = makeDocument({
          id: 'c1:0',
          text: 'The boiler needs a new valve.',
          happenedAt: 12_345_678,
          segmentIds: ['s1', 's2'],
        });
        await index.apply(UID, [makeUpdate('c1', [document])], 1);
        const [hit] = await index.search(UID, makeRequest('valve'));
        expect(hit).toMatchObject({
          id: 'c1:0',
          kind: 'window',
          conversationId: 'c1',
          happenedAt: 12_345_678,
          segmentIds: ['s1', 's2'],
        });
        expect(hit?.matched).toContain('words');
        expect(hit?.score).toBeGreaterThan(0);
      });

      it('scores in the order of the answer', async () => {
        await give(
          makeDocument({ id: 'a', text: 'green tea and black coffee' }),
          makeDocument({ id: 'b', text: 'black tea' }),
          makeDocument({ id: 'c', text: 'tea' }),
        );
        const scores = (await index.search(UID, makeRequest('black tea'))).map((hit) => hit.score);
        expect(scores.length).toBeGreaterThanOrEqual(3);
        expect(scores).toEqual([...scores].sort((x, y) => y - x));
      });
    });

    describe('words', () => {
      it('finds other forms, other cases and missing accents', async () => {
        await give(makeDocument({ id: 'a', text: 'Running late for the CAFÉ meetings' }));
        for (const query of ['run', 'cafe', 'Meeting', 'café', 'cafe\u0301']) {
          expect(await byWords(query), query).toEqual(['a']);
        }
      });

      it('puts the spoken phrase before the same words apart, and those before some of them', async () => {
        await give(
          makeDocument({ id: 'some', text: 'The harbour was closed. The harbour, the harbour!' }),
          makeDocument({ id: 'apart', text: 'A crane fell; the old one, near the harbour.' }),
          makeDocument({ id: 'phrase', text: 'Someone should paint the old harbour crane again.' }),
        );
        expect(await byWords('old harbour crane')).toEqual(['phrase', 'apart', 'some']);
        expect((await found('old harbour crane'))[0]).toBe('phrase');
        expect((await found('what about the "harbour crane" thing'))[0]).toBe('phrase');
      });

      it('does not let stop words decide', async () => {
        await give(
          makeDocument({ id: 'noise', text: 'what did we say about the what and the we did say' }),
          makeDocument({ id: 'match', text: 'Zurich is expensive.' }),
        );
        expect((await byWords('what did we say about Zurich'))[0]).toBe('match');
      });

      it('weighs the title above the text', async () => {
        await give(
          makeDocument({ id: 'text', title: 'Garden', text: 'insurance once among other words' }),
          makeDocument({ id: 'title', title: 'Insurance', text: 'garden once among other words' }),
          makeDocument({ id: 'other', title: 'Nothing', text: 'of the kind' }),
          makeDocument({ id: 'more', title: 'Nothing', text: 'here either' }),
        );
        expect(await byWords('insurance')).toEqual(['title', 'text']);
      });

      it('takes the last word as a beginning', async () => {
        await give(
          makeDocument({ id: 'a', text: 'the thermostat upstairs' }),
          makeDocument({ id: 'b', text: 'upstairs only' }),
        );
        expect(await byWords('thermos')).toEqual(['a']);
        expect((await byWords('upstairs therm'))[0]).toBe('a');
      });

      it('finds words of scripts without spaces', async () => {
        await give(
          makeDocument({ id: 'zh', text: '我们明天讨论会议记录' }),
          makeDocument({ id: 'ja', text: 'きのう図書館へ行きました' }),
        );
        expect(await byWords('会议')).toEqual(['zh']);
        expect(await byWords('図書館')).toEqual(['ja']);
      });

      it.each([
        ['Thai, between other words', 'เราประชุมวันนี้', 'เรากินข้าว', 'ประชุม'],
        ['Thai vowels', 'เขาเดินทาง', 'เขาดนทาง', 'เดิน'],
        ['Korean, before a particle', '내일 회의를 준비해요', '내일 공부를 해요', '회의'],
        ['Hindi vowel signs', 'कल की मीटिंग', 'कल का मटन', 'मीटिंग'],
        ['Hebrew with points', 'יֵשׁ פְּגִישָׁה מָחָר', 'יש שיעור מחר', 'פגישה'],
        ['full-width letters', 'ｐｒｏｊｅｃｔ ＡＢＣ１２３', 'project abd', 'abc123'],
      ])('finds %s', async (_, text, other, query) => {
        await give(makeDocument({ id: 'match', text }), makeDocument({ id: 'other', text: other }));
        expect(await byWords(query)).toEqual(['match']);
      });

      it.each([
        ['Japanese', '予算は三百万円です', '会議は金曜日です', '予算はいくらですか'],
        [
          'Japanese about a place',
          '佐藤さんは京都に引っ越しました',
          '雨が降ります',
          '佐藤さんはどこに引っ越しましたか？',
        ],
        ['Chinese', '我们明天去北京看长城', '李明会带相机', '什么时候去北京？'],
        ['Thai', 'วันนี้เราไปตลาดซื้อปลา', 'พรุ่งนี้ฝนตก', 'เราซื้ออะไรที่ตลาด'],
        ['Korean', '서울에서 민수를 만났어요', '부산은 비가 와요', '민수 어디서 만났어?'],
        ['Russian', 'Мы поедем в Казань в пятницу', 'Где ключ от дома', 'Когда мы едем в Казань?'],
        ['Hindi', 'किताब मेज़ पर है', 'बारिश हो रही है', 'किताब कहाँ है?'],
        ['Hebrew', 'אִמָּא גָּרָה בְּחֵיפָה', 'הָרוֹפֵא בָּא מָחָר', 'איפה אמא גרה?'],
      ])('finds what answers a question in %s', async (_, text, other, query) => {
        await give(makeDocument({ id: 'match', text }), makeDocument({ id: 'other', text: other }));
        expect((await byWords(query))[0]).toBe('match');
        expect(await byWords(query)).not.toContain('other');
      });

      it('answers nothing for an empty query and respects the limit', async () => {
        await give(
          makeDocument({ id: 'a', text: 'pear' }),
          makeDocument({ id: 'b', text: 'pear' }),
        );
        expect(await found('')).toEqual([]);
        expect(await found(' \n')).toEqual([]);
        expect(await found('pear', { limit: 1 })).toHaveLength(1);
        expect(await found('pear', { limit: 0 })).toEqual([]);
        expect(await found('pear', { kinds: [] })).toEqual([]);
      });

      it('never fails, whatever is typed', async () => {
        await give(makeDocument({ id: 'a', text: 'plain words' }));
        const weird = ['"', '""', '"plain', 'AND', 'plain AND', 'NOT plain', 'NEAR(plain words)'];
        weird.push('title:plain', 'pl*', '*', '^plain', '-plain', '(', '{a b}:c', '🙂', '\u0000');
        weird.push("'; DROP TABLE docs; --", '\ud800', '%', 'plain OR', 'a'.repeat(100_000));
        for (const query of weird) expect(Array.isArray(await found(query)), query).toBe(true);
        const syntax = fc.constantFrom('"', '*', '(', ')', ':', '^', '-', '+', ' AND ', ' NEAR/2 ');
        const pieces = fc.array(fc.oneof(fc.string({ unit: 'binary', maxLength: 8 }), syntax));
        await fc.assert(
          fc.asyncProperty(pieces, async (parts) => {
            expect(Array.isArray(await found(parts.join('')))).toBe(true);
          }),
          { numRuns: 60 },
        );
        expect(await byWords('NOT plain')).toEqual(['a']);
      });
    });

    describe('the sentence', () => {
      const spoken = (id: string, lines: [segment: string, speaker: string, text: string][]) =>
        makeDocument({
          id,
          text: lines.map(([, , text]) => text).join('\n'),
          segmentIds: lines.map(([segment]) => segment),
          lines: lines.map(([segmentId, speaker]) => ({ segmentId, speaker })),
          speakers: [...new Set(lines.map(([, speaker]) => speaker))],
        });

      it('is named by its segment, the best first, and the window by all of them', async () => {
        await give(
          spoken('c:0', [
            ['s1', 'p1', 'Good morning everybody.'],
            ['s2', 'p2', 'The boiler was loud. The plumber mends the boiler valve on Friday.'],
            ['s3', 'p1', 'The plumber is expensive, and so is every new boiler.'],
          ]),
          spoken('c:1', [['s4', 'p1', 'Nothing of the kind was mentioned here.']]),
        );
        const [hit] = await index.search(UID, makeRequest('when does the plumber mend the valve'));
        expect(hit?.segmentIds).toEqual(['s1', 's2', 's3']);
        expect(hit?.matchedSegmentIds[0]).toBe('s2');
        expect(hit?.matchedSegmentIds).not.toContain('s1');
      });

      it('counts for more where its words stand together', async () => {
        await give(
          spoken('c:0', [
            ['s1', 'p1', 'The river rose. They were late. A bank closed. Nobody paid.'],
          ]),
          spoken('c:1', [['s2', 'p1', 'The late tide rose. We sat at the river bank and paid.']]),
          spoken('c:2', [['s3', 'p1', 'Entirely other words.']]),
        );
        expect((await byWords('who sat near the river bank'))[0]).toBe('c:1');
      });

      it('is found by the day it was said on, after what was said itself', async () => {
        await give(
          makeDocument({ id: 'said', text: 'The meeting is on Tuesday.' }),
          makeDocument({ id: 'day', text: 'Nothing else.', context: 'Tuesday 17 March 2026' }),
          makeDocument({ id: 'other', text: 'Nothing else.', context: 'Monday 16 March 2026' }),
        );
        expect(await byWords('tuesday')).toEqual(['said', 'day']);
      });
    });

    describe('people', () => {
      const said = (id: string, speaker: string, text: string) =>
        makeDocument({
          id,
          text,
          segmentIds: [`${id}-s`],
          lines: [{ segmentId: `${id}-s`, speaker }],
          speakers: [speaker],
        });
      const ann = { speaker: 'person-ann', name: 'Ann', words: ['ann'] };

      it('come first with what they say; nothing is left out for them', async () => {
        await give(
          said('ben', 'person-ben', 'Ann thinks that the budget is fine. The budget, the budget.'),
          said('ann', 'person-ann', 'I doubt that the budget lasts until the summer.'),
          said('else', 'person-ann', 'The weather is good.'),
        );
        const hits = await index.search(
          UID,
          makeRequest('What did Ann say about the budget?', { people: [ann] }),
        );
        expect(
          hits
            .map((hit) => hit.id)
            .slice(0, 2)
            .sort(),
        ).toEqual(['ann', 'ben']);
        expect(hits.find((hit) => hit.id === 'ann')?.matched).toContain('people');
        expect(hits.find((hit) => hit.id === 'ben')?.matched).not.toContain('people');
      });

      it('are found by nothing but themselves where nothing else is asked', async () => {
        await give(
          said('ben', 'person-ben', 'The budget is fine.'),
          said('me', USER_SPEAKER, 'We shall see.'),
        );
        const me = { speaker: USER_SPEAKER, name: null, words: [] };
        const hits = await index.search(UID, makeRequest('What did I say?', { people: [me] }));
        expect(hits[0]).toMatchObject({ id: 'me' });
        expect(hits[0]?.matched).toContain('people');
      });

      it('are told apart by their ids, whatever those look like', async () => {
        const odd = 'a"b OR * -c';
        await give(said('odd', odd, 'The tide.'), said('ben', 'a', 'The tide.'));
        const asked = [{ speaker: odd, name: 'Odd', words: ['odd'] }];
        const hits = await index.search(UID, makeRequest('Odd on the tide?', { people: asked }));
        expect(hits[0]?.id).toBe('odd');
        expect(hits.filter((hit) => hit.matched.includes('people'))).toHaveLength(1);
      });

      it('have conversations, those that were heard last first, each once', async () => {
        const window = (id: string, speaker: string, happenedAt: number) => ({
          ...said(id, speaker, 'The tide.'),
          happenedAt,
        });
        const odd = 'a"b OR * -c';
        await give(
          window('early:0', odd, DAY),
          window('early:1', odd, 2 * DAY),
          window('late:0', odd, 3 * DAY),
          window('other:0', 'person-ben', 4 * DAY),
        );
        expect(await index.conversationsOf(UID, odd, 10)).toEqual(['late', 'early']);
        expect(await index.conversationsOf(UID, odd, 1)).toEqual(['late']);
        expect(await index.conversationsOf(UID, 'nobody', 10)).toEqual([]);
        expect(await index.conversationsOf(`${UID}-other`, odd, 10)).toEqual([]);
        await index.apply(UID, [makeUpdate('late:0', [])], 2);
        expect(await index.conversationsOf(UID, odd, 10)).toEqual(['early']);
      });
    });

    describe('filters', () => {
      const kinds: SearchKind[] = ['conversation', 'window', 'memory', 'action_item'];

      it('keep to the conversations that were asked for', async () => {
        await give(
          makeDocument({ id: 'a:0', text: 'The tide is high.' }),
          makeDocument({ id: 'a', kind: 'conversation', text: 'The tide' }),
          makeDocument({ id: 'b:0', text: 'The tide is low.' }),
          makeDocument({ id: 'm', kind: 'memory', text: 'Likes the tide.', conversationId: null }),
          makeDocument({ id: 'n', kind: 'memory', text: 'Knows the tide.', conversationId: 'a' }),
        );
        const ids = async (within: string[] | null) => (await found('tide', { within })).toSorted();
        expect(await ids(['a'])).toEqual(['a', 'a:0', 'n']);
        expect(await ids(['b', 'c'])).toEqual(['b:0']);
        expect(await ids([])).toEqual([]);
        expect(await ids(null)).toHaveLength(5);
      });

      it('answers only the kinds that were asked for', async () => {
        await give(...kinds.map((kind) => makeDocument({ id: kind, kind, text: 'apple' })));
        for (const kind of kinds) expect(await found('apple', { kinds: [kind] })).toEqual([kind]);
        expect((await found('apple')).sort()).toEqual([...kinds].sort());
      });

      it('bounds the time to the millisecond, both ends included', async () => {
        const times = [-5, 0, 1000, 1001, 1999, 2000, 40 * 365 * DAY];
        await give(
          ...times.map((happenedAt) =>
            makeDocument({ id: `t${happenedAt}`, happenedAt, text: 'pear' }),
          ),
        );
        expect((await found('pear', { from: 1001, to: 1999 })).sort()).toEqual(['t1001', 't1999']);
        expect(await found('pear', { from: 2001 })).toEqual([`t${40 * 365 * DAY}`]);
        expect((await found('pear', { to: 0 })).sort()).toEqual(['t-5', 't0']);
        expect(await found('pear', { from: 2001, to: 2002 })).toEqual([]);
        expect(await found('pear')).toHaveLength(times.length);
      });

      it('leaves discarded ones out unless asked', async () => {
        await give(
          makeDocument({ id: 'kept', text: 'plum' }),
          makeDocument({ id: 'gone', text: 'plum', discarded: true }),
        );
        expect(await found('plum')).toEqual(['kept']);
        expect((await found('plum', { includeDiscarded: true })).sort()).toEqual(['gone', 'kept']);
      });
    });

    describe('meaning', () => {
      it('finds what no word finds, where there is a model', async (context) => {
        if (!subject.meaning) return context.skip();
        await give(
          makeDocument({ id: 'a', text: 'automobile' }),
          makeDocument({ id: 'b', text: 'pear tree in the garden' }),
        );
        const [hit] = await index.search(UID, makeRequest('vehicle'));
        expect(hit).toMatchObject({ id: 'a', matched: ['meaning'], segmentIds: ['a-segment'] });
      });

      it('keeps to kinds, time and what was not discarded', async (context) => {
        if (!subject.meaning) return context.skip();
        const kinds: SearchKind[] = ['conversation', 'window', 'memory', 'action_item'];
        await give(
          ...kinds.map((kind) => makeDocument({ id: kind, kind, text: 'automobile' })),
          makeDocument({ id: 'early', text: 'automobile', happenedAt: 3_000_500 }),
          makeDocument({ id: 'late', text: 'automobile', happenedAt: 3_000_900 }),
          makeDocument({ id: 'gone', text: 'automobile', discarded: true }),
        );
        for (const kind of ['conversation', 'memory', 'action_item'] as const) {
          expect(await found('vehicle', { kinds: [kind] })).toEqual([kind]);
        }
        expect(await found('vehicle', { from: 3_000_400, to: 3_000_800 })).toEqual(['early']);
        expect(await found('vehicle')).not.toContain('gone');
      });

      it('keeps to the conversations that were asked for, however many are nearer', async (context) => {
        if (!subject.meaning) return context.skip();
        await give(
          makeDocument({ id: 'far:0', text: 'pear' }),
          ...Array.from({ length: 30 }, (_, n) =>
            makeDocument({ id: `near:${n}`, text: `automobile ${n}` }),
          ),
        );
        const hits = await index.search(UID, makeRequest('vehicle', { within: ['far'], limit: 3 }));
        expect(hits.map((hit) => hit.id)).toEqual(['far:0']);
        expect(await found('vehicle', { within: [] })).toEqual([]);
      });

      it('follows changes and deletions, and is of one user alone', async (context) => {
        if (!subject.meaning) return context.skip();
        await give(makeDocument({ id: 'a', text: 'pear' }));
        expect((await found('vehicle')).length).toBeLessThanOrEqual(1);
        await give(
          makeDocument({ id: 'a', text: 'automobile' }),
          makeDocument({ id: 'b', text: 'fig' }),
        );
        expect((await found('vehicle'))[0]).toBe('a');
        expect(await found('vehicle', {}, `${UID}-other`)).toEqual([]);
        await index.apply(UID, [makeUpdate('a', [])], 2);
        await subject.settle(index);
        expect(await found('vehicle')).not.toContain('a');
      });
    });

    describe('updates', () => {
      it('replaces all that a subject had, and deletes what has no documents', async () => {
        await index.apply(
          UID,
          [
            makeUpdate('c', [
              makeDocument({ id: 'c:0', text: 'one apple' }),
              makeDocument({ id: 'c:1', text: 'two apples' }),
            ]),
          ],
          1,
        );
        await subject.settle(index);
        await index.apply(
          UID,
          [makeUpdate('c', [makeDocument({ id: 'c:0', text: 'three pears' })])],
          2,
        );
        await subject.settle(index);
        expect(await byWords('apple')).toEqual([]);
        expect(await found('pears')).toEqual(['c:0']);
        await index.apply(UID, [makeUpdate('c', [])], 3);
        await subject.settle(index);
        expect(await found('pears')).toEqual([]);
      });

      it('keeps subjects of the same id but another kind apart', async () => {
        await index.apply(
          UID,
          [
            makeUpdate('x', [makeDocument({ id: 'x', kind: 'memory', text: 'fig' })], 'memory'),
            makeUpdate(
              'x',
              [makeDocument({ id: 'x', kind: 'action_item', text: 'fig' })],
              'action_item',
            ),
          ],
          1,
        );
        await index.apply(UID, [makeUpdate('x', [], 'memory')], 2);
        await subject.settle(index);
        expect((await index.search(UID, makeRequest('fig'))).map((hit) => hit.kind)).toEqual([
          'action_item',
        ]);
      });

      it('changes nothing when applied twice, and the last of two in one call counts', async () => {
        const update = makeUpdate('c', [makeDocument({ id: 'c:0', text: 'quince jam' })]);
        await index.apply(UID, [update], 1);
        await subject.settle(index);
        const once = await index.search(UID, makeRequest('quince'));
        await index.apply(UID, [update, update], 1);
        await subject.settle(index);
        expect(await index.search(UID, makeRequest('quince'))).toEqual(once);
        const later = makeUpdate('c', [makeDocument({ id: 'c:0', text: 'medlar jam' })]);
        await index.apply(UID, [update, later], 2);
        expect(await byWords('quince')).toEqual([]);
        expect(await byWords('medlar')).toEqual(['c:0']);
      });

      it('holds any number of documents of the same moment', async () => {
        const documents = Array.from({ length: 300 }, (_, n) =>
          makeDocument({ id: `c:${n}`, text: `number${n} lemon` }),
        );
        await index.apply(UID, [makeUpdate('c', documents)], 1);
        expect(await byWords('lemon', { limit: 1000 })).toHaveLength(300);
        expect((await byWords('number299'))[0]).toBe('c:299');
      });
    });

    describe('watermark', () => {
      it('is 0 for a user without an index, and moves with the updates', async () => {
        expect(await index.watermark(UID)).toBe(0);
        await index.apply(UID, [], 1_700_000_000_123);
        expect(await index.watermark(UID)).toBe(1_700_000_000_123);
      });

      it('stays where it was when an update cannot be applied', async () => {
        await index.apply(UID, [makeUpdate('a', [makeDocument({ id: 'a', text: 'olive' })])], 7);
        const broken = makeDocument({ id: 'b', text: 'olive' });
        const unfit = { ...broken, id: 'c', text: null } as unknown as SearchDocument;
        await expect(index.apply(UID, [makeUpdate('b', [broken, unfit])], 8)).rejects.toThrow();
        expect(await index.watermark(UID)).toBe(7);
        expect(await byWords('olive')).toEqual(['a']);
      });

      it('survives closing, with everything else', async () => {
        await index.apply(UID, [makeUpdate('a', [makeDocument({ id: 'a', text: 'olive' })])], 7);
        await index.close();
        index = await subject.open();
        expect(await index.watermark(UID)).toBe(7);
        expect(await byWords('olive')).toEqual(['a']);
      });
    });

    describe('users', () => {
      it('never see each other', async () => {
        await index.apply(
          `${UID}a`,
          [makeUpdate('1', [makeDocument({ id: '1', text: 'melon' })])],
          3,
        );
        await index.apply(
          `${UID}A`,
          [makeUpdate('2', [makeDocument({ id: '2', text: 'melon' })])],
          4,
        );
        await subject.settle(index);
        expect(await found('melon', {}, `${UID}a`)).toEqual(['1']);
        expect(await found('melon', {}, `${UID}A`)).toEqual(['2']);
        expect(await found('melon', {}, `${UID}../a`)).toEqual([]);
      });

      it('are deleted alone and whole', async () => {
        await index.apply(
          `${UID}a`,
          [makeUpdate('1', [makeDocument({ id: '1', text: 'melon' })])],
          3,
        );
        await index.apply(
          `${UID}b`,
          [makeUpdate('2', [makeDocument({ id: '2', text: 'melon' })])],
          4,
        );
        await index.deleteUser(`${UID}a`);
        await index.deleteUser(`${UID}never seen`);
        await subject.settle(index);
        expect(await found('melon', {}, `${UID}a`)).toEqual([]);
        expect(await index.watermark(`${UID}a`)).toBe(0);
        expect(await found('melon', {}, `${UID}b`)).toEqual(['2']);
        await index.apply(
          `${UID}a`,
          [makeUpdate('1', [makeDocument({ id: '1', text: 'grape' })])],
          1,
        );
        expect(await index.watermark(`${UID}a`)).toBe(1);
      });
    });

    it('refuses calls after it was closed, and may be closed twice', async () => {
      const another = makeSubject();
      const closed = await another.open();
      await closed.check();
      await closed.close();
      await closed.close();
      await expect(closed.search(UID, makeRequest('x'))).rejects.toMatchObject({ code: 'aborted' });
      await expect(closed.check()).rejects.toMatchObject({ code: 'aborted' });
      await another.dispose();
    });
  });
}
