import { AppError } from '../../kernel/errors.ts';

/** Text of a file and how its bytes were read. */
export interface DecodedText {
  text: string;
  /** Name of the encoding: `utf-8`, `utf-16le`, `utf-16be`, `windows-1252` or the one asked for. */
  encoding: string;
  /** Bytes that stand for no character in that encoding; each became U+FFFD. */
  unreadable: number;
}

/** Bytes 0x80 to 0x9f of Windows-1252 (WHATWG encoding standard); the rest equals Latin-1. */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
/** Control characters that no text file has; NUL, bell, delete and the like. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const BINARY = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f]/u;
/** Above this share of characters beyond ASCII, it is no Western text. */
const MAX_BEYOND_ASCII = 0.5;
/** Bytes that a guess about UTF-16 without a mark is made from. */
const GUESS_BYTES = 4_096;
/** Broken bytes that a file in UTF-8 may have, as a share of its characters beyond ASCII. */
const MAX_BROKEN_SHARE = 0.1;

/**
 * Text of the bytes of a file: by its byte order mark, as UTF-16 without a mark, as UTF-8, else as
 * Windows-1252. A file in UTF-8 with a few broken bytes stays UTF-8. Takes linear time.
 *
 * @param label name of an encoding to use instead, as of the WHATWG encoding standard; null to find it out
 * @throws `bad-request` for what is no text, and for an unknown label
 */
export function decodeText(bytes: Uint8Array, label: string | null = null): DecodedText {
  const decoded = label === null ? detect(bytes) : decodeAs(bytes, label);
  const text = decoded.text.startsWith('\uFEFF') ? decoded.text.slice(1) : decoded.text;
  if (BINARY.test(text)) throw new AppError('bad-request', 'It is not a text file.');
  return { ...decoded, text };
}

function detect(bytes: Uint8Array): DecodedText {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decodeAs(bytes, 'utf-16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decodeAs(bytes, 'utf-16be');
  const wide = guessUtf16(bytes);
  if (wide !== null) return decodeAs(bytes, wide);
  const { valid, broken } = countUtf8(bytes);
  if (broken === 0 || broken <= valid * MAX_BROKEN_SHARE) return decodeAs(bytes, 'utf-8');
  const decoded = decodeAs(bytes, 'windows-1252');
  const beyond = bytes.reduce((count, byte) => count + (byte > 0x7f ? 1 : 0), 0);
  if (beyond > bytes.length * MAX_BEYOND_ASCII || /[\u0080-\u009f]/u.test(decoded.text)) {
    throw new AppError(
      'bad-request',
      'It is no text in UTF-8, UTF-16 or Windows-1252. Name its encoding with --encoding, such as windows-1251 or shift_jis.',
    );
  }
  return decoded;
}

function decodeAs(bytes: Uint8Array, label: string): DecodedText {
  let decoder: InstanceType<typeof TextDecoder>;
  try {
    decoder = new TextDecoder(label);
  } catch (cause) {
    throw new AppError(
      'bad-request',
      `Unknown encoding "${label}". Use a name such as utf-8, utf-16le, windows-1252, shift_jis.`,
      { cause },
    );
  }
  const { encoding } = decoder;
  // Some versions of Node decode Windows-1252 as Latin-1.
  const text = encoding === 'windows-1252' ? decodeWindows1252(bytes) : decoder.decode(bytes);
  const unreadable = encoding === 'windows-1252' ? 0 : countReplacements(text);
  return { text, encoding, unreadable };
}

function decodeWindows1252(bytes: Uint8Array): string {
  return asWindows1252(Buffer.from(bytes).toString('latin1'));
}

/**
 * Text in which control characters from U+0080 to U+009F are what Windows-1252 has in their place. Node
 * 20 decodes Windows-1252 as Latin-1, and no text means these controls.
 */
export function asWindows1252(text: string): string {
  return text.replace(
    /[\u0080-\u009f]/gu,
    (character) => WINDOWS_1252[character.charCodeAt(0) - 0x80] ?? '',
  );
}

function countReplacements(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\uFFFD'); at >= 0; at = text.indexOf('\uFFFD', at + 1)) count += 1;
  return count;
}

/** UTF-16 without a mark: nearly every second byte of Western text is zero. */
function guessUtf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const length = Math.min(bytes.length, GUESS_BYTES) & ~1;
  if (length < 4) return null;
  let even = 0;
  let odd = 0;
  for (let at = 0; at < length; at += 2) {
    if (bytes[at] === 0) even += 1;
    if (bytes[at + 1] === 0) odd += 1;
  }
  const pairs = length / 2;
  if (odd > pairs * 0.4 && even === 0) return 'utf-16le';
  if (even > pairs * 0.4 && odd === 0) return 'utf-16be';
  return null;
}

/** Characters of several bytes that are right UTF-8, and bytes that belong to none (RFC 3629). */
function countUtf8(bytes: Uint8Array): { valid: number; broken: number } {
  let valid = 0;
  let broken = 0;
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] ?? 0;
    if (first < 0x80) {
      at += 1;
      continue;
    }
    const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    const isLead = first >= 0xc2 && first <= 0xf4;
    let isWhole = isLead && at + length <= bytes.length;
    for (let next = 1; isWhole && next < length; next += 1) {
      isWhole = ((bytes[at + next] ?? 0) & 0xc0) === 0x80;
    }
    if (isWhole) valid += 1;
    else broken += 1;
    at += isWhole ? length : 1;
  }
  return { valid, broken };
}
