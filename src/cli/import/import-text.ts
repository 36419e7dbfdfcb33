import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Context } from '../../context.ts';
import type { ExternalOutcome } from '../../conversations/external-conversations.ts';
import { decodeText } from '../../conversations/import/decode-text.ts';
import { parseEmail } from '../../conversations/import/email.ts';
import { isMe } from '../../conversations/import/turn-segments.ts';
import type { TextSource } from '../../model/conversation.ts';
import { readInputFile } from '../input-file.ts';

/** What a file can hold besides a transcript. */
export type ImportedTextSource = 'email' | 'message' | 'text';

const MAX_FILE_BYTES = 16 * 2 ** 20;

export interface TextImportOptions {
  me?: string;
  startedAt?: number;
  language?: string;
  encoding?: string;
}

/** A file as a part of what a conversation is made of. */
interface ReadText {
  text: string;
  understoodText: string | null;
  subject: string | null;
  sender: string | null;
  sentAt: number | null;
  textSource: TextSource;
}

/** Makes a conversation of an e-mail, a message or a text; `bad-request` says why a file is none. */
export async function importText(
  context: Context,
  uid: string,
  file: string,
  source: ImportedTextSource,
  options: TextImportOptions,
): Promise<ExternalOutcome> {
  const bytes = await readInputFile(file, MAX_FILE_BYTES);
  const read = await readText(bytes, source, options.encoding ?? null);
  const me = options.me ?? null;
  const isFromUser = isMe(read.sender, me);
  return context.externalConversations.create(uid, {
    text: read.text,
    textSource: read.textSource,
    textSourceSpec: source === 'email' ? 'email' : path.extname(file).slice(1) || null,
    source: 'external_integration',
    startedAt: options.startedAt ?? read.sentAt ?? Math.round((await stat(file)).mtimeMs),
    finishedAt: null,
    geolocation: null,
    language: options.language ?? null,
    appId: null,
    sender: isFromUser ? null : read.sender,
    isFromUser,
    subject: read.subject,
    understoodText: read.understoodText,
  });
}

async function readText(
  bytes: Uint8Array,
  source: ImportedTextSource,
  encoding: string | null,
): Promise<ReadText> {
  if (source === 'email') {
    const { text, written, subject, sender, sentAt } = await parseEmail(bytes);
    const understoodText = written === text ? null : written;
    return { text, understoodText, subject, sender, sentAt, textSource: 'message' };
  }
  const textSource = source === 'message' ? 'message' : 'other_text';
  const nothing = { understoodText: null, subject: null, sender: null, sentAt: null };
  return { text: decodeText(bytes, encoding).text.trim(), ...nothing, textSource };
}
