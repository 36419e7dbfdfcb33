import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, Option } from 'commander';
import type { DiskSource } from '../audio/file/audio-source.ts';
import { readEnvironment } from '../config/env.ts';
import { AppError, isAppError } from '../kernel/errors.ts';
import type { ConversationWire } from '../wire/conversation-wire.ts';
import type { MemoryWire } from '../wire/memory-wire.ts';
import type { PersonWire } from '../wire/person-wire.ts';
import { readCliEnvironment } from './environment.ts';
import { MAX_SOUND_BYTES, openInputFile } from './input-file.ts';
import { Progress } from './progress.ts';
import { findRunningServer } from './running-server.ts';
import { ApiClient } from './stream/api-client.ts';
import { ListenClient } from './stream/listen-client.ts';
import { LiveTranscript } from './stream/live-transcript.ts';
import { Pace } from './stream/pace.ts';
import { conversationLines } from './stream/print-conversation.ts';
import type { StreamCodec, StreamSource } from './stream/stream-message.ts';

/** The last words have come when none have for this long: recognition lags behind the audio. */
const QUIET_MS = { audio: 3_000, text: 700 };
/** How often and how long processing is waited for that the server did not wait for itself. */
const LOOK_MS = 1_000;
const PROCESSING_LIMIT_MS = 10 * 60_000;

interface StreamOptions {
  url?: string;
  token?: string;
  speed?: number;
  codec?: StreamCodec;
  language?: string;
  source?: string;
  timeout?: string;
  me?: string;
  again?: boolean;
}

export function streamCommand(): Command {
  return new Command('stream')
    .description("play a recording or a transcript into a server, as a device's live conversation")
    .argument(
      '<file>',
      'sound (WAV, MP3, M4A, MP4, WebM, FLAC, Ogg, AAC) or a transcript (captions, text, JSON)',
    )
    .option('--url <address>', 'of the server (default: the one on DATA_DIR, or on PORT here)')
    .option('--token <token>', 'sign-in token (or in the environment: OMI_TOKEN)')
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
    .option('--again', 'send it though the same was streamed or imported before')
    .addHelpText(
      'after',
      `
A transcript needs no speech-to-text: the server takes its words and does the rest.
Words go to standard output as they are settled, the progress to standard error.
Which files can be played: docs/importing.md.
Exit code: 0; 1 if the server failed or recognised nothing; 2 if the file cannot be used.

Examples:
  omi-backend stream meeting.wav --token omi_…
  omi-backend stream meeting.json --me "Project Manager"
  OMI_TOKEN=omi_… omi-backend stream call.ogg --url https://omi.example.org --speed 4`,
    )
    .action(stream);
}

async function stream(file: string, options: StreamOptions): Promise<void> {
  const api = new ApiClient(await serverUrl(options.url), tokenFrom(options.token));
  const names = new Map<string, string>();
  const stop = new AbortController();
  const input = await openInputFile(file, MAX_SOUND_BYTES).catch((error) => refuse(file, error));
  try {
    const source = await readSource(input, options, stop.signal, async (name) => {
      const person = await api.call<PersonWire>('POST', '/v1/users/people', { name });
      names.set(person.id, name);
      return person.id;
    }).catch((error) => refuse(file, error));
    const transcript = new LiveTranscript((personId) => names.get(personId));
    process.stderr.write(`${path.basename(file)}: ${source.description} → ${api.url}\n`);
    const known = options.again ? undefined : await findStreamed(api, source.importKey);
    const conversation = known ?? (await play(api, source, transcript, options));
    if (known) {
      process.stderr.write('The same was streamed or imported before; --again sends it again.\n');
    } else {
      await noteStreamed(api, source.importKey, conversation.id);
    }
    const memories = await api.call<MemoryWire[]>('GET', '/v3/memories?limit=200');
    const own = memories.filter((memory) => memory.conversation_id === conversation.id);
    process.stdout.write(`${conversationLines(conversation, own).join('\n')}\n`);
  } finally {
    stop.abort();
    await input.close();
  }
}

/** The conversation that a file was made into before. */
async function findStreamed(
  api: ApiClient,
  importKey: string,
): Promise<ConversationWire | undefined> {
  try {
    const found = await api.call<{ conversation_id: string }>('GET', `/v1/imports/${importKey}`);
    return await api.call<ConversationWire>('GET', `/v1/conversations/${found.conversation_id}`);
  } catch (error) {
    if (!isAppError(error, 'not-found')) throw error;
    return undefined;
  }
}

/** Notes what a file was made into, now that all of it was sent. */
async function noteStreamed(api: ApiClient, importKey: string, id: string): Promise<void> {
  try {
    await api.call('PUT', `/v1/imports/${importKey}`, { conversation_id: id });
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

/** Sends everything, waits for the last words, ends the conversation and answers it processed. */
async function play(
  api: ApiClient,
  source: StreamSource,
  transcript: LiveTranscript,
  options: StreamOptions,
): Promise<ConversationWire> {
  const progress = new Progress(
    'Sending [{bar}] {value}/{total} s  {note}',
    Math.ceil((source.durationMs ?? 0) / 1000),
  );
  let sentMs = 0;
  const show = () => {
    const totalMs = Math.max(source.durationMs ?? 0, sentMs);
    progress.update(Math.round(sentMs / 1000), transcript.tail, Math.ceil(totalMs / 1000));
  };
  let client: ListenClient | undefined;
  try {
    client = await ListenClient.open(api, queryOf(source, options), {
      onSegments: (segments) => {
        for (const line of transcript.update(segments)) progress.line(line);
        show();
      },
      onDeleted: (ids) => transcript.delete(ids),
      onNotice: (status, text) => progress.note(text ?? status),
    });
    const pace = new Pace(options.speed ?? (source.kind === 'text' ? Number.POSITIVE_INFINITY : 1));
    for await (const { dueMs, data } of source.messages) {
      await pace.until(dueMs);
      await client.send(data);
      sentMs = dueMs;
      show();
    }
    sentMs = Math.max(sentMs, source.durationMs ?? 0);
    show();
    await client.delivered();
    await client.quiet(QUIET_MS[source.kind]);
    const conversation = await endConversation(api);
    for (const line of transcript.finish()) progress.line(line);
    return conversation;
  } finally {
    progress.stop();
    client?.close();
  }
}

async function endConversation(api: ApiClient): Promise<ConversationWire> {
  const answer = await api
    .call<{ conversation: ConversationWire }>('POST', '/v1/conversations', {})
    .catch((error) => {
      if (!isAppError(error, 'not-found')) throw error;
      throw new AppError('not-found', 'No words were recognised, so there is no conversation.', {
        cause: error,
      });
    });
  let { conversation } = answer;
  const giveUpAt = Date.now() + PROCESSING_LIMIT_MS;
  while (['processing', 'in_progress'].includes(conversation.status)) {
    if (Date.now() > giveUpAt) {
      throw new AppError('timeout', `The server still processes conversation ${conversation.id}.`);
    }
    await sleep(LOOK_MS);
    conversation = await api.call('GET', `/v1/conversations/${conversation.id}`);
  }
  if (conversation.status === 'failed') {
    const reason = conversation.processing.failure_reason ?? 'no reason given';
    throw new AppError(
      'provider-unavailable',
      `The words are stored, processing failed: ${reason}`,
    );
  }
  return conversation;
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

async function serverUrl(given: string | undefined): Promise<string> {
  if (given !== undefined) {
    if (!/^https?:\/\/./u.test(given)) {
      throw new AppError('bad-request', '--url begins with http:// or https://');
    }
    return given.replace(/\/+$/u, '');
  }
  const { config } = readCliEnvironment();
  const running = await findRunningServer(config.dataDir);
  return running?.url ?? `http://127.0.0.1:${config.server.port}`;
}

function tokenFrom(given: string | undefined): string {
  const token = given ?? readEnvironment().OMI_TOKEN;
  if (token) return token.trim();
  throw new AppError(
    'bad-request',
    'A token is needed: --token, or OMI_TOKEN in the environment. Make one: omi-backend token create',
  );
}

function parseSpeed(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY;
  const speed = Number(text);
  if (!Number.isFinite(speed) || speed <= 0) {
    throw new AppError('bad-request', '--speed is a number above 0, or max.');
  }
  return speed;
}
