import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GLOBAL } from '../../src/model/collection.ts';
import { conversations } from '../../src/model/conversations/conversation.ts';
import { jobs } from '../../src/model/jobs.ts';
import { loadTranscript } from '../../src/transcripts/transcript.ts';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { SonioxSimulator } from '../simulators/soniox-simulator.ts';
import { ListenClient } from './listen-client.ts';
import { opusFrames, pcmFrames, play } from './play-audio.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const PAUSE_MS = 14_000;
const SPEECH = synthesise(
  [
    { speaker: 0, text: 'Good morning. We should talk about the harvest festival today.' },
    { speaker: 1, text: 'I will book the brass band tomorrow.' },
    { speaker: 0, text: 'Yes.' },
    { speaker: 1, text: 'Please order twelve wooden tables from the carpenter.' },
  ],
  { leadMs: 9_000, utteranceGapMs: PAUSE_MS, tailMs: 9_000 },
);
const SPOKEN = SPEECH.words.map((word) => word.text);
/** What the hangover and the pre-roll leave of five silences, the first and the last shorter. */
const SAVED_MS = 3 * (PAUSE_MS - 4_300) + (9_000 - 4_300) + (9_000 - 4_300);

interface UsageBody {
  budget: {
    minutes_per_day: number | null;
    exhausted: boolean;
    renews_at: string;
    providers: object[];
  };
  days: {
    provider: string;
    sent_minutes: number;
    saved_minutes: number;
    savable_minutes: number;
  }[];
}

let simulator: DeepgramSimulator;
let server: TestServer;
let clockOffset = 0;
beforeEach(async () => {
  clockOffset = 0;
  simulator = await DeepgramSimulator.start();
});
afterEach(async () => {
  await server.stop();
  await simulator.close();
});

async function start(env: Record<string, string>): Promise<void> {
  server = await startTestServer(
    { DEEPGRAM_API_KEY: 'test-key', DEEPGRAM_BASE_URL: simulator.url, ...env },
    undefined,
    undefined,
    { now: () => Date.now() + clockOffset },
  );
}

async function wordsOf(conversationId: string) {
  const { store } = server.context;
  const conversation = await store.find(conversations, server.uid, conversationId);
  if (!conversation) throw new Error('conversation is gone');
  const segments = await loadTranscript(store, server.uid, conversation);
  return segments.flatMap((segment) => segment.words);
}

/**
 * Plays frames of 20 ms fast, and before each pause goes on waits for the words before it: how much
 * silence is saved must not depend on how busy the machine is.
 */
async function playHeard(client: ListenClient, frames: readonly Uint8Array[]): Promise<void> {
  let from = 0;
  for (const [i, word] of SPEECH.words.entries()) {
    const next = SPEECH.words[i + 1]?.startMs ?? Number.POSITIVE_INFINITY;
    if (next - word.endMs < PAUSE_MS / 2) continue;
    const until = Math.round((word.endMs + 1_500) / 20);
    await play(client.socket, frames.slice(from, until), 30);
    await client.until(() => client.text().split(' ').length > i);
    from = until;
  }
  await play(client.socket, frames.slice(from), 30);
}

/** Streams frames of 20 ms, ends the conversation, and answers its words. */
async function transcribe(frames: Uint8Array[], query: Record<string, string>) {
  const client = await ListenClient.connect(server.wsUrl, server.token, {
    sample_rate: '16000',
    ...query,
  });
  await client.ready();
  await playHeard(client, frames);
  const ended = await server.api('POST', '/v1/conversations', {});
  expect(ended.status).toBe(200);
  const { id } = (ended.body as { conversation: { id: string } }).conversation;
  await client.close();
  return wordsOf(id);
}

/** Every word once, in order, and none more than 0.1 s from where it was spoken. */
function expectSpoken(words: { text: string; startMs: number; endMs: number }[]): void {
  expect(words.map((word) => word.text)).toEqual(SPOKEN);
  const origin = SPEECH.words[0]?.startMs ?? 0;
  for (const [i, { startMs, endMs }] of words.entries()) {
    const said = SPEECH.words[i];
    expect(Math.abs(startMs - ((said?.startMs ?? 0) - origin))).toBeLessThanOrEqual(100);
    expect(Math.abs(endMs - ((said?.endMs ?? 0) - origin))).toBeLessThanOrEqual(100);
  }
}

const sentMs = () => simulator.connections.reduce((sum, { audioMs }) => sum + audioMs, 0);

async function usage(): Promise<UsageBody> {
  const answer = await server.api('GET', '/v1/users/me/stt-usage?days=2');
  expect(answer.status).toBe(200);
  return answer.body as UsageBody;
}

describe('voice activity gating of live sessions', () => {
  it.each([
    ['pcm16', () => pcmFrames(SPEECH.pcm, 16_000)],
    ['opus_fs320', () => opusFrames(SPEECH.pcm)],
  ] as const)('saves the silence of %s and moves no word', async (codec, frames) => {
    await start({ VAD_GATE_MODE: 'active', VAD_DETECTOR: 'webrtc' });
    expectSpoken(await transcribe(frames(), { codec }));
    expect(sentMs()).toBeLessThan(SPEECH.durationMs - SAVED_MS + 2_500);
    const { budget, days } = await usage();
    expect(budget).toMatchObject({ minutes_per_day: null, exhausted: false });
    expect(days).toHaveLength(1);
    const [day] = days;
    expect(day?.provider).toBe('deepgram');
    expect(day?.savable_minutes).toBe(0);
    expect((day?.saved_minutes ?? 0) * 60_000).toBeGreaterThan(SAVED_MS - 2_500);
    expect(Math.abs((day?.sent_minutes ?? 0) * 60_000 - sentMs())).toBeLessThan(200);
    const health = await server.api('GET', '/v1/health');
    expect(health.body).toMatchObject({
      stt_minutes_since_start: { sent: day?.sent_minutes, saved: day?.saved_minutes, savable: 0 },
    });
  });

  it('loses and doubles nothing when the provider hangs up', async () => {
    await start({ VAD_GATE_MODE: 'active', VAD_DETECTOR: 'webrtc' });
    simulator.faults.push(
      { kind: 'drop', afterAudioMs: 5_500 },
      { kind: 'close', afterAudioMs: 9_300, code: 1011, reason: 'internal' },
      { kind: 'handshake', status: 503 },
    );
    expectSpoken(await transcribe(pcmFrames(SPEECH.pcm, 16_000), { codec: 'pcm16' }));
    expect(simulator.connections.length).toBeGreaterThanOrEqual(3);
  });

  it('sends everything in shadow mode and says what could be saved', async () => {
    await start({ VAD_GATE_MODE: 'shadow', VAD_DETECTOR: 'webrtc' });
    expectSpoken(await transcribe(pcmFrames(SPEECH.pcm, 16_000), { codec: 'pcm16' }));
    expect(sentMs()).toBeGreaterThan(SPEECH.durationMs - 100);
    const [day] = (await usage()).days;
    expect(day?.saved_minutes).toBe(0);
    expect((day?.savable_minutes ?? 0) * 60_000).toBeGreaterThan(SAVED_MS - 2_000);
  });

  it('is off unless it is asked for; a session may decide for itself', async () => {
    await start({ VAD_DETECTOR: 'webrtc' });
    const frames = pcmFrames(SPEECH.pcm, 16_000);
    expectSpoken(await transcribe(frames, { codec: 'pcm16' }));
    expect(sentMs()).toBeGreaterThan(SPEECH.durationMs - 100);
    const before = sentMs();
    expectSpoken(await transcribe(frames, { codec: 'pcm16', vad_gate: 'enabled' }));
    expect(sentMs() - before).toBeLessThan(SPEECH.durationMs - SAVED_MS + 2_500);
    await server.stop();
    await start({ VAD_GATE_MODE: 'active', VAD_DETECTOR: 'webrtc' });
    const then = sentMs();
    expectSpoken(await transcribe(frames, { codec: 'pcm16', vad_gate: 'disabled' }));
    expect(sentMs() - then).toBeGreaterThan(SPEECH.durationMs - 100);
  });
});

describe('the daily budget', () => {
  it('ends in an event, keeps the audio, and has it transcribed on the next day', async () => {
    await start({ STT_DAILY_MINUTES_PER_USER: '1' });
    const minutes = SPEECH.durationMs / 60_000;
    expect(minutes).toBeGreaterThan(1);
    const client = await ListenClient.connect(server.wsUrl, server.token, {
      sample_rate: '16000',
      codec: 'pcm16',
    });
    await client.ready();
    await play(client.socket, pcmFrames(SPEECH.pcm, 16_000), 30);
    await client.until(() => client.statuses().includes('stt_budget_exhausted'));
    expect(client.closed).toBeUndefined();
    expect(client.statuses()).not.toContain('stt_unavailable');
    const heard = client.text().split(' ').length;
    expect(heard).toBeGreaterThan(5);
    expect(heard).toBeLessThan(SPOKEN.length);
    expect(sentMs()).toBeLessThan(61_000);
    const { budget } = await usage();
    expect(budget).toMatchObject({ minutes_per_day: 1, exhausted: true });
    await client.close();

    await expectRestOnNextDay(budget.renews_at);
    const { days } = await usage();
    expect(days).toHaveLength(2);
  });

  it('of one service hands over to the next; where all are used up the audio waits', async () => {
    const soniox = await SonioxSimulator.start();
    try {
      const env = { SONIOX_API_KEY: 'test-key', SONIOX_BASE_URL: soniox.url };
      await start({ ...env, STT_DAILY_MINUTES_PER_PROVIDER: 'deepgram:1,soniox:1' });
      // Half a minute of each is gone.
      const { sttUsage } = server.context;
      for (const name of ['deepgram', 'soniox']) {
        sttUsage.meter(server.uid).count(name, { sentMs: 30_000 });
      }
      const client = await ListenClient.connect(server.wsUrl, server.token, {
        sample_rate: '16000',
        codec: 'pcm16',
      });
      await client.ready();
      await play(client.socket, pcmFrames(SPEECH.pcm, 16_000), 30);
      await client.until(() => client.statuses().includes('stt_budget_exhausted'));
      const texts = client.events.flatMap((event) => event.status_text ?? []);
      expect(texts).toContainEqual(expect.stringMatching(/soniox.*budget of deepgram is used up/));
      expect(client.statuses()).not.toContain('stt_unavailable');
      expect(client.text().split(' ').length).toBeLessThan(SPOKEN.length);
      const { budget } = await usage();
      expect(budget).toMatchObject({
        minutes_per_day: null,
        exhausted: false,
        providers: [
          { provider: 'deepgram', minutes_per_day: 1, exhausted: true },
          { provider: 'soniox', minutes_per_day: 1, exhausted: true },
        ],
      });
      await client.close();
      await expectRestOnNextDay(budget.renews_at);
    } finally {
      await soniox.close();
    }
  });
});

/** What waits is transcribed once the budget is renewed: then every word is there once. */
async function expectRestOnNextDay(renewal: string): Promise<void> {
  const { store, jobWorker } = server.context;
  const renewsAt = Date.parse(renewal);
  await until(async () => {
    const { items } = await store.query(jobs, GLOBAL, { query: 'due', limit: 10 });
    return items.some((job) => job.kind === 'drain' && job.dueAt === renewsAt);
  });
  clockOffset = renewsAt - Date.now() + 1_000;
  jobWorker.wake();
  const { items } = await store.query(conversations, server.uid, { query: 'recent', limit: 1 });
  const id = items[0]?.id ?? '';
  await until(async () => (await wordsOf(id)).length === SPOKEN.length);
  expectSpoken(await wordsOf(id));
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200; i += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('Gave up waiting.');
}
