import { stat } from 'node:fs/promises';
import path from 'node:path';
import { Command, Option } from 'commander';
import type { Context } from '../context.ts';
import {
  durationOf,
  IMPORT_FORMATS,
  type ImportedTranscript,
  type ImportFormat,
} from '../conversations/import/imported-transcript.ts';
import { parseTranscript } from '../conversations/import/parse-transcript.ts';
import { ImportService } from '../conversations/import-service.ts';
import { AppError, isAppError } from '../kernel/errors.ts';
import type { Conversation } from '../model/conversation.ts';
import { processJob } from '../model/jobs.ts';
import { withContext } from './environment.ts';
import { importArchive, isArchive } from './import-archive.ts';
import { type ImportedTextSource, importText, TEXT_SOURCES } from './import-text.ts';
import { readInputFile } from './input-file.ts';
import { ownAccount } from './own-account.ts';
import { ProcessedConversations } from './processed-conversations.ts';
import { Progress } from './progress.ts';

/** A transcript is text: what is larger is something else. */
const MAX_FILE_BYTES = 64 * 2 ** 20;
/** Exit codes beside 0. */
const SOME_NOT_PROCESSED = 1;
const SOME_NOT_READ = 2;

interface ImportOptions {
  source: 'transcript' | ImportedTextSource;
  format?: ImportFormat;
  me?: string;
  user: string;
  startedAt?: number;
  language?: string;
  overwrite?: boolean;
}

interface ImportedFile {
  file: string;
  conversationId: string;
  status: 'added' | 'known';
  segments: number;
}

export function importCommand(): Command {
  return new Command('import')
    .description(
      'make conversations of transcripts, e-mails and text, or take over a user from an archive; works while the server runs',
    )
    .argument(
      '<file...>',
      'meeting JSON, WebVTT, SubRip, text with lines "Name: words", or an archive that `export` wrote',
    )
    .addOption(
      new Option('--source <source>', 'what the files hold')
        .choices(['transcript', ...TEXT_SOURCES])
        .default('transcript'),
    )
    .addOption(new Option('--format <format>', 'instead of recognising it').choices(IMPORT_FORMATS))
    .option('--me <name>', 'the name in the files that is the user')
    .option('--user <name>', 'whose conversations they become', 'owner')
    .option(
      '--started-at <time>',
      'when it began, ISO 8601 (one file only); default: when the file was last changed, less the length of the transcript',
      parseTime,
    )
    .option('--overwrite', 'of an archive: write over what its user has here already')
    .option('--language <tag>', 'language of the files: en, de, …')
    .addHelpText(
      'after',
      `
Named speakers become people. The same words are added once, whatever the format of the file.
Files without times are laid out at 0.3 s a word.
An e-mail is one message with its headers (RFC 5322), a message or text is any text; with --me its
sender is the user. What is found in them names their paragraphs as its source.
Exit code: 0; 1 where processing failed; 2 where a file could not be read (the others are imported).

Examples:
  omi-backend import meetings/*.json
  omi-backend import owner.tar.gz
  omi-backend import --source email invitation.eml
  omi-backend import call.vtt --me "Anna Smith" --started-at 2026-03-10T14:00:00Z`,
    )
    .action((files: string[], options: ImportOptions) => importFiles(files, options));
}

async function importFiles(files: readonly string[], options: ImportOptions): Promise<void> {
  if (options.startedAt !== undefined && files.length > 1) {
    throw new AppError('bad-request', '--started-at is for one file; import them one by one.');
  }
  const archives = files.filter(isArchive);
  for (const file of archives) await importArchive(file, options.overwrite ?? false);
  if (archives.length === files.length) return;
  if (options.format !== undefined && options.source !== 'transcript') {
    throw new AppError('bad-request', '--format is for transcripts.');
  }
  await withContext(async (context) => {
    const uid = await ownAccount(context.accounts, options.user);
    const imported: ImportedFile[] = [];
    for (const file of files.filter((name) => !isArchive(name))) {
      const outcome = await importFile(context, uid, file, options);
      if (outcome) imported.push(outcome);
      else process.exitCode = SOME_NOT_READ;
    }
    await processAndPrint(context, uid, imported);
  });
}

/** Undefined, after a line that says why, where the file cannot be used. */
async function importFile(
  context: Context,
  uid: string,
  file: string,
  options: ImportOptions,
): Promise<ImportedFile | undefined> {
  if (options.source !== 'transcript') {
    return importTextFile(context, uid, file, options.source, options);
  }
  const service = new ImportService({
    store: context.store,
    clock: context.clock,
    ensurePerson: async (owner, name) => (await context.people.createPerson(owner, name)).id,
  });
  try {
    const { transcript, changedAt } = await readTranscript(file, options.format ?? null);
    const { turns } = transcript;
    const outcome = await service.importTranscript(uid, {
      turns,
      me: options.me ?? null,
      startedAt: options.startedAt ?? Math.max(0, Math.round(changedAt - durationOf(turns))),
      language: options.language ?? null,
    });
    if (options.me !== undefined && !outcome.userSpeaks) {
      process.stderr.write(`${file}: nobody in it is called "${options.me}" (--me).\n`);
    }
    return { file, segments: turns.length, ...outcome };
  } catch (error) {
    if (!isAppError(error, 'bad-request')) throw error;
    process.stderr.write(`${file}: ${error.message}\n`);
    return undefined;
  }
}

async function importTextFile(
  context: Context,
  uid: string,
  file: string,
  source: ImportedTextSource,
  options: ImportOptions,
): Promise<ImportedFile | undefined> {
  try {
    return { file, ...(await importText(context, uid, file, source, options)) };
  } catch (error) {
    if (!isAppError(error, 'bad-request') && !isAppError(error, 'payload-too-large')) throw error;
    process.stderr.write(`${file}: ${error.message}\n`);
    return undefined;
  }
}

async function readTranscript(
  file: string,
  format: ImportFormat | null,
): Promise<{ transcript: ImportedTranscript; changedAt: number }> {
  const bytes = await readInputFile(file, MAX_FILE_BYTES);
  const transcript = await parseTranscript(bytes, { fileName: path.basename(file), format });
  return { transcript, changedAt: (await stat(file)).mtimeMs };
}

async function processAndPrint(
  context: Context,
  uid: string,
  files: readonly ImportedFile[],
): Promise<void> {
  if (files.length === 0) return;
  const ours = new Set(files.map((file) => file.conversationId));
  const processed = new ProcessedConversations(context, uid);
  context.jobWorker.start((job) => job.kind === processJob.name && ours.has(job.subject));
  const progress = new Progress('Processing [{bar}] {value}/{total} files', files.length);
  try {
    for (const [index, file] of files.entries()) {
      const conversation = await processed.wait(file.conversationId);
      for (const line of describe(file, conversation)) progress.line(line);
      if (conversation?.status !== 'completed') process.exitCode ??= SOME_NOT_PROCESSED;
      progress.update(index + 1);
    }
  } finally {
    progress.stop();
    processed.close();
  }
}

function describe(file: ImportedFile, conversation: Conversation | undefined): string[] {
  if (!conversation) return [`${file.file}: the conversation was deleted meanwhile.`];
  const { structured, processing } = conversation;
  if (conversation.status === 'failed') {
    return [`${file.file}: stored, but not processed: ${processing.failureReason ?? 'unknown'}`];
  }
  const known = file.status === 'known' ? ' (imported before, nothing added)' : '';
  return [
    `${file.file}${known}`,
    `  ${structured.emoji} ${structured.title}  [${structured.category}, by ${processing.engine ?? '?'}]`,
    `  ${[
      count(file.segments, 'segment'),
      count(structured.actionItems.length, 'action item'),
      count(structured.events.length, 'event'),
    ].join(', ')}`,
  ];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function parseTime(text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) {
    throw new AppError('bad-request', `--started-at: "${text}" is not an ISO 8601 time.`);
  }
  return time;
}
