import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPassages } from '../../src/chat/passages.ts';
import { readConfig } from '../../src/config/config.ts';
import { readSecrets } from '../../src/config/secrets.ts';
import { type Context, openContext } from '../../src/context.ts';
import { silentLogger } from '../../src/kernel/logger.ts';
import { startServer } from '../../src/server.ts';
import { OpenAiSimulator } from '../../test/simulators/openai-simulator.ts';
import type { Part, Row } from '../report.ts';
import { makeRandom, storeSpeech, wordPicker } from '../stored-speech.ts';

const WINDOWS = 100_000;
const ANSWERS = 40;
const AT_ONCE = 100;
const SEARCHES = 60;
const CANCELLED = 20;
const GOAL_FIRST_TOKEN_MS = 50;
const GOAL_RETRIEVAL_MS = 50;
const GOAL_STOP_MS = 1000;

/** Time to find, read and weigh the passages that a question is answered with. */
async function measureRetrieval(context: Context, uid: string): Promise<number[]> {
  const word = wordPicker(makeRandom(7), 0.3);
  const sources = { search: context.search, reader: context.store };
  const samples: number[] = [];
  for (let i = -3; i < SEARCHES; i += 1) {
    const question = `What did anybody say about ${word()} and ${word()} with ${word()}?`;
    const before = performance.now();
    await findPassages(sources, uid, { question, within: null, from: null, to: null, limit: 5 });
    if (i >= 0) samples.push(performance.now() - before);
  }
  return samples;
}

interface Asked {
  /** From the model's first word to the client's, milliseconds. */
  firstToken: number;
  total: number;
}

async function ask(
  url: string,
  token: string,
  n: number,
  spoken: Map<string, number>,
): Promise<Asked> {
  const began = performance.now();
  const question = `What was said about matter ${n}?`;
  const response = await fetch(`${url}/v2/messages?app_id=bench-${n}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ text: question }),
  });
  let first = 0;
  let text = '';
  for await (const bytes of response.body ?? []) {
    text += Buffer.from(bytes).toString('utf8');
    if (first === 0 && text.includes('data: ')) first = performance.now();
  }
  if (!text.includes('done: ')) throw new Error(`no answer to chat ${n}: ${response.status}`);
  return { firstToken: first - (spoken.get(question) ?? 0), total: performance.now() - began };
}

/** From the moment in which a client goes away in mid-answer to the end of the model's call. */
async function measureStop(
  url: string,
  token: string,
  simulator: OpenAiSimulator,
): Promise<number[]> {
  simulator.pieceDelayMs = 5;
  const samples: number[] = [];
  for (let n = 0; n < CANCELLED; n += 1) {
    const leave = new AbortController();
    const response = await fetch(`${url}/v2/messages?app_id=bench-stop-${n}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ text: `What was said about matter ${n}?` }),
      signal: leave.signal,
    });
    const reader = response.body?.getReader();
    let text = '';
    while (!text.includes('data: ')) {
      text += Buffer.from((await reader?.read())?.value ?? []).toString('utf8');
    }
    const record = simulator.requests.at(-1);
    const left = performance.now();
    leave.abort();
    while (!record?.cancelled) await new Promise((resolve) => setImmediate(resolve));
    samples.push(performance.now() - left);
  }
  simulator.pieceDelayMs = 0;
  return samples;
}

/** The floor: the same words straight from the model's server, read by the same client. */
async function askModel(baseUrl: string, n: number, spoken: Map<string, number>): Promise<number> {
  const content = `floor ${n}`;
  const response = await fetch(`${baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'm',
      stream: true,
      messages: [
        { role: 'user', content },
        { role: 'system', content: '' },
      ],
    }),
  });
  let first = 0;
  let text = '';
  for await (const bytes of response.body ?? []) {
    text += Buffer.from(bytes).toString('utf8');
    if (first === 0 && text.includes('This was')) first = performance.now();
  }
  return first - (spoken.get(content) ?? 0);
}

/** Answers each question with one call of a tool, then in words; notes when the first word is sent. */
function scriptAnswers(simulator: OpenAiSimulator, spoken: Map<string, number>): void {
  simulator.chatScript = ({ messages }) => {
    const question = messages.findLast((m: { role: string }) => m.role === 'user').content;
    if (messages.at(-1).role === 'user') {
      const call = { name: 'get_people_tool', arguments: '{}' };
      const toolCalls = [{ id: 'call_1', type: 'function' as const, function: call }];
      return { role: 'assistant', content: null, tool_calls: toolCalls };
    }
    spoken.set(question, performance.now());
    return { role: 'assistant', content: 'This was said about it, at length. '.repeat(20) };
  };
}

interface Samples {
  floor: number[];
  alone: Asked[];
  stopped: number[];
  crowd: Asked[];
  retrieval: number[];
}

async function measure(
  context: Context,
  url: string,
  simulator: OpenAiSimulator,
  windows: number,
): Promise<Samples> {
  const spoken = new Map<string, number>();
  scriptAnswers(simulator, spoken);
  const owner = await context.accounts.ensureOwner();
  if (!owner) throw new Error('no owner');
  await ask(url, owner.token, -1, spoken);
  const alone: Asked[] = [];
  for (let n = 0; n < ANSWERS; n += 1) alone.push(await ask(url, owner.token, n, spoken));
  const floor: number[] = [];
  for (let n = 0; n < ANSWERS; n += 1) floor.push(await askModel(simulator.baseUrl, n, spoken));
  const stopped = await measureStop(url, owner.token, simulator);
  const crowd = await Promise.all(
    Array.from({ length: AT_ONCE }, (_, n) => ask(url, owner.token, 1000 + n, spoken)),
  );
  await storeSpeech(context, owner.user.id, windows);
  const retrieval = await measureRetrieval(context, owner.user.id);
  return { floor, alone, stopped, crowd, retrieval };
}

function rowsOf({ floor, alone, stopped, crowd, retrieval }: Samples, windows: number): Row[] {
  const first = alone.map((asked) => asked.firstToken);
  const whole = crowd.map((asked) => asked.total);
  const among = `passages among ${windows.toLocaleString('en')} windows`;
  const leaving = "from a client's leaving to the end of the model's call";
  return [
    row('first word straight from the model, the floor: p95', floor, 0.95, null),
    row("first word after the model's: p50", first, 0.5, null),
    row("first word after the model's: p95", first, 0.95, GOAL_FIRST_TOKEN_MS),
    row(`${leaving}: p50`, stopped, 0.5, null),
    row(`${leaving}: the slowest`, stopped, 1, GOAL_STOP_MS),
    row(`${AT_ONCE} chats at once: whole answer, p50`, whole, 0.5, null),
    row(`${AT_ONCE} chats at once: whole answer, the slowest`, whole, 1, null),
    row(`${among}: p50`, retrieval, 0.5, null),
    row(`${among}: p95`, retrieval, 0.95, GOAL_RETRIEVAL_MS),
  ];
}

/** Measures how much chat adds to the model's own time, alone and in a crowd, and retrieval. */
export async function benchChat(windows = WINDOWS): Promise<Part> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-chat-'));
  const simulator = await OpenAiSimulator.start();
  const values = {
    PORT: '0',
    LOG_LEVEL: 'silent',
    DATA_DIR: directory,
    OPENAI_BASE_URL: simulator.baseUrl,
    OPENAI_EMBEDDING_MODEL: 'none',
  };
  const [config, secrets] = [readConfig(values), readSecrets(values)];
  const context = await openContext({ config, secrets, env: values, logger: silentLogger });
  const server = await startServer(context);
  try {
    const samples = await measure(context, server.url, simulator, windows);
    return { name: 'Chat', rows: rowsOf(samples, windows), raw: samples };
  } finally {
    await server.close();
    await simulator.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

function row(name: string, samples: readonly number[], share: number, goal: number | null): Row {
  const sorted = [...samples].sort((a, b) => a - b);
  const value = sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
  const [min = 0, max = 0] = [sorted[0], sorted.at(-1)];
  return { name, unit: 'ms', value: { median: value, min, max }, goal };
}
