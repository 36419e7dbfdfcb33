/** A piece of a streamed answer, as Omi's app reads it. */
export type ChatPiece =
  | { kind: 'think'; text: string }
  | { kind: 'data'; text: string }
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was sent
  | { kind: 'message' | 'done'; message: any };

/**
 * Reads a streamed answer by the contract's rules: bytes are buffered as UTF-8 and split at blank
 * lines, empty parts are skipped, the rest counts at the end. A part that begins with no known
 * prefix makes the app stop, and so this reader throws.
 */
export class ChatStreamParser {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #buffer = '';
  readonly pieces: ChatPiece[] = [];
  /** The parts as they came, without their ends. */
  readonly parts: string[] = [];

  push(bytes: Uint8Array): void {
    this.#buffer += this.#decoder.decode(bytes, { stream: true });
    const parts = this.#buffer.split('\n\n');
    this.#buffer = parts.pop() ?? '';
    for (const part of parts) this.#take(part);
  }

  end(): void {
    this.#buffer += this.#decoder.decode();
    this.#take(this.#buffer);
    this.#buffer = '';
  }

  get text(): string {
    return this.pieces.map((piece) => (piece.kind === 'data' ? piece.text : '')).join('');
  }

  get statuses(): string[] {
    return this.pieces.flatMap((piece) => (piece.kind === 'think' ? [piece.text] : []));
  }

  /** The question that a voice message was understood as. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was sent
  get asked(): any {
    const [first] = this.pieces;
    return first?.kind === 'message' ? first.message : undefined;
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was sent
  get done(): any {
    const last = this.pieces.at(-1);
    return last?.kind === 'done' ? last.message : undefined;
  }

  #take(part: string): void {
    if (part === '') return;
    this.parts.push(part);
    if (this.done !== undefined) throw new Error('something came after the last piece');
    if (part.startsWith('think: ')) {
      this.pieces.push({ kind: 'think', text: unescapeText(part.slice(7)) });
    } else if (part.startsWith('data: ')) {
      this.pieces.push({ kind: 'data', text: unescapeText(part.slice(6)) });
    } else if (part.startsWith('message: ') && this.pieces.length === 0) {
      const json = Buffer.from(part.slice(9), 'base64').toString('utf8');
      this.pieces.push({ kind: 'message', message: JSON.parse(json) });
    } else if (part.startsWith('done: ')) {
      const json = Buffer.from(part.slice(6), 'base64').toString('utf8');
      this.pieces.push({ kind: 'done', message: JSON.parse(json) });
    } else throw new Error(`not a piece of an answer: ${JSON.stringify(part.slice(0, 80))}`);
  }
}

function unescapeText(text: string): string {
  return text.replaceAll('__CRLF__', '\n');
}

/** Reads a whole answer from a response. */
export async function readChatStream(response: Response): Promise<ChatStreamParser> {
  const parser = new ChatStreamParser();
  for await (const bytes of response.body ?? []) parser.push(bytes);
  parser.end();
  return parser;
}
