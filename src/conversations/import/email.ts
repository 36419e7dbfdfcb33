import { AppError } from '../../kernel/errors.ts';
import { decodeBody, decodeText } from './email-encoding.ts';
import { type EmailHeaders, readHeaders } from './email-headers.ts';

/** An e-mail, as far as a conversation is made of it. */
export interface Email {
  subject: string | null;
  /** Name of the sender, else the address; null where the file names none. */
  sender: string | null;
  /** When it was sent, epoch milliseconds; null where the file does not tell. */
  sentAt: number | null;
  /** Its plain text as it was written, quotations of earlier messages included. */
  text: string;
  /** What its sender wrote: `text` without quotations of earlier messages. */
  written: string;
}

/** Parts within parts: none of it is deeper in a message that people write. */
const MAX_DEPTH = 10;

/**
 * Reads a message in the format of RFC 5322, with MIME parts (RFC 2045 to 2047): of those, the plain
 * text. Throws `bad-request` where it is none, or has no plain text; without its words.
 */
export function parseEmail(bytes: Uint8Array): Email {
  // Every byte is one character, so that each part can be decoded by its own charset.
  const raw = Buffer.from(bytes).toString('latin1').replace(/\r\n?/g, '\n');
  const { headers, body } = splitMessage(raw);
  if (!headers.has('from') && !headers.has('subject') && !headers.has('date')) {
    throw new AppError('bad-request', 'It has no header of an e-mail: no From, Subject or Date.');
  }
  const text = plainTextOf(headers, body, 0);
  if (text === null) throw new AppError('bad-request', 'The e-mail has no part in plain text.');
  const clean = text.replace(/\r\n?/g, '\n').trim();
  const date = headers.text('date');
  const sentAt = date === null ? Number.NaN : Date.parse(date.replace(/\s*\([^)]*\)\s*$/, ''));
  return {
    subject: headers.text('subject'),
    sender: senderOf(headers.text('from')),
    sentAt: Number.isNaN(sentAt) ? null : sentAt,
    text: clean,
    written: withoutQuotations(clean),
  };
}

function splitMessage(raw: string): { headers: EmailHeaders; body: string } {
  const start = raw.replace(/^(?:From [^\n]*\n)?\n*/, '');
  const end = start.indexOf('\n\n');
  const head = end < 0 ? start : start.slice(0, end);
  return { headers: readHeaders(head), body: end < 0 ? '' : start.slice(end + 2) };
}

/** The plain text of a message or part; null where it has none. */
function plainTextOf(headers: EmailHeaders, body: string, depth: number): string | null {
  if (depth > MAX_DEPTH) return null;
  const type = headers.contentType();
  if (type.name.startsWith('multipart/')) {
    const boundary = type.parameters.get('boundary');
    if (!boundary) return null;
    const texts = partsOf(body, boundary)
      .map((part) => splitPart(part))
      .filter(({ headers: inner }) => !inner.isAttachment())
      .map((part) => plainTextOf(part.headers, part.body, depth + 1))
      .filter((text) => text !== null);
    if (texts.length === 0) return null;
    // Alternatives say the same thing, the parts of a mixture each something else.
    return type.name === 'multipart/alternative' ? (texts[0] ?? null) : texts.join('\n\n');
  }
  if (type.name !== 'text/plain') return null;
  const decoded = decodeBody(body, headers.raw('content-transfer-encoding'));
  return decodeText(decoded, type.parameters.get('charset') ?? null);
}

function splitPart(part: string): { headers: EmailHeaders; body: string } {
  // A part may begin with its empty line: it has no headers then.
  if (part.startsWith('\n')) return { headers: readHeaders(''), body: part.slice(1) };
  return splitMessage(part);
}

function partsOf(body: string, boundary: string): string[] {
  const parts: string[] = [];
  let current: string[] | null = null;
  for (const line of body.split('\n')) {
    const bare = line.trimEnd();
    if (bare === `--${boundary}` || bare === `--${boundary}--`) {
      if (current) parts.push(current.join('\n'));
      if (bare.endsWith('--') && bare !== `--${boundary}`) return parts;
      current = [];
    } else {
      current?.push(line);
    }
  }
  if (current) parts.push(current.join('\n'));
  return parts;
}

function senderOf(from: string | null): string | null {
  if (from === null) return null;
  const name = /^\s*"?([^"<]*?)"?\s*</.exec(from)?.[1]?.trim();
  if (name) return name;
  return /<?([^<>\s]+@[^<>\s]+)>?/.exec(from)?.[1] ?? null;
}

/** A text without quoted lines, the line that announces them, and what a forwarded reply repeats. */
function withoutQuotations(text: string): string {
  const lines = text.split('\n');
  const divider = lines.findIndex((line) =>
    /^\s*-{2,}\s*(?:original message|ursprüngliche nachricht)\s*-{2,}\s*$/i.test(line),
  );
  const kept = (divider < 0 ? lines : lines.slice(0, divider)).filter((line, i, all) => {
    if (/^\s*>/.test(line)) return false;
    const announces = /^(?:on|am) .{5,200}(?:wrote|schrieb[^:]*):\s*$/i.test(line.trim());
    const next = all.slice(i + 1).find((other) => other.trim() !== '');
    return !(announces && next !== undefined && /^\s*>/.test(next));
  });
  return kept.join('\n').trim();
}
