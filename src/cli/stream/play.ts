import { setTimeout as sleep } from 'node:timers/promises';
import { dataOf } from '../../client/index.ts';
import type { Conversation } from '../../client/records.ts';
import { AppError, isAppError } from '../../kernel/errors.ts';
import { fetchConversation } from '../api/fetch-records.ts';
import type { Api, ServerClient } from '../api/server-client.ts';
import type { OutputOptions } from '../connection.ts';
import { Progress } from '../progress.ts';
import { printable } from '../terminal.ts';
import { ListenClient } from './listen-client.ts';
import type { LiveTranscript } from './live-transcript.ts';
import { Pace } from './pace.ts';
import type { StreamSource } from './stream-message.ts';

/** The last words have come when none have for this long: recognition lags behind the audio. */
const QUIET_MS = { audio: 3_000, text: 700 };
/** How often and how long processing is waited for that the server did not wait for itself. */
const LOOK_MS = 1_000;
const PROCESSING_LIMIT_MS = 10 * 60_000;

export interface PlayOptions {
  /** 1: real time; infinite: as fast as the server takes it. */
  speed: number;
  /** Of `/v4/listen`. */
  query: Record<string, string>;
  /** With `json` or `quiet` neither words nor progress are shown. */
  output: OutputOptions;
}

/**
 * Sends everything, waits for the last words, ends the conversation, and returns it processed. Settled
 * words are printed on standard output.
 *
 * @throws AppError `not-found` if no words were recognised, `provider-unavailable`, `timeout`
 */
export async function play(
  server: ServerClient,
  source: StreamSource,
  transcript: LiveTranscript,
  { speed, query, output }: PlayOptions,
): Promise<Conversation> {
  const quiet = Boolean(output.json || output.quiet);
  const progress = new Progress(
    'Sending [{bar}] {value}/{total} s  {note}',
    Math.ceil((source.durationMs ?? 0) / 1000),
    quiet,
  );
  const printSpoken = (line: string) => quiet || progress.line(printable(line));
  let sentMs = 0;
  const show = () => {
    const totalMs = Math.max(source.durationMs ?? 0, sentMs);
    progress.update(Math.round(sentMs / 1000), transcript.tail, Math.ceil(totalMs / 1000));
  };
  let client: ListenClient | undefined;
  try {
    client = await ListenClient.open(server, query, {
      onSegments: (segments) => {
        for (const line of transcript.update(segments)) printSpoken(line);
        show();
      },
      onDeleted: (ids) => transcript.delete(ids),
      onNotice: (status, text) => progress.note(printable(text ?? status)),
    });
    const pace = new Pace(speed);
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
    const conversation = await endConversation(server.api);
    for (const line of transcript.finish()) printSpoken(line);
    return conversation;
  } finally {
    progress.stop();
    client?.close();
  }
}

async function endConversation(api: Api): Promise<Conversation> {
  const ended = await dataOf(api.POST('/v1/conversations', { body: {} })).catch((error) => {
    if (!isAppError(error, 'not-found')) throw error;
    throw new AppError('not-found', 'No words were recognised, so there is no conversation.', {
      cause: error,
    });
  });
  let { conversation } = ended;
  const giveUpAt = Date.now() + PROCESSING_LIMIT_MS;
  while (['processing', 'in_progress'].includes(conversation.status)) {
    if (Date.now() > giveUpAt) {
      throw new AppError('timeout', `The server still processes conversation ${conversation.id}.`);
    }
    await sleep(LOOK_MS);
    conversation = await fetchConversation(api, conversation.id);
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
