import path from 'node:path';
import type { ChatFile } from '../../model/chat/chat-file.ts';

/** What a file is, by its bytes; its name decides only between kinds that bytes do not tell apart. */
export interface FileKind {
  kind: ChatFile['kind'];
  mimeType: string;
  /** Without a dot; ends the key of the stored file. */
  extension: string;
}

const TEXT_TYPES: Readonly<Record<string, string>> = {
  txt: 'text/plain',
  md: 'text/markdown',
  markdown: 'text/markdown',
  csv: 'text/csv',
  json: 'application/json',
};
/** Documents that clients let users choose and that nothing here reads. */
const OFFICE_TYPES: Readonly<Record<string, string>> = {
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  ppt: 'application/vnd.ms-powerpoint',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};
/** How far into a file the header of a PDF may stand (ISO 32000-1, annex H, note 13). */
const PDF_HEADER_WITHIN = 1024;

/** The kind of a file, null for one that a chat does not take. */
export function fileKindOf(name: string, bytes: Uint8Array): FileKind | null {
  const image = imageType(bytes);
  if (image) return { kind: 'image', mimeType: `image/${image}`, extension: image };
  const head = Buffer.from(bytes.subarray(0, PDF_HEADER_WITHIN)).toString('latin1');
  if (head.includes('%PDF-'))
    return { kind: 'text', mimeType: 'application/pdf', extension: 'pdf' };
  const extension = path.extname(name).slice(1).toLowerCase();
  const office = Object.hasOwn(OFFICE_TYPES, extension) ? OFFICE_TYPES[extension] : undefined;
  if (office) return { kind: 'other', mimeType: office, extension };
  const text = Object.hasOwn(TEXT_TYPES, extension) ? TEXT_TYPES[extension] : undefined;
  return text && isText(bytes) ? { kind: 'text', mimeType: text, extension: 'txt' } : null;
}

function imageType(bytes: Uint8Array): 'jpeg' | 'png' | 'gif' | 'webp' | null {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (head.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (head.startsWith('GIF87a') || head.startsWith('GIF89a')) return 'gif';
  return head.startsWith('RIFF') && head.slice(8) === 'WEBP' ? 'webp' : null;
}

function isText(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    // That it is not UTF-8 is the answer.
    return false;
  }
}
