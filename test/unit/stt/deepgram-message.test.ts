import { describe, expect, it } from 'vitest';
import {
  isCertainlyPartial,
  parseDeepgramMessage,
} from '../../../src/stt/providers/deepgram/deepgram-message.ts';

const heard = (transcript: string, more: object): string =>
  JSON.stringify({
    type: 'Results',
    start: 1,
    duration: 2,
    ...more,
    channel: { alternatives: [{ transcript, words: [{ word: transcript, start: 1, end: 2 }] }] },
  });

describe('a message of Deepgram that is skipped unread', () => {
  it('is a partial result', () => {
    const message = heard('well then', { is_final: false });
    expect(isCertainlyPartial(message)).toBe(true);
    expect(parseDeepgramMessage(message, 0, false)).toEqual({ kind: 'ignored' });
  });

  it.each([
    ['a final result', heard('well then', { is_final: true })],
    ['one that does not say', heard('well then', {})],
    ['a final result in which the key is said', heard('"is_final":false', { is_final: true })],
    ['one in which the key is said, and that does not say', heard('{"is_final":false}', {})],
    [
      'a final result with the key within',
      heard('well', { is_final: true, in: { is_final: false } }),
    ],
    ['another message', JSON.stringify({ type: 'Metadata', duration: 2, is_final: false })],
    ['binary data', Buffer.from(heard('well', { is_final: false }))],
  ])('is not %s', (_name, message) => {
    expect(isCertainlyPartial(message)).toBe(false);
  });
});
