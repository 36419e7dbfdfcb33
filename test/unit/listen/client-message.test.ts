import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseClientMessage } from '../../../src/listen/client-message.ts';

describe('parseClientMessage', () => {
  it('reads words that a client recognised by itself', () => {
    const segment = { text: 'Hello.', is_user: true, start: 0, end: 1.5 };
    const message = { type: 'suggested_transcript', stt_provider: 'whisper', segments: [segment] };
    expect(parseClientMessage(JSON.stringify({ ...message, extra: 1 }))).toEqual({
      type: 'suggested-transcript',
      message: { ...message, extra: 1 },
    });
  });

  it('reads who a speaker is', () => {
    const message = {
      type: 'speaker_assigned',
      speaker_id: 2,
      person_id: 'user',
      person_name: 'User',
      segment_ids: ['a'],
    };
    expect(parseClientMessage(JSON.stringify(message))).toEqual({
      type: 'speaker-assigned',
      speakerId: 2,
      personId: 'user',
      segmentIds: ['a'],
    });
    expect(parseClientMessage(JSON.stringify({ ...message, segment_ids: null }))).toMatchObject({
      segmentIds: [],
    });
  });

  it('reads parts of photos, and nothing that only looks like one', () => {
    const part = { type: 'image_chunk', id: 'temp_img_1', index: 0, total: 2, data: 'aGk' };
    expect(parseClientMessage(JSON.stringify(part))).toEqual({ type: 'image-chunk', chunk: part });
    for (const wrong of [
      { id: '' },
      { id: 7 },
      { index: -1 },
      { index: 0.5 },
      { index: '0' },
      { index: Number.POSITIVE_INFINITY },
      { total: 0 },
      { total: null },
      { data: '' },
      { data: ['aGk'] },
      { data: 'x'.repeat(700_001) },
    ]) {
      const text = JSON.stringify({ ...part, ...wrong });
      expect(parseClientMessage(text)).toEqual({ type: 'malformed' });
    }
  });

  it('reads that a question is to be skipped', () => {
    expect(parseClientMessage('{"type":"skip_question"}')).toEqual({ type: 'skip-question' });
  });

  it('names what it does not act on', () => {
    expect(parseClientMessage('{"type":"weather","id":"x"}')).toEqual({
      type: 'ignored',
      name: 'weather',
    });
    expect(parseClientMessage(`{"type":"${'x'.repeat(80)}"}`)).toEqual({
      type: 'ignored',
      name: 'x'.repeat(50),
    });
  });

  it.each(['{"type":{"toString":1}}', '{"type":{"toString":null}}', '{"type":[[]]}', '{"type":0}'])(
    'does not ask %s for its name',
    (text) => {
      expect(parseClientMessage(text)).toEqual({ type: 'ignored', name: '' });
    },
  );

  it('never throws, whatever JSON comes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(parseClientMessage(JSON.stringify(value)).type).toBeTypeOf('string');
        for (const type of ['suggested_transcript', 'speaker_assigned', 'image_chunk', value]) {
          const text = JSON.stringify({
            segments: value,
            speaker_id: value,
            person_id: value,
            type,
          });
          expect(parseClientMessage(text).type).not.toBe('');
        }
      }),
      { numRuns: 300 },
    );
  });
});
