import { send } from './client.ts';
import type { ChatMessage } from './types.ts';

export type ChatPiece =
  | { type: 'status'; text: string }
  | { type: 'text'; text: string }
  | { type: 'done'; message: ChatMessage };

/**
 * Asks a question and yields the answer as it is made. A stream that ends without `done` was cut
 * off: its answer was not stored.
 * @throws ApiError
 */
export async function* askQuestion(
  question: { text: string; context?: { type: 'conversation'; id: string; title: string } },
  signal: AbortSignal,
): AsyncGenerator<ChatPiece> {
  const response = await send('/v2/messages', { method: 'POST', body: question, signal });
  if (!response.body) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    rest += value;
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const piece = parseLine(line);
      if (piece) yield piece;
    }
  }
  const last = parseLine(rest);
  if (last) yield last;
}

/** One line of the stream; `__CRLF__` stands for a line break inside the text. */
export function parseLine(line: string): ChatPiece | null {
  if (line.startsWith('data: ')) {
    return { type: 'text', text: line.slice(6).replaceAll('__CRLF__', '\n') };
  }
  if (line.startsWith('think: '))
    return { type: 'status', text: line.slice(7).split('|')[0] ?? '' };
  if (line.startsWith('done: ')) {
    const bytes = Uint8Array.from(atob(line.slice(6)), (character) => character.charCodeAt(0));
    return { type: 'done', message: JSON.parse(new TextDecoder().decode(bytes)) as ChatMessage };
  }
  return null;
}
