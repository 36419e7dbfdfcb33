import { convert } from 'html-to-text';
import PostalMime, { type Address, type Email as ParsedMail } from 'postal-mime';
import { AppError } from '../../kernel/errors.ts';
import { asWindows1252 } from './decode-text.ts';

/** An e-mail, as far as a conversation is made of it. */
export interface Email {
  subject: string | null;
  /** Name of the sender, else the address; null if the file names none. */
  sender: string | null;
  /** When it was sent, epoch milliseconds; null if the file does not tell. */
  sentAt: number | null;
  /** Its text as it was written, quotations of earlier messages included. */
  text: string;
  /** What its sender wrote: `text` without quotations of earlier messages. */
  written: string;
}

/** Parts within parts, and forwarded messages within each other: people do not nest deeper. */
const MAX_DEPTH = 20;
const MAX_FORWARDED = 5;
/** Characters of HTML that are read; newsletters have a tenth of it. */
const MAX_HTML = 4_000_000;
/** Elements within elements that are read. */
const MAX_HTML_DEPTH = 200;
/** Line that separates messages in a mailbox file. */
const MAILBOX_LINE = /^From [^\n]{0,500}\n/u;

/**
 * Reads a message in the format of RFC 5322 with MIME parts: its plain text or, if it has none, its HTML
 * as text. Attachments are not read.
 *
 * @throws `bad-request` if it is no message or has no text; without its words
 */
export async function parseEmail(bytes: Uint8Array): Promise<Email> {
  const mail = await parseMime(withoutMailboxLine(bytes));
  const { from, subject, date } = mail;
  if (!from && subject === undefined && date === undefined) {
    throw new AppError('bad-request', 'It has no header of an e-mail: no From, Subject or Date.');
  }
  const plain = clean(mail.text ?? '');
  const text = plain === '' ? clean(htmlText(mail.html ?? '')) : plain;
  if (text === '') throw new AppError('bad-request', 'The e-mail has no text.');
  const sentAt = Date.parse(date ?? '');
  return {
    subject: clean(subject ?? '') || null,
    sender: senderOf(from),
    sentAt: Number.isNaN(sentAt) ? null : sentAt,
    text,
    written: withoutQuotations(text),
  };
}

async function parseMime(bytes: Uint8Array): Promise<ParsedMail> {
  try {
    return await PostalMime.parse(bytes, {
      maxNestingDepth: MAX_DEPTH,
      maxRfc822NestingDepth: MAX_FORWARDED,
    });
  } catch (cause) {
    // The limits of the parser are plain errors.
    throw new AppError('bad-request', 'The e-mail is nested too deep or has too many headers.', {
      cause,
    });
  }
}

/** A message without empty lines and the line of a mailbox file before its headers. */
function withoutMailboxLine(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (bytes[start] === 0x0a || bytes[start] === 0x0d) start += 1;
  const head = Buffer.from(bytes.subarray(start, start + 600)).toString('latin1');
  return bytes.subarray(start + (MAILBOX_LINE.exec(head)?.[0].length ?? 0));
}

function senderOf(from: Address | undefined): string | null {
  return clean(from?.name ?? '') || from?.address?.trim() || null;
}

/** HTML as text: links by their words, quotations behind `>`, pictures and styles left out. */
function htmlText(html: string): string {
  return convert(html, {
    wordwrap: false,
    limits: { maxInputLength: MAX_HTML, maxDepth: MAX_HTML_DEPTH },
    selectors: [
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'img', format: 'skip' },
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({
        selector,
        options: { uppercase: false },
      })),
    ],
  });
}

function clean(text: string): string {
  return asWindows1252(text).replace(/\r\n?/gu, '\n').trim();
}

const DIVIDER =
  /^\s{0,20}-{2,40}\s{0,20}(?:original message|ursprüngliche nachricht)\s{0,20}-{2,40}\s{0,20}$/iu;
const QUOTED = /^\s{0,20}>/u;
const ANNOUNCEMENT = /^(?:on|am) .{5,200}(?:wrote|schrieb.{0,100}):$/iu;

/** A text without quoted lines, the line that announces them, and what a forwarded reply repeats. */
function withoutQuotations(text: string): string {
  const lines = text.split('\n');
  const divider = lines.findIndex((line) => DIVIDER.test(line));
  const all = divider < 0 ? lines : lines.slice(0, divider);
  const kept: string[] = [];
  // From the end, so that each line knows whether a quotation follows.
  let isBeforeQuotation = false;
  for (const line of all.toReversed()) {
    if (QUOTED.test(line)) isBeforeQuotation = true;
    else if (isBeforeQuotation && ANNOUNCEMENT.test(line.trim())) isBeforeQuotation = false;
    else {
      kept.push(line);
      if (line.trim() !== '') isBeforeQuotation = false;
    }
  }
  return kept.reverse().join('\n').trim();
}
