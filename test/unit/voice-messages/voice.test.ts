import { EventEmitter } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { WebSocket } from 'ws';
import type { ReplayableAudio } from '../../../src/audio/replayable-audio.ts';
import { AppError } from '../../../src/kernel/errors.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { SocketInbox } from '../../../src/listen/socket-inbox.ts';
import { VoiceConnection } from '../../../src/listen/voice-connection.ts';
import { parseVoiceQuery } from '../../../src/listen/voice-query.ts';
import { voiceUsages } from '../../../src/model/usage/voice-usage.ts';
import { openSqliteStore } from '../../../src/store/adapters/sqlite/sqlite-store.ts';
import type { SessionStt } from '../../../src/stt/session-stt.ts';
import type { SttEvent } from '../../../src/stt/stt-event.ts';
import { VOICE_BUDGET_MS, VoiceBudget } from '../../../src/voice-messages/voice-budget.ts';
import { isRecordingName, recordingAudio } from '../../../src/voice-messages/voice-file.ts';
import { VoiceStream, type VoiceStreamEvent } from '../../../src/voice-messages/voice-stream.ts';
import {
  languageFor,
  type VoiceTranscription,
} from '../../../src/voice-messages/voice-transcription.ts';

const HOUR = 3_600_000;

describe('the budget of voice messages', () => {
  it('is two hours in any 24', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'voice-budget-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const store = await openSqliteStore({
      path: join(folder, 'store.sqlite'),
      collections: [voiceUsages as never],
      durability: 'process',
      logger: silentLogger,
    });
    let now = Date.UTC(2026, 0, 1);
    const budget = new VoiceBudget({ store, clock: { now: () => now } });
    await budget.spend('u', HOUR);
    now += 12 * HOUR;
    await budget.spend('u', HOUR);
    const refused = { code: 'rate-limited', message: 'Daily transcription budget exhausted' };
    await expect(budget.spend('u', 1)).rejects.toMatchObject(refused);
    await budget.spend('somebody else', VOICE_BUDGET_MS);
    now += 12 * HOUR + 1;
    // The first hour is a day ago, the second is not.
    await expect(budget.spend('u', HOUR + 1)).rejects.toMatchObject(refused);
    await budget.spend('u', HOUR);
    await expect(budget.spend('u', 1)).rejects.toMatchObject(refused);
    await store.close();
  });
});

describe('a recording of the app', () => {
  const now = Date.UTC(2026, 5, 1);
  it('has a time in its name', () => {
    const seconds = now / 1000 - 5;
    expect(isRecordingName(`audio_fs160_${seconds}.bin`, now)).toBe(true);
    for (const name of [
      `${seconds}.bin`,
      `a_${seconds}.wav`,
      'a_.bin',
      `a_${now}.bin`,
      `a_1704067199.bin`,
    ]) {
      expect(isRecordingName(name, now), name).toBe(false);
    }
    expect(isRecordingName('a_1704067200.bin', now)).toBe(true);
  });

  it('is as long as its samples, by the rate in its name', () => {
    expect(recordingAudio('a_pcm16_8000_1.bin', new Uint8Array(16_000)).durationMs).toBe(1000);
    expect(recordingAudio('a_pcm16_1.bin', new Uint8Array(32_001)).durationMs).toBe(1000);
    expect(recordingAudio('a_pcm8_1.bin', new Uint8Array(8000)).durationMs).toBe(1000);
    expect(recordingAudio('a_fs160_1.bin', Uint8Array.of(9, 9, 9, 9, 1)).durationMs).toBe(0);
  });

  it('of 8-bit samples keeps their shape', async () => {
    const { audio } = recordingAudio('a_pcm8_8000_1.bin', Uint8Array.of(0, 128, 255));
    for await (const { frames } of audio.readFrom(0, new AbortController().signal)) {
      expect(Buffer.from(frames[0] ?? []).toString('hex')).toBe('00800000007f');
    }
  });
});

it.each([
  ['auto', false, 'multi'],
  ['multi', true, 'multi'],
  [' de ', true, 'de'],
  [null, true, 'pl'],
  ['  ', false, 'multi'],
])('the language for %s (single: %s) is %s', (given, singleLanguageMode, expected) => {
  expect(languageFor(given, { language: 'pl', singleLanguageMode })).toBe(expected);
});

/** A provider that hears one word for every 100 ms, and says them when its audio ends. */
function hearing(
  events: (audio: ReplayableAudio, signal: AbortSignal) => AsyncGenerator<SttEvent>,
): SessionStt {
  const format = { encoding: 'pcm-s16le', sampleRate: 16_000 } as const;
  const options = {
    format,
    language: 'en',
    languageHints: [],
    model: 'm',
    keyterms: [],
    interim: false,
  };
  return {
    provider: 'p',
    format,
    unserved: null,
    voices: null,
    options,
    stream: { transcribe: (audio, _options, _from, signal) => events(audio, signal) },
  };
}

async function* wordsAtEnd(audio: ReplayableAudio, signal: AbortSignal): AsyncGenerator<SttEvent> {
  let endMs = 0;
  for await (const batch of audio.readFrom(0, signal)) endMs = batch.startMs + batch.durationMs;
  const word = {
    text: `${endMs}ms`,
    startMs: 0,
    endMs,
    speaker: 0,
    confidence: null,
    language: null,
  };
  yield { type: 'transcript-final', words: [word], finalUntilMs: endMs, receivedAt: 0 };
}

describe('a voice stream', () => {
  const open = (
    stt: SessionStt,
    spend: (ms: number) => Promise<void> = () => Promise.resolve(),
  ) => {
    const events: VoiceStreamEvent[] = [];
    const emit = (event: VoiceStreamEvent) => events.push(event);
    const stream = new VoiceStream({ stt, sampleRate: 16_000, channels: 1, spend, emit });
    return { stream, events };
  };
  const second = new Uint8Array(32_000);

  it('counts on from one `finalize` to the next, whatever the pieces', async () => {
    const { stream, events } = open(hearing(wordsAtEnd));
    for (let at = 0; at < second.length; at += 7) stream.push(second.subarray(at, at + 7));
    stream.finalize();
    stream.finalize();
    stream.push(second);
    stream.finalize();
    await vi.waitFor(() => expect(events).toHaveLength(2));
    const times = events.flatMap((e) => (e.type === 'segments' ? e.segments : []));
    expect(times.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [0, 1000],
      [1000, 2000],
    ]);
    await stream.close();
  });

  it('fails where the provider is gone, where too much waits, and where the budget ends', async () => {
    const gone = open(
      hearing(async function* () {
        yield { type: 'provider-status', state: 'unavailable', reason: null };
      }),
    );
    gone.stream.push(second);
    await vi.waitFor(() =>
      expect(gone.events).toMatchObject([
        { type: 'failed', error: { code: 'provider-unavailable' } },
      ]),
    );
    const slow = open(
      hearing(async function* (_audio, signal) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      }),
    );
    for (let i = 0; i < 310; i += 1) slow.stream.push(second);
    expect(slow.events).toMatchObject([
      { type: 'failed', error: { code: 'provider-unavailable' } },
    ]);
    await slow.stream.close();
    const spent: number[] = [];
    const poor = open(hearing(wordsAtEnd), async (ms) => {
      spent.push(ms);
      if (spent.length > 1)
        throw new AppError('rate-limited', 'Daily transcription budget exhausted');
    });
    for (let i = 0; i < 25; i += 1) poor.stream.push(second);
    await vi.waitFor(() =>
      expect(poor.events).toMatchObject([{ type: 'failed', error: { code: 'rate-limited' } }]),
    );
    expect(spent).toEqual([10_000, 10_000]);
    await poor.stream.close();
  });
});

/** A socket whose peer does nothing by itself. */
class PeerSocket extends EventEmitter {
  readonly OPEN = 1;
  readonly CLOSED = 3;
  readyState = 1;
  bufferedAmount = 0;
  readonly sent: string[] = [];
  readonly closes: [number, string][] = [];
  send(frame: string): void {
    this.sent.push(frame);
  }
  close(code: number, reason: string): void {
    this.closes.push([code, reason]);
    this.readyState = this.CLOSED;
    this.emit('close');
  }
  readonly pause = vi.fn();
  readonly resume = vi.fn();
}

describe('the socket of a voice stream', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  async function connected(isRevoked = async () => false) {
    const peer = new PeerSocket();
    const socket = peer as unknown as WebSocket;
    const stream = { push: vi.fn(), finalize: vi.fn(), close: vi.fn(() => Promise.resolve()) };
    const voice = { openStream: async () => stream } as unknown as VoiceTranscription;
    const query = parseVoiceQuery(new URLSearchParams());
    if ('problem' in query) throw new Error(query.problem);
    const inbox = new SocketInbox(socket);
    const done = new VoiceConnection({
      socket,
      inbox,
      uid: 'u',
      query,
      isRevoked,
      voice,
      logger: silentLogger,
    }).run();
    await vi.advanceTimersByTimeAsync(0);
    const say = (data: string | Buffer) =>
      peer.emit('message', Buffer.from(data), typeof data !== 'string');
    return { peer, stream, done, say };
  }

  it('is closed after a minute without audio, which `finalize` does not lengthen', async () => {
    const { peer, stream, done, say } = await connected();
    await vi.advanceTimersByTimeAsync(50_000);
    say(Buffer.alloc(2));
    await vi.advanceTimersByTimeAsync(50_000);
    say('finalize');
    say('nonsense');
    expect(stream.finalize).toHaveBeenCalledTimes(1);
    expect(peer.closes).toEqual([]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(peer.closes).toEqual([[1008, 'Idle timeout: no audio for 60s']]);
    await done;
    expect(stream.close).toHaveBeenCalledTimes(1);
  });

  it('is closed where its token was taken back', async () => {
    let revoked = false;
    const { peer, done } = await connected(async () => revoked);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(peer.closes).toEqual([]);
    revoked = true;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(peer.closes).toEqual([[1008, 'Token revoked']]);
    await done;
  });
});
