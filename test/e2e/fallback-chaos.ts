import { setTimeout as sleep } from 'node:timers/promises';
import { conversations } from '../../src/model/conversations/conversation.ts';
import { listenSessions } from '../../src/model/conversations/listen-session.ts';
import { loadTranscript } from '../../src/transcripts/transcript.ts';
import { compareSpeech } from '../fixtures/speech-comparison.ts';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import type { SessionFault } from '../simulators/live-session.ts';
import type { ConnectFault } from '../simulators/live-simulator.ts';
import { SonioxSimulator } from '../simulators/soniox-simulator.ts';
import { SpeechmaticsSimulator } from '../simulators/speechmatics-simulator.ts';
import { ListenClient } from './listen-client.ts';
import { pcmFrames, play } from './play-audio.ts';
import { startTestServer, type TestServer } from './test-server.ts';

export const PROVIDERS = ['deepgram', 'soniox', 'speechmatics'] as const;
type Provider = (typeof PROVIDERS)[number];

/** What every connection of the first provider meets; `handshake` faults need no audio. */
export const FAULTS: Readonly<Record<string, HandshakeFault | SessionFault>> = {
  refused: { kind: 'refuse' },
  402: { kind: 'handshake', status: 402 },
  429: { kind: 'handshake', status: 429 },
  500: { kind: 'handshake', status: 500 },
  hang: { kind: 'hang' },
  drop: { kind: 'drop', afterAudioMs: 4321 },
  stall: { kind: 'stall', afterAudioMs: 3210 },
  garbage: { kind: 'garbage' },
  slow: { kind: 'late-results', delayMs: 1000 },
};
type HandshakeFault = Exclude<ConnectFault, { kind: 'handshake' }> | HttpFault;
/** The statuses that every simulator can answer with. */
interface HttpFault {
  kind: 'handshake';
  status: 402 | 429 | 500;
}

export interface Case {
  provider: Provider;
  fault: string;
}

export interface CaseResult {
  /** How the stored words differ from the spoken ones; empty if they do not. */
  problems: string[];
  /**
   * What failing over has cost: how much later the latest of the words came than it comes from the
   * slower of the providers that took part, if they are well. Milliseconds.
   */
  laterMs: number;
  /** The client's `service_status` events. */
  statuses: Record<string, unknown>[];
  /** Who made the stored segments. */
  providers: string[];
}

export interface ChaosOptions {
  /** How many times as fast as it was spoken the speech is played. */
  speed: number;
}

const SPEECH = synthesise(
  [
    { speaker: 0, text: 'Good morning Anna, did the report go to the printer?' },
    { speaker: 1, text: 'Yes, it went out on Tuesday at 9:30.' },
    { speaker: 0, text: 'Then please book the room for Friday and ask Omar.' },
  ],
  { leadMs: 500 },
);
/** A device goes on sending when nobody speaks: what is said last becomes final by itself. */
const SILENCE = new Uint8Array(2 * 16_000 * 4);
const FRAMES = pcmFrames(Buffer.concat([SPEECH.pcm, SILENCE]), 16_000);

/** Delays of the words without any fault, by provider and speed. */
const baselines = new Map<string, Promise<number[]>>();

/** Plays the speech to a server whose first provider fails, while the others are well. */
export async function runCase(
  { provider, fault }: Case,
  { speed }: ChaosOptions = { speed: 8 },
): Promise<CaseResult> {
  const { delays, ...result } = await playTo(provider, FAULTS[fault] ?? null, speed);
  const took = PROVIDERS.filter((name) => name === provider || result.providers.includes(name));
  const usual = await Promise.all(took.map((name) => usualDelays(name, speed)));
  const later = delays.map((ms, i) => ms - Math.max(...usual.map((of) => of[i] ?? 0)));
  return { ...result, laterMs: Math.max(0, ...later) };
}

function usualDelays(provider: Provider, speed: number): Promise<number[]> {
  const key = `${provider} ${speed}`;
  const delays = baselines.get(key) ?? playTo(provider, null, speed).then((run) => run.delays);
  baselines.set(key, delays);
  return delays;
}

export function percentile95(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(sorted.length * 0.95) - 1)] ?? Number.NaN;
}

async function playTo(
  provider: Provider,
  fault: HandshakeFault | SessionFault | null,
  speed: number,
): Promise<Omit<CaseResult, 'laterMs'> & { delays: number[] }> {
  const simulators = {
    deepgram: await DeepgramSimulator.start(),
    soniox: await SonioxSimulator.start(),
    speechmatics: await SpeechmaticsSimulator.start(),
  };
  const server = await startTestServer({
    DEEPGRAM_API_KEY: 'test-key',
    DEEPGRAM_BASE_URL: simulators.deepgram.url,
    SONIOX_API_KEY: 'test-key',
    SONIOX_BASE_URL: simulators.soniox.url,
    SPEECHMATICS_API_KEY: 'test-key',
    SPEECHMATICS_BASE_URL: simulators.speechmatics.url,
  });
  try {
    simulators[provider].lastingFault = fault;
    const client = await ListenClient.connect(server.wsUrl, server.token, {
      codec: 'pcm16',
      sample_rate: '16000',
      language: 'en',
      stt_service: provider,
    });
    const arrivals = watchWords(client);
    await client.ready();
    const startedAt = performance.now();
    await play(client.socket, FRAMES, speed);
    await client.until(() => wordCount(client) >= SPEECH.words.length, 60_000).catch(() => null);
    await client.close();
    const segments = await storedSegments(server);
    const words = segments.flatMap((segment) =>
      segment.words.map((word) => ({ ...word, speaker: null })),
    );
    return {
      problems: problemsOf(words),
      delays: arrivals().map((at, i) => at - startedAt - (SPEECH.words[i]?.endMs ?? 0) / speed),
      statuses: client.events.filter(({ type }) => type === 'service_status'),
      providers: [...new Set(segments.map((segment) => segment.sttProvider ?? ''))],
    };
  } finally {
    await server.stop();
    await Promise.all(Object.values(simulators).map((simulator) => simulator.close()));
  }
}

/** When the client had so many words for the first time. */
function watchWords(client: ListenClient): () => number[] {
  const arrivals: number[] = [];
  client.socket.on('message', () => {
    while (arrivals.length < wordCount(client)) arrivals.push(performance.now());
  });
  return () => arrivals;
}

function wordCount(client: ListenClient): number {
  return client.text().split(' ').filter(Boolean).length;
}

/** The transcript once the session, and whatever it has left to a job, is over. */
async function storedSegments({ context, uid }: TestServer) {
  const { store, transcription } = context;
  for (let i = 0; i < 300; i += 1) {
    const left = await store.query(listenSessions, uid, { query: 'ofConversation', limit: 1 });
    if (transcription.sessionCount === 0 && left.items.length === 0) break;
    await sleep(50);
  }
  const { items } = await store.query(conversations, uid, { query: 'recent', limit: 1 });
  const conversation = items[0];
  return conversation ? loadTranscript(store, uid, conversation) : [];
}

/** Times of a conversation are counted from its first word. */
function problemsOf(
  words: { text: string; startMs: number; endMs: number; speaker: null }[],
): string[] {
  const origin = SPEECH.words[0]?.startMs ?? 0;
  const said = SPEECH.words.map((word) => ({
    ...word,
    startMs: word.startMs - origin,
    endMs: word.endMs - origin,
  }));
  const heard = words.map((word) => ({ ...word, confidence: null, language: null }));
  const { lost, doubled, invented } = compareSpeech(said, heard);
  return [
    ...lost.map((word) => `lost ${word}`),
    ...doubled.map((word) => `doubled ${word}`),
    ...invented.map((word) => `invented ${word}`),
  ];
}
