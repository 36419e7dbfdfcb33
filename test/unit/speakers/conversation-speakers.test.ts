import { describe, expect, it } from 'vitest';
import {
  makeSegment,
  type TranscriptSegment,
} from '../../../src/model/conversations/transcript-segment.ts';
import { OWNER } from '../../../src/model/people/speaker-correction.ts';
import { ConversationSpeakers } from '../../../src/speakers/conversation-speakers.ts';
import type { SttWord } from '../../../src/stt/stt-event.ts';

const word = (speaker: number | null): SttWord => ({
  text: 'word',
  startMs: 0,
  endMs: 1,
  speaker,
  confidence: null,
  language: null,
});
const corrections = (speakers: Record<string, string | null>) => ({
  id: 'conversation',
  speakers,
  updatedAt: 0,
});

function labels(speakers: ConversationSpeakers, ...numbers: (number | null)[]) {
  return speakers.label(numbers.map(word)).map(({ speaker }) => speaker);
}

describe('labels of speakers', () => {
  it('follow the order in which they speak if nobody is known', () => {
    const speakers = new ConversationSpeakers(null);
    speakers.begin(undefined, []);
    expect(labels(speakers, 4, 2, 4, null, 0)).toEqual([0, 1, 0, null, 2]);
    expect(labels(speakers, 2)).toEqual([1]);
  });

  it('stay with the person whom the user has named, and with nobody else', () => {
    const speakers = new ConversationSpeakers(null);
    speakers.begin(corrections({ 1: 'anna', 2: 'berta' }), []);
    expect(speakers.identify({ speaker: 0, personId: 'anna' })).toBe(1);
    expect(speakers.identify({ speaker: 0, personId: 'anna' })).toBe(1);
    // Berta is not recognised, so whoever speaks third may be her.
    expect(labels(speakers, 1, 0, 2, 3)).toEqual([0, 1, 2, 3]);
  });

  it('of recognised people are not those that the user gave to others', () => {
    const speakers = new ConversationSpeakers(null);
    speakers.begin(corrections({ 0: 'anna', 1: null }), []);
    expect(speakers.identify({ speaker: 0, personId: 'user' })).toBe(2);
    expect(labels(speakers, 1, 0)).toEqual([0, 2]);
  });

  it('are given anew to each stream', () => {
    const speakers = new ConversationSpeakers(null);
    speakers.begin(undefined, []);
    labels(speakers, 5, 6);
    speakers.begin(corrections({ 3: 'anna' }), []);
    expect(speakers.identify({ speaker: 6, personId: 'anna' })).toBe(3);
    expect(labels(speakers, 5)).toEqual([0]);
  });

  it('of an earlier stream are kept for the speakers that it had', () => {
    const speakers = new ConversationSpeakers(null);
    speakers.begin(undefined, [{ startMs: 0, endMs: 1, speaker: 2 }]);
    expect(labels(speakers, 5, 2, 6)).toEqual([0, 2, 1]);
  });
});

describe('people of speakers', () => {
  const said = (speaker: string, parts: Partial<TranscriptSegment> = {}) =>
    makeSegment({ id: 's', text: 'Hi.', startMs: 0, endMs: 1, speaker, ...parts });

  it('are those whom the user has named, then those who were recognised', () => {
    const speakers = new ConversationSpeakers(null);
    speakers.recognise(1, 'anna');
    speakers.recognise(2, OWNER);
    expect(speakers.name(said('SPEAKER_1')).personId).toBe('anna');
    expect(speakers.name(said('SPEAKER_2'))).toMatchObject({ isUser: true, personId: null });
    expect(speakers.name(said('SPEAKER_3')).personId).toBeNull();
    speakers.assign(1, 'berta', ['other']);
    expect(speakers.name(said('SPEAKER_1')).personId).toBe('berta');
    expect(speakers.name(said('SPEAKER_3', { id: 'other' })).personId).toBe('berta');
  });

  it('do not replace whom a segment has already, and are not guessed for foreign labels', () => {
    const speakers = new ConversationSpeakers(null);
    speakers.recognise(0, 'anna');
    expect(speakers.name(said('SPEAKER_0', { personId: 'carl' })).personId).toBe('carl');
    expect(speakers.name(said('Moderator')).personId).toBeNull();
  });

  it('that were recognised are forgotten with the stream, those whom the user named are not', () => {
    const speakers = new ConversationSpeakers(null);
    speakers.recognise(1, 'anna');
    speakers.assign(2, 'berta', []);
    speakers.begin(undefined, []);
    expect(speakers.name(said('SPEAKER_1')).personId).toBeNull();
    expect(speakers.name(said('SPEAKER_2')).personId).toBe('berta');
  });

  it('are known by the channel of a call', () => {
    const owner = new ConversationSpeakers({ speaker: 'SPEAKER_00', isUser: true });
    expect(owner.name(said('SPEAKER_3'))).toMatchObject({ speaker: 'SPEAKER_00', isUser: true });
    const other = new ConversationSpeakers({ speaker: 'SPEAKER_01', isUser: false });
    other.assign(1, 'anna', []);
    expect(other.name(said('SPEAKER_3'))).toMatchObject({
      speaker: 'SPEAKER_01',
      personId: 'anna',
    });
  });
});
