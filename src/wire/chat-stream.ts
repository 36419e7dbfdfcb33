import { stringifyWire } from './json.ts';

/**
 * The pieces of a streamed answer: `<prefix><payload>\n\n`. It looks like server-sent events and is
 * none: Omi's app splits at blank lines and stops reading at a piece that begins with anything else,
 * so that no line break may ever stand inside a payload.
 */
const LINE_BREAK = '__CRLF__';
const END = '\n\n';
/** A piece stays below this many characters, its prefix and end included (`done: ` is one piece). */
const MAX_PIECE = 1024;
const DATA = 'data: ';
const MAX_PAYLOAD = MAX_PIECE - 1 - DATA.length - END.length;

/** What is being done, shown while the user waits; `appId` is the app whose tool runs, or null. */
export function statusPiece(text: string, appId: string | null): string {
  const app = appId === null ? '' : `|app_id:${withoutLineBreaks(appId)}`;
  return `think: ${withoutLineBreaks(text).slice(0, MAX_PAYLOAD - 1 - app.length)}${app}${END}`;
}

/** The user's own message as it was stored, the first piece of the answer to a voice message. */
export function messagePiece(message: object): string {
  return `message: ${Buffer.from(stringifyWire(message), 'utf8').toString('base64')}${END}`;
}

/** The next words of the answer; several pieces if they are long, none if there are none. */
export function textPieces(text: string): string[] {
  const pieces: string[] = [];
  let payload = '';
  // By code point, so that a piece never ends within a character; a line break is never cut either.
  for (const character of text) {
    const unit = character === '\r' ? '' : character === '\n' ? LINE_BREAK : character;
    if (payload.length + unit.length > MAX_PAYLOAD) {
      pieces.push(`${DATA}${payload}${END}`);
      payload = '';
    }
    payload += unit;
  }
  if (payload !== '') pieces.push(`${DATA}${payload}${END}`);
  return pieces;
}

/** The stored answer, the last piece. */
export function donePiece(message: object): string {
  return `done: ${Buffer.from(stringifyWire(message), 'utf8').toString('base64')}${END}`;
}

function withoutLineBreaks(text: string): string {
  return text.replaceAll('\r', '').replaceAll('\n', LINE_BREAK);
}
