import { Command } from 'commander';
import { z } from 'zod';
import type { ChatPiece } from '../../client/chat-pieces.ts';
import { AppError } from '../../kernel/errors.ts';
import { type MessageWire, messageSchema } from '../../wire/message-wire.ts';
import { fetchConversation, fetchNames } from '../api/fetch-records.ts';
import type { Api } from '../api/server-client.ts';
import {
  type ConnectionOptions,
  connect,
  type OutputOptions,
  withConnectionAndOutput,
} from '../connection.ts';
import {
  localTime,
  paint,
  printable,
  printJson,
  printLines,
  printNote,
  shortId,
} from '../terminal.ts';
import { readAnswer } from './read-answer.ts';
import { spokenLine } from './show.ts';

/** Words that are shown of one citation. */
const QUOTES = 3;
/** What is read of the answer's last piece; a newer server may send more. */
const answerSchema = messageSchema.pick({ text: true, memories: true }).catchall(z.unknown());

export function askCommand(): Command {
  const command = new Command('ask')
    .description('ask about what was said; the answer names the words it comes from')
    .argument('<question...>', 'in your own words');
  return withConnectionAndOutput(command)
    .addHelpText(
      'after',
      `
The answer goes to standard output as it is written, what is being done to standard error. Question and
answer are kept in the chat of the console. With --quiet there are no citations.
Exit code: 0; 1 if the answer broke off.

Examples:
  omi-backend ask what did I promise Ben
  omi-backend ask "When do we meet about the budget?" --json`,
    )
    .action(ask);
}

async function ask(words: string[], options: ConnectionOptions & OutputOptions): Promise<void> {
  const text = words.join(' ').trim();
  if (text === '') throw new AppError('bad-request', 'Ask something.');
  const client = await connect(options);
  const printPiece = options.json ? () => undefined : printer(options.quiet ?? false);
  let done: unknown;
  for await (const piece of readAnswer(client.ask(text))) {
    if (piece.type === 'done') done = piece.message;
    else printPiece(piece);
  }
  if (!options.json) process.stdout.write('\n');
  const answer = answerSchema.safeParse(done);
  if (!answer.success) {
    throw new AppError('provider-unavailable', 'The answer broke off. Ask again.');
  }
  if (options.json) return printJson(done);
  if (!options.quiet) await printCitations(client.api, answer.data.memories);
}

/** Prints the words of the answer as they come, and on a terminal what is being done. */
function printer(isQuiet: boolean): (piece: ChatPiece) => void {
  return (piece) => {
    if (piece.type === 'text') process.stdout.write(printable(piece.text));
    else if (piece.type === 'status' && !isQuiet) printNote(paint.dim(piece.text));
  };
}

async function printCitations(api: Api, cited: MessageWire['memories']): Promise<void> {
  if (cited.length === 0) return;
  const names = await fetchNames(api);
  const lines = ['', paint.bold('From')];
  for (const { id, structured, created_at: createdAt, segment_ids: segmentIds } of cited) {
    const { title, emoji } = structured;
    lines.push(`  ${paint.dim(shortId(id))}  ${emoji} ${title}, ${localTime(createdAt)}`);
    const whole = await fetchConversation(api, id);
    const wanted = new Set(segmentIds);
    const quoted = whole.transcript_segments.filter((segment) => wanted.has(segment.id));
    lines.push(
      ...quoted.slice(0, QUOTES).map((segment) => `            ${spokenLine(segment, names)}`),
    );
  }
  printLines(lines);
}
