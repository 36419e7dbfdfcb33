/**
 * Run in a process of its own, which has no network but loopback: the whole way from audio to a
 * conversation with `PRIVATE`. Prints what came of it as one line of JSON.
 */
import dns from 'node:dns';
import net from 'node:net';
import { isLoopbackHost } from '../../src/kernel/loopback.ts';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { joinedClips, spokenClip, TINY_STREAMING } from '../fixtures/spoken-clips.ts';
import { CustomSttSimulator } from '../simulators/custom-stt-simulator.ts';
import { ListenClient } from './listen-client.ts';
import { pcmFrames, play } from './play-audio.ts';
import { startTestServer } from './test-server.ts';

export interface PrivateResult {
  /** Whether the system itself let this process reach another machine. */
  canReachOut: boolean;
  /** Hosts elsewhere that anything tried to reach, or asked the name of. */
  attempts: string[];
  /** What was spoken, and what was stored and found. */
  spoken: string;
  stored: string;
  sttProviders: string[];
  status: string;
  engine: string;
  actionItems: string[];
  /** Tasks that are only likely. */
  suggestedTasks: string[];
  found: number;
  sttMessages: number | null;
}

const attempts: string[] = [];

/** Notes whoever is asked for; without a namespace of its own it also refuses. */
function watchNetwork(refuse: boolean): void {
  const prototype = net.Socket.prototype as unknown as {
    connect(this: net.Socket, ...args: unknown[]): net.Socket;
  };
  const connect = prototype.connect;
  prototype.connect = function (this: net.Socket, ...args: unknown[]) {
    const [first] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
    const host = (first as { host?: string } | undefined)?.host;
    if (host && !isLoopbackHost(host)) {
      attempts.push(host);
      if (refuse) throw new Error(`denied: ${host}`);
    }
    return connect.apply(this, args);
  };
  const lookup = dns.lookup;
  dns.lookup = Object.assign((hostname: string, ...rest: unknown[]) => {
    if (!isLoopbackHost(hostname)) attempts.push(hostname);
    return (lookup as unknown as (...args: unknown[]) => void)(hostname, ...rest);
  }, lookup) as unknown as typeof dns.lookup;
}

async function canReachOut(): Promise<boolean> {
  return new Promise((resolve) => {
    // The discard port of TEST-NET-1 (RFC 5737): refused at once if there is no route to it.
    const socket = net.connect({ host: '192.0.2.1', port: 9 });
    socket.setTimeout(500, () => resolve(true));
    socket.on('connect', () => resolve(true));
    socket.on('error', () => resolve(false));
  });
}

/** Who hears, the speech that it hears, and what to look for in it. */
interface Recogniser {
  env: Record<string, string>;
  speech: { pcm: Uint8Array; words: readonly { text: string }[] };
  query: string;
  /** Messages of audio that have gone to a server; null if there is none. */
  messages(): number | null;
  close(): Promise<void>;
}

async function ownServer(): Promise<Recogniser> {
  const simulator = await CustomSttSimulator.start();
  const speech = synthesise(
    [
      { speaker: 0, text: 'Good morning. We should talk about the harvest festival today.' },
      { speaker: 1, text: 'I will book the brass band tomorrow. They play until midnight.' },
    ],
    { leadMs: 500 },
  );
  return {
    env: { STT_WEBSOCKET_URL: simulator.address },
    speech,
    query: 'brass band',
    messages: () =>
      simulator.connections.reduce((sum, { audioMessages }) => sum + audioMessages, 0),
    close: () => simulator.close(),
  };
}

function localModel(): Recogniser {
  const clips = ['dialogue-2', 'slt-1', 'f4-1'].map(spokenClip);
  return {
    env: { STT_LOCAL_MODEL: TINY_STREAMING },
    speech: joinedClips(clips, 1_500),
    query: 'budget to Priya',
    messages: () => null,
    close: async () => undefined,
  };
}

async function run(): Promise<PrivateResult> {
  const reached = process.argv[2] === 'namespace' ? await canReachOut() : false;
  watchNetwork(process.argv[2] !== 'namespace');
  const recogniser = process.argv[3] === 'local' ? localModel() : await ownServer();
  const { speech } = recogniser;
  const server = await startTestServer({
    PRIVATE: 'true',
    ...recogniser.env,
    DEEPGRAM_API_KEY: 'key-of-deepgram',
    SONIOX_API_KEY: 'key-of-soniox',
    SPEECHMATICS_API_KEY: 'key-of-speechmatics',
    OPENAI_API_KEY: 'key-of-openai',
  });
  const client = await ListenClient.connect(server.wsUrl, server.token, {
    sample_rate: '16000',
    language: 'en',
    codec: 'pcm16',
    stt_service: 'deepgram',
  });
  await client.ready();
  await play(client.socket, pcmFrames(speech.pcm, 16_000), 4);
  await client.close();
  while (server.context.transcription.sessionCount > 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const ended = await server.api('POST', '/v1/conversations', {});
  const { id } = (ended.body as { conversation: { id: string } }).conversation;
  const { body } = await server.api('GET', `/v1/conversations/${id}`);
  const conversation = body as {
    status: string;
    transcript_segments: { text: string; stt_provider: string }[];
    structured: { action_items: { description: string }[] };
    processing: { engine: string };
  };
  const search = await server.api('POST', '/v1/conversations/search', { query: recogniser.query });
  const suggested = await server.api('GET', '/v1/staged-tasks');
  const segments = conversation.transcript_segments;
  const result = {
    canReachOut: reached,
    attempts,
    spoken: speech.words.map((word) => word.text).join(' '),
    stored: segments.map((segment) => segment.text).join(' '),
    sttProviders: [...new Set(segments.map((segment) => segment.stt_provider))],
    status: conversation.status,
    engine: conversation.processing.engine,
    actionItems: conversation.structured.action_items.map((item) => item.description),
    suggestedTasks: (suggested.body as { items: { description: string }[] }).items.map(
      ({ description }) => description,
    ),
    found: (search.body as { items: unknown[] }).items.length,
    sttMessages: recogniser.messages(),
  };
  await server.stop();
  await recogniser.close();
  return result;
}

process.stdout.write(`${JSON.stringify(await run())}\n`);
