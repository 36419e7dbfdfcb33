import path from 'node:path';
import { Command, Option } from 'commander';
import type { DiskSource } from '../audio/file/audio-source.ts';
import { dataOf } from '../client/index.ts';
import type { Conversation } from '../client/records.ts';
import { AppError, isAppError } from '../kernel/errors.ts';
import { fetchConversation, fetchMemories } from './api/fetch-records.ts';
import type { Api } from './api/server-client.ts';
import {
  type ConnectionOptions,
  connect,
  type OutputOptions,
  withConnectionAndOutput,
} from './connection.ts';
import { MAX_SOUND_BYTES, openInputFile } from './input-file.ts';
import { LiveTranscript } from './stream/live-transcript.ts';
import { play } from './stream/play.ts';
import { conversationLines } from './stream/print-conversation.ts';
import type { StreamCodec, StreamSource } from './stream/stream-message.ts';
import { printJson, printLines, printNote } from './terminal.ts';

/** The newest facts, among which those of the conversation are. */
const MEMORIES = 200;

export interface StreamOptions extends ConnectionOptions, OutputOptions {
  speed?: number;
  codec?: StreamCodec;
  language?: string;
  source?: string;
  timeout?: string;
  me?: string;
  again?: boolean;
}

export function streamCommand(): Command {
  const command = new Command('stream')
    .description("play a recording or a transcript into a server, as a device's live conversation")
    .argument(
      '<file>',
      'sound (WAV, MP3, M4A, MP4, WebM, FLAC, Ogg, AAC) or a transcript (captions, text, JSON)',
    )
    .option(
      '--speed <factor>',
      '1: real time; 10: ten times; max (default: 1, text max)',
      parseSpeed,
    )
    .addOption(
      new Option('--codec <codec>', 'how audio is sent (default: as the file has it)').choices([
        'pcm16',
        'opus',
      ]),
    )
    .option('--language <tag>', 'spoken language: en, de, …, or multi')
    .option('--source <name>', 'device that it comes from: omi, phone, desktop, …')
    .option('--timeout <seconds>', 'silence after which the server ends the conversation')
    .option('--me <name>', 'the name in a transcript that is the user')
    .option('--again', 'send it though the same was streamed or imported before');
  return withConnectionAndOutput(command)
    .addHelpText(
      'after',
      `
A transcript needs no speech-to-text: the server takes its words and does the rest.
Words go to standard output as they are settled, the progress to standard error.
Which files can be played: docs/importing.md.
Exit code: 0; 1 if the server failed or recognised nothing; 2 if the file cannot be used.

Examples:
  omi-backend stream meeting.wav
  omi-backend stream meeting.json --me "Project Manager"
  OMI_TOKEN=omi_… omi-backend stream call.ogg --url https://omi.example.org --speed 4`,
    )
    .action(stream);
}

/**
 * Plays a file into a server and prints what became of it.
 *
 * @throws AppError `bad-request` if the file cannot be played; see `play`
 */
export async function stream(file: string, options: StreamOptions): Promise<void> {
  const client = await connect(options);
  const { api } = client;
  const names = new Map<string, string>();
  const stop = new AbortController();
  const input = await openInputFile(file, MAX_SOUND_BYTES).catch((error) => refuse(file, error));
  try {
    const source = await readSource(input, options, stop.signal, async (name) => {
      const person = await dataOf(api.POST('/v1/users/people', { body: { name } }));
      names.set(person.id, name);
      return person.id;
    }).catch((error) => refuse(file, error));
    const transcript = new LiveTranscript((personId) => names.get(personId));
    if (!options.quiet) printNote(`${path.basename(file)}: ${source.description} → ${client.url}`);
    const known = options.again ? undefined : await findStreamed(api, source.importKey);
    const conversation =
      known ??
      (await play(client, source, transcript, {
        speed: options.speed ?? (source.kind === 'text' ? Number.POSITIVE_INFINITY : 1),
        query: queryOf(source, options),
        output: options,
      }));
    if (known) {
      printNote('The same was streamed or imported before; --again sends it again.');
    } else {
      await noteStreamed(api, source.importKey, conversation.id);
    }
    await printResult(api, conversation, options);
  } finally {
    stop.abort();
    await input.close();
  }
}

/** Prints the conversation that something was made into. */
export async function printResult(
  api: Api,
  conversation: Conversation,
  { json, quiet }: OutputOptions,
): Promise<void> {
  if (json) return printJson(conversation);
  if (quiet) return printLines([conversation.id]);
  const memories = await fetchMemories(api, MEMORIES);
  const own = memories.filter((memory) => memory.conversation_id === conversation.id);
  printLines(conversationLines(conversation, own));
}

/** The conversation that a file was made into before. */
async function findStreamed(api: Api, importKey: string): Promise<Conversation | undefined> {
  try {
    const params = { path: { import_id: importKey } };
    const found = await dataOf(api.GET('/v1/imports/{import_id}', { params }));
    return await fetchConversation(api, found.conversation_id);
  } catch (error) {
    if (!isAppError(error, 'not-found')) throw error;
    return undefined;
  }
}

/** Notes what a file was made into, now that all of it was sent. */
async function noteStreamed(api: Api, importKey: string, id: string): Promise<void> {
  try {
    const params = { path: { import_id: importKey } };
    await dataOf(api.PUT('/v1/imports/{import_id}', { params, body: { conversation_id: id } }));
  } catch (error) {
    // A server of an earlier version has no such route, and does without.
    if (!isAppError(error, 'not-found')) throw error;
  }
}

async function readSource(
  input: DiskSource,
  options: StreamOptions,
  signal: AbortSignal,
  personId: (name: string) => Promise<string>,
): Promise<StreamSource> {
  // What reads files is loaded only when there is one.
  const { readStreamSource } = await import('./stream/stream-source.ts');
  const { codec = null, me = null } = options;
  return readStreamSource(input, { codec, me, personId }, signal);
}

/** Throws what is wrong with a file, with its name. */
function refuse(file: string, error: unknown): never {
  if (!isAppError(error, 'bad-request') && !isAppError(error, 'unsupported-codec')) throw error;
  throw new AppError('bad-request', `${file}: ${error.message}`, { cause: error });
}

function queryOf(source: StreamSource, options: StreamOptions): Record<string, string> {
  return {
    ...source.query,
    channels: '1',
    include_speech_profile: 'false',
    ...(options.language === undefined ? {} : { language: options.language }),
    ...(options.source === undefined ? {} : { source: options.source }),
    ...(options.timeout === undefined ? {} : { conversation_timeout: options.timeout }),
  };
}

/** Returns the factor of a speed; infinite for `max`. @throws AppError `bad-request` */
export function parseSpeed(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY;
  const speed = Number(text);
  if (!Number.isFinite(speed) || speed <= 0) {
    throw new AppError('bad-request', '--speed is a number above 0, or max.');
  }
  return speed;
}
