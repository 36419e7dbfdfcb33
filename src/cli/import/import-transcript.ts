import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Context } from '../../context.ts';
import { durationOf, type ImportedTalk } from '../../conversations/import/imported-transcript.ts';
import {
  MAX_TRANSCRIPT_BYTES,
  parseTranscript,
} from '../../conversations/import/parse-transcript.ts';
import { userOf } from '../../conversations/import/turn-segments.ts';
import type { ImportService } from '../../conversations/import-service.ts';
import { readInputFile } from '../input-file.ts';
import type { ImportedConversation, ImportedFile } from './imported-file.ts';

export interface TranscriptImportOptions {
  format?: string;
  encoding?: string;
  me?: string;
  startedAt?: number;
  language?: string;
}

/** Makes conversations of a transcript file; `bad-request` says why it is none. */
export async function importTranscript(
  context: Context,
  uid: string,
  file: string,
  options: TranscriptImportOptions,
): Promise<ImportedFile> {
  const bytes = await readInputFile(file, MAX_TRANSCRIPT_BYTES);
  const user = await context.users.getUser(uid);
  const transcript = await parseTranscript(bytes, {
    fileName: path.basename(file),
    format: options.format ?? null,
    encoding: options.encoding ?? null,
    knownNames: options.me === undefined ? [] : [options.me],
    timeZone: user.timeZone ?? context.config.defaultTimeZone,
  });
  const changedAt = (await stat(file)).mtimeMs;
  const conversations: ImportedConversation[] = [];
  let userSpeaks = false;
  for (const talk of transcript.talks) {
    const outcome = await importTalk(context.imports, uid, talk, changedAt, options);
    userSpeaks ||= outcome.userSpeaks;
    conversations.push({ ...outcome, segments: talk.turns.length });
  }
  if (options.me !== undefined && !userSpeaks) {
    process.stderr.write(`${file}: nobody in it is called "${options.me}" (--me).\n`);
  }
  return { file, conversations, leftOut: transcript.leftOut };
}

function importTalk(
  imports: ImportService,
  uid: string,
  talk: ImportedTalk,
  changedAt: number,
  options: TranscriptImportOptions,
) {
  const { turns } = talk;
  // A file is written when what it holds has ended.
  const guessed = Math.max(0, Math.round(changedAt - durationOf(turns)));
  return imports.importTranscript(uid, {
    turns,
    me: userOf(turns, options.me ?? null, talk.userLabel),
    startedAt: options.startedAt ?? talk.startedAt ?? guessed,
    language: options.language ?? talk.language,
    title: talk.title,
  });
}
