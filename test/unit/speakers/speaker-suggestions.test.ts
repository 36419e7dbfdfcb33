import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { makeSegment, type TranscriptSegment } from '../../../src/model/transcript-segment.ts';
import type { ListenEvent } from '../../../src/sessions/listen-event.ts';
import { SessionSpeakers } from '../../../src/speakers/session-speakers.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';

const person = (name: string) => ({
  id: `id of ${name}`,
  name,
  createdAt: 0,
  updatedAt: 0,
  speechSamples: [],
  speechSampleTranscripts: null,
  speechSamplesVersion: 3,
});

function session(options: { autoAssign: boolean; ownName?: string }) {
  const events: ListenEvent[] = [];
  const made: string[] = [];
  const speakers = new SessionSpeakers({
    heard: [],
    voice: null,
    uid: 'u',
    // What is stored is tried through the front door.
    store: { transact: async () => undefined } as unknown as DocumentStore,
    personOfName: async (_, name) => {
      made.push(name);
      return person(name);
    },
    ownName: options.ownName ?? null,
    autoAssign: options.autoAssign,
    logger: silentLogger,
    emit: (event) => events.push(event),
  });
  speakers.begin(undefined, false);
  const suggested = () =>
    events.flatMap((e) => (e.type === 'speaker-suggested' ? [[e.segmentId, e.personId]] : []));
  return { speakers, suggested, made };
}

const segment = (
  id: string,
  speaker: number,
  parts: Partial<TranscriptSegment> = {},
): TranscriptSegment =>
  makeSegment({ id, text: 'Hi.', startMs: 0, endMs: 1, speaker: `SPEAKER_${speaker}`, ...parts });

const identified = (speaker: number, personId: string) =>
  ({ type: 'speaker-identified', speaker, personId, name: personId }) as const;

describe('suggestions', () => {
  it('name the owner always, and others where the client assigns by itself', () => {
    for (const autoAssign of [true, false]) {
      const { speakers, suggested } = session({ autoAssign });
      speakers.take(identified(0, 'user'));
      speakers.take(identified(1, 'anna'));
      const own = speakers.name(segment('a', 0));
      const annas = speakers.name(segment('b', 1));
      expect(own.isUser).toBe(true);
      expect(annas.personId).toBe(autoAssign ? 'anna' : null);
      speakers.look([own, annas, segment('c', 2)]);
      speakers.look([own, annas]);
      expect(suggested()).toEqual([
        ['a', 'user'],
        ['b', autoAssign ? 'anna' : ''],
      ]);
    }
  });

  it('do not contradict the user', () => {
    const { speakers, suggested } = session({ autoAssign: true });
    speakers.take(identified(0, 'user'));
    speakers.take(identified(1, 'anna'));
    speakers.look([
      segment('nobody', 0),
      segment('berta', 0, { personId: 'berta' }),
      segment('me', 1, { isUser: true }),
    ]);
    expect(suggested()).toEqual([]);
  });

  it('of an introduction hold for the speaker, unless it is the first of all', async () => {
    const { speakers, suggested, made } = session({ autoAssign: true });
    speakers.look([segment('a', 0, { text: "I'm Anna." }), segment('b', 1, { text: "I'm Bob." })]);
    speakers.look([segment('b', 1, { text: "I'm Bob." })]);
    await speakers.settled();
    expect(made).toEqual(['Anna', 'Bob']);
    expect(suggested()).toEqual([
      ['a', 'id of Anna'],
      ['b', 'id of Bob'],
    ]);
    expect(speakers.name(segment('c', 0)).personId).toBeNull();
    expect(speakers.name(segment('d', 1)).personId).toBe('id of Bob');
    speakers.assign(1, 'carl', []);
    expect(speakers.name(segment('e', 1)).personId).toBe('carl');
    speakers.begin(undefined, false);
    expect(speakers.name(segment('f', 1)).personId).toBe('carl');
  });

  it('of an introduction pass over the owner and whoever is assigned', async () => {
    const { speakers, made } = session({ autoAssign: true, ownName: 'Olga' });
    speakers.look([
      segment('a', 0, { text: "I'm Olga." }),
      segment('b', 0, { text: "I'm Anna.", isUser: true }),
      segment('c', 1, { text: "I'm Anna.", personId: 'berta' }),
    ]);
    await speakers.settled();
    expect(made).toEqual([]);
  });

  it('survive a person who cannot be made', async () => {
    const { speakers, suggested } = session({ autoAssign: true });
    const failing = new SessionSpeakers({
      heard: [],
      voice: null,
      uid: 'u',
      store: {} as DocumentStore,
      personOfName: async () => {
        throw new Error('store is away');
      },
      ownName: null,
      autoAssign: true,
      logger: silentLogger,
      emit: () => undefined,
    });
    failing.look([segment('a', 1, { text: "I'm Anna." })]);
    await failing.settled();
    speakers.look([segment('a', 1, { text: "I'm Anna." })]);
    await speakers.settled();
    expect(suggested()).toEqual([['a', 'id of Anna']]);
  });
});
