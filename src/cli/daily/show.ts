import { Command } from 'commander';
import { AppError, isAppError } from '../../kernel/errors.ts';
import type { ConversationWire } from '../../wire/conversation-wire.ts';
import type { MemoryWire } from '../../wire/memory-wire.ts';
import type { PersonWire } from '../../wire/person-wire.ts';
import type { SegmentWire } from '../../wire/segment-wire.ts';
import {
  type ConnectionOptions,
  connect,
  type OutputOptions,
  withConnectionAndOutput,
} from '../connection.ts';
import type { ApiClient } from '../stream/api-client.ts';
import { conversationLines } from '../stream/print-conversation.ts';
import { clockTime, paint, printJson, printLines } from '../terminal.ts';
import { findById } from './find-by-id.ts';
import { hasWords } from './list.ts';

/** Conversations among which the beginning of an id is looked for. */
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
  const api = await connect(options);
  const conversation = await findConversation(api, reference);
  if (options.json) return printJson(conversation);
  const names = await personNames(api);
  const transcript = conversation.transcript_segments.map((segment) => spokenLine(segment, names));
  if (options.quiet) return printLines(transcript);
  const memories = await api.call<MemoryWire[]>('GET', '/v3/memories?limit=5000');
  const own = memories.filter((memory) => memory.conversation_id === conversation.id);
  const [, ...lines] = conversationLines(conversation, own);
  printLines([...lines, ...(transcript.length > 0 ? ['', ...transcript] : [])]);
}

/**
 * Returns the conversation that the user means, with its transcript.
 *
 * @throws AppError `not-found`, `bad-request`
 */
async function findConversation(api: ApiClient, reference: string): Promise<ConversationWire> {
  const byId = (id: string) =>
    api.call<ConversationWire>('GET', `/v1/conversations/${encodeURIComponent(id)}`);
  if (FULL_ID.test(reference)) {
    return byId(reference.toLowerCase()).catch((error) => {
      if (!isAppError(error, 'not-found')) throw error;
      throw new AppError('not-found', `There is no conversation "${reference}".`, { cause: error });
    });
  }
  const isLast = reference === 'last';
  const query = new URLSearchParams({
    limit: String(isLast ? LAST : RECENT),
    statuses: 'in_progress,processing,completed,failed',
    include_discarded: String(!isLast),
  });
  const found = await api.call<ConversationWire[]>('GET', `/v1/conversations?${query}`);
  const last = found.find(hasWords);
  if (!isLast) return byId(findById(found, reference, 'conversation').id);
  if (last) return byId(last.id);
  throw new AppError('not-found', 'There are no conversations yet. Try: omi-backend demo');
}

/** Names of the people that the user knows, by id. */
export async function personNames(api: ApiClient): Promise<ReadonlyMap<string, string>> {
  const people = await api.call<PersonWire[]>(
    'GET',
    '/v1/users/people?include_speech_samples=false',
  );
  return new Map(people.map(({ id, name }) => [id, name]));
}

/** A segment in one line: `00:14 Anna: …`. */
export function spokenLine(segment: SegmentWire, names: ReadonlyMap<string, string>): string {
  const name = segment.person_id === null ? undefined : names.get(segment.person_id);
  const speaker = segment.is_user ? 'You' : (name ?? `Speaker ${segment.speaker_id}`);
  return `${paint.dim(clockTime(segment.start))} ${paint.bold(`${speaker}:`)} ${segment.text}`;
}
