import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseClientMessage } from '../../../src/listen/client-message.ts';

describe('parseClientMessage', () => {
  it('reads words that a client recognised by itself', () => {
    const segment = { text: 'Hello.', is_user: true, start: 0, end: 1.5 };
    const message = { type: 'suggested_transcript', stt_provider: 'whisper', segments: [segment] };
    expect(parseClientMessage(JSON.stringify({ ...message, extra: 1 }))).toEqual({
      type: 'suggested-transcript',
      message,
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

  it('names what it does not act on', () => {
    expect(parseClientMessage('{"type":"image_chunk","id":"x"}')).toEqual({
      type: 'ignored',
      name: 'image_chunk',
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
        for (const type of ['suggested_transcript', 'speaker_assigned', value]) {
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
