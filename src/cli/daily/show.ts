import { Command } from 'commander';
import { dataOf } from '../../client/index.ts';
import type { Conversation, Segment } from '../../client/records.ts';
import { AppError, isAppError } from '../../kernel/errors.ts';
import { unnamedSpeaker } from '../../text/unnamed-speaker.ts';
import { fetchConversation, fetchMemories, fetchNames } from '../api/fetch-records.ts';
import type { Api } from '../api/server-client.ts';
import {
  type ConnectionOptions,
  connect,
  type OutputOptions,
  withConnectionAndOutput,
} from '../connection.ts';
import { conversationLines } from '../stream/print-conversation.ts';
import { clockTime, paint, printJson, printLines } from '../terminal.ts';
import { findById } from './find-by-id.ts';
import { hasWords } from './list.ts';

/** Conversations among which the beginning of an id is looked for, and facts among which those of one. */
const RECENT = 5_000;
/** The newest may be live ones in which nobody has spoken yet. */
const LAST = 20;
const FULL_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function showCommand(): Command {
  const command = new Command('show')
    .description('show a conversation: summary, tasks, events, memories and transcript')
    .argument('[id]', 'its id, the beginning of its id, or `last`', 'last');
  return withConnectionAndOutput(command)
    .addHelpText(
      'after',
      `
With --quiet only the transcript is printed.

Examples:
  omi-backend show
  omi-backend show 3f2a91c0`,
    )
    .action(show);
}

async function show(reference: string, options: ConnectionOptions & OutputOptions): Promise<void> {
  const { api } = await connect(options);
  const conversation = await findConversation(api, reference);
  if (options.json) return printJson(conversation);
  const names = await fetchNames(api);
  const transcript = conversation.transcript_segments.map((segment) => spokenLine(segment, names));
  if (options.quiet) return printLines(transcript);
  const memories = await fetchMemories(api, RECENT);
  const own = memories.filter((memory) => memory.conversation_id === conversation.id);
  const [, ...lines] = conversationLines(conversation, own);
  printLines([...lines, ...(transcript.length > 0 ? ['', ...transcript] : [])]);
}

/**
 * Returns the conversation that the user means, with its transcript.
 *
 * @throws AppError `not-found`, `bad-request`
 */
async function findConversation(api: Api, reference: string): Promise<Conversation> {
  if (FULL_ID.test(reference)) {
    return fetchConversation(api, reference.toLowerCase()).catch((error) => {
      if (!isAppError(error, 'not-found')) throw error;
      throw new AppError('not-found', `There is no conversation "${reference}".`, { cause: error });
    });
  }
  const isLast = reference === 'last';
  const query = {
    limit: isLast ? LAST : RECENT,
    statuses: 'in_progress,processing,completed,failed',
    include_discarded: !isLast,
  };
  const found = await dataOf(api.GET('/v1/conversations', { params: { query } }));
  const last = found.find(hasWords);
  if (!isLast) return fetchConversation(api, findById(found, reference, 'conversation').id);
  if (last) return fetchConversation(api, last.id);
  throw new AppError('not-found', 'There are no conversations yet. Try: omi-backend demo');
}

/** A segment in one line: `00:14 Anna: …`. */
export function spokenLine(segment: Segment, names: ReadonlyMap<string, string>): string {
  const name = segment.person_id === null ? undefined : names.get(segment.person_id);
  const speaker = segment.is_user ? 'You' : (name ?? unnamedSpeaker(segment.speaker_id));
  return `${paint.dim(clockTime(segment.start))} ${paint.bold(`${speaker}:`)} ${segment.text}`;
}
