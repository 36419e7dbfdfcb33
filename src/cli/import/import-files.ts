import type { Context } from '../../context.ts';
import { AppError, describeError, isAppError } from '../../kernel/errors.ts';
import type { Conversation } from '../../model/conversations/conversation.ts';
import { processJob } from '../../model/jobs.ts';
import { withContext } from '../environment.ts';
import { ownAccount } from '../own-account.ts';
import { ProcessedConversations } from '../processed-conversations.ts';
import { Progress } from '../progress.ts';
import { importArchive, isArchive } from './import-archive.ts';
import { importAudio, isAudioFile } from './import-audio.ts';
import { type ImportedTextSource, importText } from './import-text.ts';
import { importTranscript } from './import-transcript.ts';
import {
  counted,
  describeLeftOut,
  type ImportedConversation,
  type ImportedFile,
  type RefusedFile,
} from './imported-file.ts';

/** Exit codes beside 0. */
const SOME_NOT_PROCESSED = 1;
const NONE_USED = 2;
const SOME_NOT_USED = 3;

export interface ImportOptions {
  source?: 'transcript' | 'audio' | ImportedTextSource;
  format?: string;
  encoding?: string;
  me?: string;
  user: string;
  startedAt?: number;
  language?: string;
  overwrite?: boolean;
}

/** Imports files one after the other; one that cannot be used never stops the others. */
export async function importFiles(files: readonly string[], options: ImportOptions): Promise<void> {
  checkOptions(files, options);
  const refused: RefusedFile[] = [];
  const tried = async (file: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      const reason = reasonOf(error);
      process.stderr.write(`${file}: ${reason}\n`);
      refused.push({ file, reason });
    }
  };
  const archives = files.filter(isArchive);
  for (const file of archives) {
    await tried(file, () => importArchive(file, options.overwrite ?? false));
  }
  const others = files.filter((file) => !isArchive(file));
  const imported: ImportedFile[] = [];
  if (others.length > 0) {
    await withContext(async (context) => {
      const uid = await ownAccount(context.accounts, options.user);
      for (const file of others) {
        await tried(file, async () => {
          imported.push(await importFile(context, uid, file, options));
        });
      }
      await processAndPrint(context, uid, imported);
    });
  }
  if (files.length > 1) printSummary(files, imported, refused);
  if (refused.length > 0) {
    process.exitCode = refused.length === files.length ? NONE_USED : SOME_NOT_USED;
  }
}

function checkOptions(files: readonly string[], options: ImportOptions): void {
  if (options.startedAt !== undefined && files.length > 1) {
    throw new AppError('bad-request', '--started-at is for one file; import them one by one.');
  }
  const isTranscript = options.source === undefined || options.source === 'transcript';
  if (options.format !== undefined && !isTranscript) {
    throw new AppError('bad-request', '--format is for transcripts.');
  }
}

/** Why a file could not be used, as a sentence without its words. */
function reasonOf(error: unknown): string {
  if (isAppError(error)) return error.message;
  return `It could not be imported because of a fault of this program (${describeError(error)}); please report it.`;
}

async function importFile(
  context: Context,
  uid: string,
  file: string,
  options: ImportOptions,
): Promise<ImportedFile> {
  const source = options.source ?? (await sourceOf(file));
  if (source === 'audio') return importAudio(context, uid, file, options);
  if (source === 'transcript') return importTranscript(context, uid, file, options);
  const outcome = await importText(context, uid, file, source, options);
  return { file, conversations: [outcome], leftOut: [] };
}

/** What a file holds: by its beginning, else by its name. */
async function sourceOf(file: string): Promise<NonNullable<ImportOptions['source']>> {
  if (/\.eml$/iu.test(file)) return 'email';
  return (await isAudioFile(file)) ? 'audio' : 'transcript';
}

async function processAndPrint(
  context: Context,
  uid: string,
  files: readonly ImportedFile[],
): Promise<void> {
  const all = files.flatMap((file) => file.conversations);
  if (all.length === 0) return;
  const ours = new Set(all.map(({ conversationId }) => conversationId));
  const processed = new ProcessedConversations(context, uid);
  context.jobWorker.start((job) => job.kind === processJob.name && ours.has(job.subject));
  const progress = new Progress('Processing [{bar}] {value}/{total} conversations', all.length);
  let done = 0;
  try {
    for (const file of files) {
      progress.line(titleOf(file));
      for (const conversation of file.conversations) {
        const found = await processed.wait(conversation.conversationId);
        for (const line of describe(conversation, found)) progress.line(`  ${line}`);
        if (found?.status !== 'completed') process.exitCode ??= SOME_NOT_PROCESSED;
        done += 1;
        // The last lines say that all is done.
        if (done < all.length) progress.update(done);
      }
      const leftOut = describeLeftOut(file.leftOut);
      if (leftOut !== '') progress.line(`  Left out, as no speech: ${leftOut}.`);
    }
  } finally {
    progress.stop();
    processed.close();
  }
}

function titleOf({ file, conversations }: ImportedFile): string {
  const of = (status: ImportedConversation['status']) =>
    conversations.every((conversation) => conversation.status === status);
  if (of('known')) return `${file} (imported before, nothing added)`;
  if (of('updated')) return `${file} (imported before, updated)`;
  return file;
}

function describe(
  imported: ImportedConversation,
  conversation: Conversation | undefined,
): string[] {
  if (!conversation) return ['The conversation was deleted meanwhile.'];
  const { structured, processing } = conversation;
  if (conversation.status === 'failed') {
    return [`Stored, but not processed: ${processing.failureReason ?? 'unknown'}`];
  }
  return [
    `${structured.emoji} ${structured.title}  [${structured.category}, by ${processing.engine ?? '?'}]`,
    [
      counted(imported.segments, 'segment'),
      counted(structured.actionItems.length, 'action item'),
      counted(structured.events.length, 'event'),
    ].join(', '),
  ];
}

function printSummary(
  files: readonly string[],
  imported: readonly ImportedFile[],
  refused: readonly RefusedFile[],
): void {
  const lines = files.map((file) => {
    const reason = refused.find((one) => one.file === file)?.reason;
    if (reason !== undefined) return `  ✗ ${file}: ${reason}`;
    const found = imported.find((one) => one.file === file)?.conversations ?? [];
    const known = found.filter(({ status }) => status === 'known').length;
    const what = found.length === 1 ? '' : `, ${counted(found.length, 'conversation')}`;
    if (isArchive(file)) return `  ✓ ${file}: taken over`;
    return `  ✓ ${file}: ${known === found.length ? 'imported before' : 'imported'}${what}`;
  });
  const used = files.length - refused.length;
  process.stdout.write(
    `${used} of ${counted(files.length, 'file')} imported:\n${lines.join('\n')}\n`,
  );
}
