import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { ListenClient } from '../listen-client.ts';
import type { TestServer } from '../test-server.ts';
import type { FuzzOptions, FuzzReport } from './fuzz-api.ts';
import { hostileJson, hostileString, mutated } from './hostile-values.ts';

/** Closed because of a fault of the server. */
const INTERNAL_ERROR = 1011;
/** How long the last conversation may take until it is listed, milliseconds. */
const STORED_WITHIN_MS = 60_000;
/** Hostile messages between two good ones. */
const ROUND = 16;
const CODECS = ['pcm8', 'pcm16', 'opus', 'opus_fs320', 'linear16', 'mulaw', 'lc3'];

/** Messages as clients send them, each with all its fields. */
const MESSAGES: readonly object[] = [
  {
    type: 'suggested_transcript',
    stt_provider: 'test',
    segments: [
      {
        id: 'a',
        text: 'Something was said.',
        start: 0,
        end: 1,
        speaker: 'SPEAKER_00',
        speaker_id: 0,
        is_user: false,
        person_id: null,
      },
    ],
  },
  {
    type: 'speaker_assigned',
    speaker_id: 0,
    person_id: 'p',
    person_name: 'Ada',
    segment_ids: ['a'],
  },
  { type: 'image_chunk', id: 'i', index: 0, total: 2, data: 'aGVsbG8=' },
  { type: 'audio_position', position: 0 },
  { type: 'ping' },
  { type: 'set_language', language: 'de' },
  { type: 'nothing_known' },
];

const message: fc.Arbitrary<string | Uint8Array> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .constantFrom(...MESSAGES)
      .chain(mutated)
      .map((value) => JSON.stringify(value)),
  },
  { weight: 2, arbitrary: hostileJson.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: hostileString },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(...MESSAGES)
      .chain((value) => fc.nat(60).map((end) => JSON.stringify(value).slice(0, end))),
  },
  { weight: 3, arbitrary: fc.uint8Array({ maxLength: 2_000 }) },
);

/**
 * Sends malformed messages over `/v4/listen`, a good transcript after every few. A problem is a socket
 * that closes with an internal error, or a good sentence that is not stored afterwards.
 */
export async function fuzzSocket(server: TestServer, options: FuzzOptions): Promise<FuzzReport> {
  const report: FuzzReport = { sent: 0, statuses: {}, slowestMs: 0, problems: [] };
  const messages = fc.sample(message, { numRuns: options.count, seed: options.seed });
  const user = await server.context.accounts.createUser('fuzz-socket');
  const { token } = await server.context.accounts.createToken(user.id, 'fuzz');
  const said: string[] = [];
  for (let at = 0; at < messages.length; at += ROUND) {
    const codec = CODECS[(at / ROUND) % CODECS.length] ?? 'pcm8';
    const sentence = `Good sentence number ${at / ROUND} was shown.`;
    const round = messages.slice(at, at + ROUND);
    await playRound(server, token, { codec, round, sentence, at }, report);
    said.push(sentence);
    options.onProgress?.(report.sent);
  }
  await checkStored(server, token, said, report);
  return report;
}

interface Round {
  codec: string;
  round: readonly (string | Uint8Array)[];
  sentence: string;
  at: number;
}

/** One connection: hostile messages, then a good sentence, on a new connection if the first was closed. */
async function playRound(
  server: TestServer,
  token: string,
  { codec, round, sentence, at }: Round,
  report: FuzzReport,
): Promise<void> {
  const query = { codec, sample_rate: '16000', custom_stt: 'enabled' };
  let client = await ListenClient.connect(server.wsUrl, token, query);
  for (const each of round) {
    if (client.socket.readyState !== client.socket.OPEN) break;
    client.socket.send(each);
    report.sent += 1;
  }
  const suggest = () => client.suggest([{ text: sentence, start: at, end: at + 1 }]);
  const isShown = () => client.text().includes(sentence);
  if (client.socket.readyState === client.socket.OPEN) suggest();
  await client.until(() => isShown() || client.closed !== undefined);
  if (!isShown()) {
    const code = client.closed?.code ?? 0;
    report.statuses[code] = (report.statuses[code] ?? 0) + 1;
    if (code === INTERNAL_ERROR)
      report.problems.push(`Round at ${at} (${codec}) closed with ${code}`);
    client = await ListenClient.connect(server.wsUrl, token, query);
    await client.ready();
    suggest();
    await client.until(isShown);
  }
  await client.close();
}

async function checkStored(
  server: TestServer,
  token: string,
  said: readonly string[],
  report: FuzzReport,
): Promise<void> {
  await server.api('POST', '/v1/conversations', {}, token);
  const missing = async () => {
    const list =
      '/v1/conversations?limit=100&include_discarded=true&statuses=completed,in_progress,processing';
    const { body } = await server.api('GET', list, undefined, token);
    const text = JSON.stringify(body);
    return said.filter((sentence) => !text.includes(sentence));
  };
  const deadline = Date.now() + STORED_WITHIN_MS;
  let left = await missing();
  while (left.length > 0 && Date.now() < deadline) {
    await sleep(200);
    left = await missing();
  }
  for (const sentence of left) report.problems.push(`Not stored: ${sentence}`);
}
