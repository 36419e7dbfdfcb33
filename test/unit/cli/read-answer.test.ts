import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../../src/cli/daily/read-answer.ts';
import { type ChatPiece, readChatPieces } from '../../../src/client/chat-pieces.ts';
import { donePiece, statusPiece, textPieces } from '../../../src/wire/chat-stream.ts';

async function piecesOf(text: string, size: number): Promise<ChatPiece[]> {
  const bytes = Buffer.from(text);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const pieces: ChatPiece[] = [];
  for await (const piece of readAnswer(readChatPieces(chunks()))) pieces.push(piece);
  return pieces;
}

describe('a streamed answer', () => {
  const stream = [
    statusPiece('Searching', 'app-1'),
    ...textPieces('Où: naïve\nyes'),
    'later: something new\n\n',
    donePiece({ id: '1', text: 'é' }),
  ].join('');

  it.each([1, 3, 10_000])('is read as it was written, in chunks of %i bytes', async (size) => {
    expect(await piecesOf(stream, size)).toEqual([
      { type: 'status', text: 'Searching', appId: 'app-1' },
      { type: 'text', text: 'Où: naïve\nyes' },
      { type: 'done', message: { id: '1', text: 'é' } },
    ]);
  });

  it('is refused if its end cannot be read', async () => {
    await expect(piecesOf('done: ###\n\n', 100)).rejects.toMatchObject({
      code: 'provider-protocol',
    });
  });
});
