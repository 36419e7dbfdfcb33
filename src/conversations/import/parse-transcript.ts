import { AppError } from '../../kernel/errors.ts';
import { parseCaptions } from './captions.ts';
import type { ImportedTranscript, ImportedTurn, ImportFormat } from './imported-transcript.ts';
import { parseMeetingJson } from './meeting-json.ts';
import { parsePlainText } from './plain-text.ts';

const WEBVTT = /^WEBVTT(?:[ \t\r\n]|$)/u;
const SRT = /^\s*\d+[ \t]*\r?\n\s*\d{1,2}:\d{2}:\d{2}[,.]\d{1,3}\s*-->/u;
/** Control characters that no text file has. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const BINARY = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/u;

/**
 * Reads a transcript file. Throws `bad-request` that says what is wrong with it, without its words.
 *
 * @param format null: recognised by what the file holds, then by its name
 */
export async function parseTranscript(
  bytes: Uint8Array,
  options: { fileName: string; format: ImportFormat | null },
): Promise<ImportedTranscript> {
  const text = decodeTextFile(bytes);
  if (text.trim() === '') throw new AppError('bad-request', 'It is empty.');
  const format = options.format ?? recogniseFormat(text, options.fileName);
  const turns = await parseAs(format, text);
  if (turns.length === 0) {
    throw new AppError('bad-request', `Nobody says anything in it, read as ${format}.`);
  }
  return { format, turns };
}

function recogniseFormat(text: string, fileName: string): ImportFormat {
  if (WEBVTT.test(text)) return 'vtt';
  if (SRT.test(text)) return 'srt';
  const extension = /\.([a-z]+)$/iu.exec(fileName)?.[1]?.toLowerCase();
  if (extension === 'json' || extension === 'vtt' || extension === 'srt') return extension;
  return extension !== 'txt' && /^\s*\{\s*"/u.test(text) ? 'json' : 'text';
}

async function parseAs(format: ImportFormat, text: string): Promise<ImportedTurn[]> {
  switch (format) {
    case 'json':
      return parseMeetingJson(text);
    case 'text':
      return parsePlainText(text);
    case 'srt':
      return parseCaptions(text, 'srt');
    case 'vtt':
      if (!WEBVTT.test(text)) {
        throw new AppError('bad-request', 'It is not WebVTT: the first line is not WEBVTT.');
      }
      return parseCaptions(text, 'vtt');
  }
}

/** UTF-8, or UTF-16 where a byte order mark says so; `bad-request` for what is no text. */
export function decodeTextFile(bytes: Uint8Array): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : 'utf-8';
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError('bad-request', 'It is not a text file in UTF-8.', { cause });
  }
  if (BINARY.test(text)) throw new AppError('bad-request', 'It is not a text file.');
  return text;
}
