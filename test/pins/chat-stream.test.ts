import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { donePiece, messagePiece, statusPiece, textPieces } from '../../src/wire/chat-stream.ts';
import { ChatStreamParser } from '../e2e/chat-stream-parser.ts';

describe('the streamed answer', () => {
  it('is these bytes', () => {
    const message = { id: 'm', text: 'You met\n Ana' };
    const stream = [
      messagePiece({ id: 'q' }),
      statusPiece('Searching conversations', null),
      statusPiece('Asking\nthe app', 'app_1'),
      ...textPieces('You met'),
      ...textPieces(' Ana\ntoday[1]'),
      ...textPieces(''),
      donePiece(message),
    ].join('');
    expect(stream).toBe(
      `message: ${Buffer.from('{"id":"q"}').toString('base64')}\n\n` +
        'think: Searching conversations\n\n' +
        'think: Asking__CRLF__the app|app_id:app_1\n\n' +
        'data: You met\n\n' +
        'data:  Ana__CRLF__today[1]\n\n' +
        `done: ${Buffer.from('{"id":"m","text":"You met\\n Ana"}').toString('base64')}\n\n`,
    );
    expect(textPieces('\r\n')).toEqual(['data: __CRLF__\n\n']);
  });

  it('is read back whole by the rules of the clients, however the network cuts it', () => {
    const words = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.constantFrom(
        '\n',
        '\n\n',
        'data: x',
        ' ',
        '😀'.repeat(700),
        'x'.repeat(1500),
        '\n'.repeat(400),
      ),
    );
    fc.assert(
      fc.property(fc.array(words), fc.infiniteStream(fc.nat(60)), (texts, sizes) => {
        const message = { text: texts.join('') };
        const pieces = [statusPiece('Thinking\nhard', null), ...texts.flatMap(textPieces)];
        for (const piece of pieces) {
          expect(piece.length).toBeLessThan(1024);
          expect(piece.slice(0, -2)).not.toMatch(/[\r\n]/);
        }
        const bytes = Buffer.from([...pieces, donePiece(message)].join(''), 'utf8');
        const parser = new ChatStreamParser();
        for (let at = 0; at < bytes.length; ) {
          const size = 1 + Number(sizes.next().value);
          parser.push(bytes.subarray(at, at + size));
          at += size;
        }
        parser.end();
        expect(parser.statuses).toEqual(['Thinking\nhard']);
        expect(parser.text).toBe(texts.join('').replaceAll('\r', '').replaceAll('__CRLF__', '\n'));
        expect(parser.done).toEqual(message);
      }),
      { numRuns: 60 },
    );
  });
});
